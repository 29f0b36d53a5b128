import type { Clock, Random } from '../../domain/clock.ts'
import { LogUnavailableError } from '../../server/platform/errors.ts'
import type { EventLog } from '../../server/platform/event-log/event-log.ts'
import type { Logger } from '../../server/platform/logger.ts'

const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 5_000

export interface WaitingLog extends Pick<EventLog, 'append' | 'find'> {
  /** The log itself, for who follows it. Throws LogUnavailableError until it is open. */
  opened(): EventLog
  /** Throws LogUnavailableError until the log is open. */
  ready(): void
  close(): Promise<void>
}

/** The log for a process that must answer before it could be opened: tried again and again, and until then every write is refused for sure. */
export function waitForLog(open: () => Promise<EventLog>, { clock, random, logger }: { clock: Clock; random: Random; logger: Logger }): WaitingLog {
  const closing = new AbortController()
  let log: EventLog | null = null
  const opening = keepOpening()

  async function keepOpening(): Promise<void> {
    for (let waitMs = FIRST_WAIT_MS; !closing.signal.aborted; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
      try {
        log = await open()
        return
      } catch (err) {
        logger.error({ err }, 'the event log could not be opened; trying again')
        await clock.sleep(random.fraction() * waitMs, closing.signal).catch(() => undefined)
      }
    }
  }
  const opened = (): EventLog => {
    if (!log) throw new LogUnavailableError('The event log is not open yet')
    return log
  }
  return {
    append: async (events) => opened().append(events),
    find: async (topic, id) => opened().find(topic, id),
    opened,
    ready: () => void opened(),
    close: async () => {
      closing.abort()
      await opening
      await log?.close()
    },
  }
}
