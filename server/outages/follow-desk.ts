import type { Clock } from '../../domain/clock.ts'
import { withoutDeadline } from '../platform/deadline.ts'
import type { EventLog } from '../platform/event-log/event-log.ts'
import type { Logger } from '../platform/logger.ts'
import { counter, gauge } from '../platform/metrics.ts'
import type { ReadSources } from '../platform/read-sources.ts'
import { type DeskMessage, type DeskSession, startDeskSession } from './desk-session.ts'
import { changedReader } from './read-changed.ts'

export interface DeskFeed {
  /**
   * Changes of reports, each when it can be read: first what was missed since a position (null: nothing is known, so the list is to
   * be loaded), then as they happen, until the signal. No gap; what is told twice is harmless.
   */
  follow(since: string | null, signal: AbortSignal): AsyncIterable<DeskMessage>
  close(): void
}

interface DeskFeedOptions {
  /** Opens the log, or gives it opened; asked again after each failure. */
  log: () => Promise<EventLog>
  sources: ReadSources
  clock: Clock
  logger: Logger
}

/** A listener that is so far behind loads the list. */
const MOST_WAITING = 200
const RETRY_FIRST_MS = 200
const RETRY_LONGEST_MS = 5_000
/** Nobody has listened for so long: the next one begins anew. */
const LINGER_MS = 60_000

const reads = counter('stormdoor_desk_upstream_reads_total', 'Batches of the log and questions to a store for the live desk, whoever listens')
const listening = gauge('stormdoor_desk_listeners', 'Streams of the live desk that are open')

interface Following {
  listeners: Set<(message: DeskMessage) => void>
  session: Promise<DeskSession>
  stop: AbortController
}

/**
 * Follows the log once for all listeners of the process. What changed is told by the log's positions, which every process knows:
 * so a listener may go on at another one. The log tells what changed, the stores are asked what it is now.
 */
export function createDeskFeed({ log, sources, clock, logger }: DeskFeedOptions): DeskFeed {
  let open: Following | null = null
  let lingering: NodeJS.Timeout | undefined

  function begin(): Following {
    const [stop, listeners] = [new AbortController(), new Set<(message: DeskMessage) => void>()]
    const { signal } = stop
    const tell = (message: DeskMessage) => {
      for (const listener of listeners) listener(message)
    }
    const session = patiently(signal, async () => {
      const opened = await log()
      const onRead = () => reads.inc()
      return startDeskSession({ log: opened, reader: changedReader(opened, sources, onRead), clock, signal, onRead, tell })
    })
    const following = { stop, listeners, session }
    // One that fails ends its listeners: each comes back with the place where it was.
    void session
      .then((begun) => begun.run())
      .catch((error: unknown) => {
        if (!signal.aborted) logger.warn({ err: error }, 'the live desk lost the event log; its listeners begin anew')
      })
      .finally(() => end(following))
    return following
  }

  async function patiently<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    for (let failures = 0; ; failures++) {
      try {
        return await work()
      } catch (error) {
        signal.throwIfAborted()
        if (failures === 0) logger.warn({ err: error }, 'the live desk cannot follow the event log; goes on trying')
        await clock.sleep(Math.min(RETRY_LONGEST_MS, RETRY_FIRST_MS * 2 ** failures), signal)
      }
    }
  }

  function end(following: Following): void {
    following.stop.abort()
    if (open === following) open = null
  }

  function leave(following: Following): void {
    if (following.listeners.size > 0 || following !== open) return
    clearTimeout(lingering)
    lingering = setTimeout(() => {
      if (following.listeners.size === 0) end(following)
    }, LINGER_MS)
    lingering.unref()
  }

  return {
    async *follow(since, callerSignal) {
      const following = (open ??= withoutDeadline(begin))
      const signal = AbortSignal.any([callerSignal, following.stop.signal])
      const waiting: DeskMessage[] = []
      let wake: () => void = () => undefined
      const listener = (message: DeskMessage) => {
        // The newest place, and the word that there is more before it than is told.
        if (waiting.length >= MOST_WAITING) waiting.splice(0, waiting.length, { ...message, rows: [], reload: true })
        else waiting.push(message)
        wake()
      }
      const onAbort = () => wake()
      signal.addEventListener('abort', onAbort)
      following.listeners.add(listener)
      listening.inc()
      try {
        const gone = new Promise<null>((resolve) => signal.addEventListener('abort', () => resolve(null), { once: true }))
        const first = await Promise.race([gone, following.session.then((session) => withoutDeadline(() => session.missed(since))).catch(unlessAborted(signal))])
        if (first) yield first
        while (!signal.aborted) {
          const message = waiting.shift()
          if (message) {
            yield message
            continue
          }
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        }
      } finally {
        signal.removeEventListener('abort', onAbort)
        following.listeners.delete(listener)
        listening.dec()
        leave(following)
      }
    },
    close: () => {
      clearTimeout(lingering)
      if (open) end(open)
    },
  }
}

function unlessAborted(signal: AbortSignal): (error: unknown) => null {
  return (error) => {
    if (signal.aborted) return null
    throw error
  }
}
