import type { OutageMatched, OutageReported } from '../../../domain/event.ts'
import type { FollowUpFact } from '../../../domain/followed-report.ts'
import { followUpBody, matchBody, reportBody } from '../../../server/outages/delivery-body.ts'
import { beginDelivery, findBegun, findDeliveryStanding } from '../../../server/outages/delivery-events.ts'
import type { EventLog, FirstRecord } from '../../../server/platform/event-log/event-log.ts'
import type { DeliveryItem } from './delivery-queue.ts'

/** What is to be done with what waits, by the log. */
export type Prepared =
  | { what: 'hand-over'; body: Uint8Array; round: number }
  /** It is there already, waits at the desk, was not its customer's, or need not be told. */
  | { what: 'nothing' }
  /** Its report was refused: the core system would not know of what it is. */
  | { what: 'refuse'; round: number }
  /** Its report was not handed over yet. */
  | { what: 'report-first' }
  /** The log does not show its report (yet). */
  | { what: 'wait' }

/** Reads again what is handed over, and logs with what a report is before its first try. Throws what the log throws. */
export async function prepareDelivery(log: Pick<EventLog, 'find' | 'append'>, item: DeliveryItem, { withdrawn, nowMs }: { withdrawn: boolean; nowMs: number }): Promise<Prepared> {
  const first = await log.find('outages', item.id)
  if (!first) return { what: 'wait' }
  const { state, round: refusals } = await findDeliveryStanding(log, item.id)
  if (state === 'delivered' || state === 'refused') return { what: 'nothing' }
  const round = refusals + 1
  if (item.kind === 'follow-up') return prepareFollowUp(log, first, item.reportId, round)
  const report = reportIn(first)
  if (!report) return { what: 'nothing' }
  return { what: 'hand-over', body: reportBody(report, await beginDelivery(log, report, { withdrawn, nowMs })), round }
}

/** The report in a record; null when the id belongs to something else. */
export function reportIn({ envelope }: Pick<FirstRecord, 'envelope'>): OutageReported | null {
  return envelope.type === 'outage.reported.v1' ? (envelope.data as OutageReported) : null
}

async function prepareFollowUp(log: Pick<EventLog, 'find'>, first: FirstRecord, reportId: string, round: number): Promise<Prepared> {
  const reported = await log.find('outages', reportId)
  if (!reported) return { what: 'wait' }
  const report = reportIn(reported)
  const isMatch = first.envelope.type === 'outage.matched.v1'
  // The data of each type: eventTypes in domain/event.ts.
  const fact = { type: first.envelope.type, data: first.envelope.data } as FollowUpFact
  if (!report || (!isMatch && fact.data.secretHash !== report.secretHash)) return { what: 'nothing' }
  const { state } = await findDeliveryStanding(log, reportId)
  if (state === 'refused') return { what: 'refuse', round }
  if (state !== 'delivered') return { what: 'report-first' }
  if (!isMatch) return { what: 'hand-over', body: followUpBody(fact), round }
  const begun = await findBegun(log, reportId)
  if (begun?.account) return { what: 'nothing' }
  return { what: 'hand-over', body: matchBody(first.envelope.id, first.envelope.data as OutageMatched, first.envelope.time), round }
}
