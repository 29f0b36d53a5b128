import type { NewEvent, OutageHandled } from '../../domain/event.ts'
import type { HandlingFact } from '../../domain/handling.ts'
import type { EventLog } from '../platform/event-log/event-log.ts'
import { sha256 } from '../platform/hash.ts'
import { uuidV5 } from '../platform/uuid-v5.ts'

/** Id of the one step that may follow another (null: of the first). Whoever comes second meets the first one under it, in the log. */
export function stepIdAfter(reportId: string, basedOn: string | null): string {
  return uuidV5('outage-handled', reportId, basedOn ?? '')
}

/** What is hashed is the command and not its time, so that the same one again is a repeat. */
export function handlingEvent(data: OutageHandled): NewEvent<'outage.handled.v1'> {
  const { handlingId, reportId, step, basedOn, actor, note = null } = data
  const bodyHash = sha256(JSON.stringify([handlingId, reportId, step, basedOn, actor.staffId, note]))
  return { type: 'outage.handled.v1', id: stepIdAfter(reportId, basedOn), key: reportId, bodyHash, data }
}

/**
 * The steps that came first, in their order, from the log alone: each is looked up under the one id that it can have.
 * Throws LogUnavailableError.
 * @param most where to stop, however many there are
 */
export async function findHandling(log: Pick<EventLog, 'find'>, reportId: string, most: number): Promise<HandlingFact[]> {
  const facts: HandlingFact[] = []
  let stepId = stepIdAfter(reportId, null)
  while (facts.length < most) {
    const first = await log.find('outages', stepId)
    if (first?.envelope.type !== 'outage.handled.v1') break
    // The type says what the data are.
    facts.push({ stepId, lost: false, data: first.envelope.data as OutageHandled })
    stepId = stepIdAfter(reportId, stepId)
  }
  return facts
}
