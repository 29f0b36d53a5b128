import type { OutageHandled } from '../../domain/event.ts'
import type { HandlingFact } from '../../domain/handling.ts'

export interface HandlingRecord {
  version: string
  asOf: string
  fact: HandlingFact
}

/** What staff did, in one way to write ids and instants. @param lost another one came first under the event's id */
export function handlingFact(stepId: string, lost: boolean, data: OutageHandled): HandlingFact {
  const { handlingId, reportId, basedOn, at } = data
  const ids = { handlingId: handlingId.toLowerCase(), reportId: reportId.toLowerCase(), basedOn: basedOn && basedOn.toLowerCase() }
  return { stepId: stepId.toLowerCase(), lost, data: { ...data, ...ids, at: new Date(at).toISOString() } }
}

/** Of the records of one command one: the first of its id, else the oldest. Sorted by key. */
export function foldHandlings(records: readonly HandlingRecord[]): HandlingRecord[] {
  const chosen = new Map<string, HandlingRecord>()
  for (const record of records) {
    const { stepId, lost, data } = record.fact
    const key = `${data.reportId} ${stepId} ${data.handlingId}`
    const held = chosen.get(key)
    if (!held || (held.fact.lost === lost ? record.version < held.version : held.fact.lost)) chosen.set(key, record)
  }
  return [...chosen].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, record]) => record)
}
