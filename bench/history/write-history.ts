import { systemClock } from '../../domain/clock.ts'
import type { NewEvent } from '../../domain/event.ts'
import type { EventLog } from '../../server/platform/event-log/event-log.ts'

const APPEND_EVENTS = 2_000

/** Appends the next `count` events of a history. @returns seconds that it took, making them included */
export async function writeHistory(log: EventLog, history: Iterator<NewEvent>, count: number, signal: AbortSignal): Promise<number> {
  const startMs = systemClock.monotonicMs()
  let underWay: Promise<unknown> = Promise.resolve()
  for (let left = count; left > 0; left -= APPEND_EVENTS) {
    signal.throwIfAborted()
    const events = take(history, Math.min(APPEND_EVENTS, left))
    await underWay
    // The next ones are made while these are committed.
    underWay = log.append(events)
  }
  await underWay
  return (systemClock.monotonicMs() - startMs) / 1000
}

function take(history: Iterator<NewEvent>, count: number): NewEvent[] {
  const events: NewEvent[] = []
  for (let index = 0; index < count; index++) {
    const next = history.next()
    if (next.done) throw new RangeError('The history is at its end')
    events.push(next.value)
  }
  return events
}
