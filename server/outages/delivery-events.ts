import { deliveryState, type DeliveryFact, type DeliveryStanding, type OutageDeliveryBegun } from '../../domain/delivery.ts'
import type { EventData, NewEvent, OutageMatched, OutageReported } from '../../domain/event.ts'
import type { EventLog } from '../platform/event-log/event-log.ts'
import { sha256 } from '../platform/hash.ts'
import { uuidV5 } from '../platform/uuid-v5.ts'

type Finding = Pick<EventLog, 'find'>

/** The id of a report's match: matched once, whoever does it. */
export const matchedId = (reportId: string): string => uuidV5('outage-matched', reportId)

/** That it is there; another owner that hands it over too logs the same. */
export function deliveredEvent(data: EventData<'outage.delivered.v1'>): NewEvent<'outage.delivered.v1'> {
  return eventOf('outage.delivered.v1', uuidV5('outage-delivered', data.deliveryId), data, [data.coreReference])
}

export function refusedEvent(data: EventData<'outage.delivery-refused.v1'>): NewEvent<'outage.delivery-refused.v1'> {
  return eventOf('outage.delivery-refused.v1', uuidV5('outage-delivery-refused', data.deliveryId, String(data.round)), data, [])
}

export function redeliveryEvent(data: EventData<'outage.redelivery-requested.v1'>): NewEvent<'outage.redelivery-requested.v1'> {
  return eventOf('outage.redelivery-requested.v1', uuidV5('redelivery', data.deliveryId, String(data.round)), data, [])
}

type DeliveryType = DeliveryFact['type'] | 'outage.delivery-begun.v1'

/** Its id says what it is: two nodes that log it mean the same, at whatever time. @param body what else makes it another one */
function eventOf<T extends DeliveryType>(type: T, id: string, data: EventData<T>, body: readonly string[]): NewEvent<T> {
  return { type, id, key: data.reportId, bodyHash: sha256(JSON.stringify([id, ...body])), data }
}

/** With what a report is handed over, as the log has it; null when that was not begun. */
export async function findBegun(log: Finding, reportId: string): Promise<OutageDeliveryBegun | null> {
  return (await log.find('outages', uuidV5('outage-delivery-begun', reportId)))?.envelope.data as OutageDeliveryBegun | undefined ?? null
}

/**
 * Settles in the log with what a report is handed over: what is known now, unless somebody has begun before.
 * @throws LogUnavailableError @throws IndeterminateError
 */
export async function beginDelivery(log: Pick<EventLog, 'find' | 'append'>, { reportId }: Pick<OutageReported, 'reportId'>, { withdrawn, nowMs }: { withdrawn: boolean; nowMs: number }): Promise<OutageDeliveryBegun> {
  const held = await findBegun(log, reportId)
  if (held) return held
  const match = await log.find('outages', matchedId(reportId))
  const data: OutageDeliveryBegun = {
    deliveryId: reportId, reportId, form: 1, begunAt: new Date(nowMs).toISOString(), withdrawn,
    account: match && matchedAccount(match.envelope.data as OutageMatched),
  }
  const [appended] = await log.append([eventOf('outage.delivery-begun.v1', uuidV5('outage-delivery-begun', reportId), data, [])])
  // The first record counts, and may be another owner's.
  return appended!.first.envelope.data as OutageDeliveryBegun
}

export function matchedAccount({ accountNumber, servicePoint, circuit, transformer }: OutageMatched): NonNullable<OutageDeliveryBegun['account']> {
  return { accountNumber, servicePoint, circuit, transformer }
}

/** Where a delivery stands, by the log alone; on a cluster as far as this node's index knows. */
export async function findDeliveryStanding(log: Finding, deliveryId: string): Promise<DeliveryStanding> {
  const facts: DeliveryFact[] = []
  const look = async (id: string): Promise<boolean> => {
    const found = await log.find('outages', id)
    // These ids are made here alone, of these types.
    if (found) facts.push({ type: found.envelope.type, data: found.envelope.data } as DeliveryFact)
    return found !== null
  }
  await look(uuidV5('outage-delivered', deliveryId))
  for (let round = 1; await look(uuidV5('outage-delivery-refused', deliveryId, String(round))); round++) await look(uuidV5('redelivery', deliveryId, String(round)))
  return deliveryState(facts)
}
