import type { EventLog, Partition, Position } from '../../server/platform/event-log/event-log.ts'
import { partitionsOf, PROJECTED_TOPICS } from './start-projector.ts'

/** A log and where it ends: what has everything of it stands there. */
export interface LogEnds {
  logId: string
  ends: ReadonlyMap<Partition, Position | null>
}

/**
 * `moved`: it had everything of the old log and goes on after everything of the new one. `already-there`: it was moved before.
 * Left as it was: `behind`: it lacks events of the old log; `another-log`: it is folded from neither; `empty`: nothing was folded yet.
 */
export type MoveOutcome = 'moved' | 'already-there' | 'behind' | 'another-log' | 'empty'

export async function endsOfProjected(log: EventLog): Promise<LogEnds> {
  const ends = new Map<Partition, Position | null>()
  for (const partition of await partitionsOf(log, PROJECTED_TOPICS)) ends.set(partition, await log.end(partition))
  return { logId: log.logId, ends }
}
