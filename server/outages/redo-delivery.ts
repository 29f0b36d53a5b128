import type { Clock } from '../../domain/clock.ts'
import type { NewEvent } from '../../domain/event.ts'
import { requirePermission } from '../identity/require-permission.ts'
import type { Staff } from '../identity/staff.ts'
import { NotFoundError, ReadsUnavailableError } from '../platform/errors.ts'
import type { EventLog } from '../platform/event-log/event-log.ts'
import type { ReadSources } from '../platform/read-sources.ts'
import { findDeliveryStanding, redeliveryEvent } from './delivery-events.ts'
import { getDeskReport } from './get-desk-report.ts'

export interface RedoContext {
  log: Pick<EventLog, 'find' | 'append'>
  sources: ReadSources
  clock: Clock
}

/**
 * Asks that what the core system refused be handed over once more, logged once however often it is asked for; of a report, what
 * followed it and was refused for it too. What is not refused (any more) is left as it is.
 * @returns how many are queued again by this
 * @throws ForbiddenError @throws NotFoundError @throws LogUnavailableError
 * @throws IndeterminateError it may stand: asking again is harmless
 */
export async function redoDelivery({ log, sources, clock }: RedoContext, { staff, deliveryId }: { staff: Staff; deliveryId: string }): Promise<number> {
  requirePermission(staff, 'delivery.redo')
  const first = await log.find('outages', deliveryId)
  if (!first) throw new NotFoundError('Nothing to hand over under this id')
  const reportId = first.envelope.partitionkey
  const ids = deliveryId === reportId ? [reportId, ...(await refusedFollowUps(sources, reportId))] : [deliveryId]
  const requestedAt = new Date(clock.nowMs()).toISOString()
  const events: NewEvent<'outage.redelivery-requested.v1'>[] = []
  for (const id of ids) {
    const { state, round } = await findDeliveryStanding(log, id)
    if (state === 'refused') events.push(redeliveryEvent({ deliveryId: id, reportId, requestedAt, round, staffId: staff.staffId }))
  }
  if (events.length === 0) return 0
  const appended = await log.append(events)
  return appended.filter(({ outcome }) => outcome === 'appended').length
}

/** As far as the stores know; without them staff ask for each by itself. */
async function refusedFollowUps(sources: ReadSources, reportId: string): Promise<string[]> {
  const found = await getDeskReport(sources, reportId).catch((error: unknown) => {
    if (error instanceof ReadsUnavailableError) return null
    throw error
  })
  return (found?.deliveries ?? []).filter(({ kind, standing }) => kind !== 'report' && standing.state === 'refused').map(({ deliveryId }) => deliveryId)
}
