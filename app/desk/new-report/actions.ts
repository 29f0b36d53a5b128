'use server'
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { systemClock } from '../../../domain/clock.ts'
import { requireStaffFor } from '../../../server/identity/require-staff.ts'
import { reportOutage, SAVED_BY_SERVER } from '../../../server/outages/report-outage.ts'
import { webServices } from '../../../server/web-services.ts'
import { type ActionFailure, runAction } from '../../action-result.ts'
import { type CallerFields, callerFields, callerReport } from './caller-report.ts'

export interface CallerReportState {
  /** What was filled in, so that nothing is typed twice and the id stays the same. */
  fields: CallerFields | null
  failure: ActionFailure | null
  /** Counts the answers: the form shows each one's fields anew. */
  answer: number
}

export async function reportForCaller(before: CallerReportState, form: FormData): Promise<CallerReportState> {
  const { auth, eventLog, receipts, audit, logger } = webServices()
  const request = await headers()
  const fields = callerFields(form)
  const failure = await runAction(logger, request, async (traceparent) => {
    const staff = await requireStaffFor(auth, new Headers(request), 'report.take')
    const { outcome, receipt } = await reportOutage({ log: await eventLog(), receipts, clock: systemClock }, { ...callerReport(fields), delivery: SAVED_BY_SERVER, traceparent })
    // After the report: a log that takes it and not this must not keep it from being taken.
    if (outcome === 'accepted') {
      const { accountNumber } = fields
      audit.take({
        actor: { kind: 'staff', id: staff.staffId, role: staff.role }, act: 'report.taken', subject: { kind: 'report', id: receipt.id },
        after: { reference: receipt.reference, ...(accountNumber ? { accountNumber } : {}) },
      })
    }
    redirect(`/desk?taken=${receipt.reference}`)
  })
  return { fields, failure, answer: before.answer + 1 }
}
