import type { Clock, Random } from '../../domain/clock.ts'
import type { EventType, NewEvent } from '../../domain/event.ts'
import { uuidV7 } from '../../domain/uuid.ts'
import { AuditUnavailableError } from '../platform/errors.ts'
import type { EventLog } from '../platform/event-log/event-log.ts'
import { sha256 } from '../platform/hash.ts'
import type { Logger } from '../platform/logger.ts'
import type { counter, gauge } from '../platform/metrics.ts'

const EVERY_MS = 250
const ACTS_PER_EVENT = 500
/** Appended together, when there are many. */
const EVENTS_AT_ONCE = 8
/** Some seconds of a busy node. What is over it could not be told to the log, and is not shown. */
const MOST_WAITING = 20_000
/** A process that is killed takes with it what it has not told: no more than of this time. */
const LONGEST_WAIT_MS = 10_000
const RETRY_FIRST_MS = 250
const RETRY_MOST_MS = 2_000
const CLOSE_WITHIN_MS = 3_000

/** Tells the log, in batches, what somebody did. */
export interface ActBatches<A> {
  /** To be asked before anything is shown. Throws AuditUnavailableError while the log does not take what it was told. */
  check(): void
  /** Never waits: the log has it within a moment. */
  take(act: A): void
  /** Tells the log what it does not have yet, for some seconds at the most. */
  close(): Promise<void>
}

export interface BatchOptions {
  log: Pick<EventLog, 'append'>
  clock: Clock
  random: Random
  logger: Pick<Logger, 'error'>
}

interface Kind<A, T extends EventType> {
  type: T
  dataOf: (acts: A[]) => NewEvent<T>['data']
  /** What they are called when they cannot be told. */
  words: string
  logged: ReturnType<typeof counter>
  lost: ReturnType<typeof counter>
  waiting: ReturnType<typeof gauge>
}

/**
 * Gathers acts and appends them by the hundred. A batch has one id and the same bytes from its first try on, so that one whose
 * fate is not known is sent again without counting twice. While the log is away no more is shown than can still be told to it.
 */
export function batchActs<A, T extends EventType>({ log, clock, random, logger }: BatchOptions, kind: Kind<A, T>): ActBatches<A> {
  const full: { event: NewEvent<T>; acts: number }[] = []
  let gathering: A[] = []
  let waiting = 0
  let sinceMs = 0
  let timer: NodeJS.Timeout | undefined
  let sending: Promise<void> | null = null
  const closing = new AbortController()

  const seal = () => {
    clearTimeout(timer)
    timer = undefined
    if (gathering.length === 0) return
    const acts = gathering.length
    const data = kind.dataOf(gathering)
    gathering = []
    const id = uuidV7(clock, random)
    full.push({ acts, event: { id, type: kind.type, key: id, bodyHash: sha256(JSON.stringify(data)), data } })
  }
  const send = async () => {
    for (let failed = 0; full.length > 0 && !closing.signal.aborted; ) {
      const batches = full.slice(0, EVENTS_AT_ONCE)
      try {
        await log.append(batches.map(({ event }) => event))
        full.splice(0, batches.length)
        const told = batches.reduce((sum, { acts }) => sum + acts, 0)
        waiting -= told
        sinceMs = clock.monotonicMs()
        failed = 0
        kind.logged.inc(told)
        kind.waiting.dec(told)
      } catch (err) {
        // Indeterminate or not: the same events again.
        if (failed === 0) logger.error({ err, waiting }, `${kind.words} could not be told to the event log; trying again`)
        const waitMs = Math.min(RETRY_MOST_MS, RETRY_FIRST_MS * 2 ** failed++)
        await clock.sleep(waitMs * (0.5 + random.fraction() / 2), closing.signal).catch(() => undefined)
      }
    }
  }
  const flush = () => {
    seal()
    sending ??= send().finally(() => {
      sending = null
    })
  }

  return {
    check: () => {
      const late = waiting > 0 && clock.monotonicMs() - sinceMs > LONGEST_WAIT_MS
      if (waiting >= MOST_WAITING || late) throw new AuditUnavailableError('What is shown cannot be told to the event log just now')
    },
    take: (act) => {
      if (waiting++ === 0) sinceMs = clock.monotonicMs()
      gathering.push(act)
      kind.waiting.inc()
      if (gathering.length >= ACTS_PER_EVENT) flush()
      else timer ??= setTimeout(flush, EVERY_MS)
    },
    close: async () => {
      flush()
      // An append may hang for longer than a process that was told to stop may live.
      await Promise.race([sending, clock.sleep(CLOSE_WITHIN_MS, closing.signal).catch(() => undefined)])
      closing.abort()
      if (waiting === 0) return
      kind.lost.inc(waiting)
      logger.error({ acts: waiting }, `${kind.words} were not told to the event log before the end`)
    },
  }
}
