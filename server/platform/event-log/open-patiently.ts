import type { EventLog } from './event-log.ts'
import { openEventLog, type OpenEventLogOptions } from './open-event-log.ts'

const RETRY_MS = 1_000

/** Opens the log, however long that takes: for a process that has nothing to do without it. Null when the signal came first. */
export async function openPatiently(options: OpenEventLogOptions, signal: AbortSignal): Promise<EventLog | null> {
  let told = false
  while (!signal.aborted) {
    try {
      return await openEventLog(options)
    } catch (error) {
      if (!told) options.logger?.warn({ reason: error instanceof Error ? error.message : String(error) }, 'cannot open the event log; goes on trying')
      told = true
      await options.clock.sleep(RETRY_MS, signal).catch(() => undefined)
    }
  }
  return null
}
