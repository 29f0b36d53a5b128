import { counter, gauge, histogram } from '../../../server/platform/metrics.ts'

export const reportsAccepted = counter('stormdoor_reports_accepted_total', 'Reports that the log has taken for the first time')
export const reportsRepeated = counter('stormdoor_reports_repeated_total', 'Reports that the log had already')
export const followUpsTaken = counter('stormdoor_follow_ups_taken_total', 'Follow-ups to reports: accepted for the first time, or repeated', ['outcome'])
export const reportsRefused = counter('stormdoor_reports_refused_total', 'Reports and follow-ups not taken, by reason', ['reason'])
export const appendSeconds = histogram('stormdoor_report_append_seconds', 'From parsed body to durable in the log')
export const reportsInFlight = gauge('stormdoor_reports_in_flight', 'Reports in work')
export const sendSlots = counter('stormdoor_send_slots_total', 'Times to come back: given; tickets honoured, refused at their time, missed (shown before or after it), spent (shown more often than given), forged', ['outcome'])
export const admissionLimit = gauge('stormdoor_admission_limit', 'Reports that may be in the log at once before ordinary ones are refused')
export const capacityEstimate = gauge('stormdoor_capacity_reports_per_second', 'What the log is believed to take')
export const slotHorizon = gauge('stormdoor_slot_horizon_seconds', 'How far ahead the next free slot is')
export const proxyFailures = counter('stormdoor_proxy_failures_total', 'Requests that the web process could not answer')
