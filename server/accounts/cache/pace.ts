import type { Redis } from 'ioredis'
import type { Clock } from '../../../domain/clock.ts'

/** Whoever looks an account up does it by a stored script, and the build itself by none. */
const ASKED = /^cmdstat_evalsha:calls=(\d+)/m
const ASKED_LOOK_EVERY_MS = 100
/** Who asked lately asks again. */
const ASKED_FOR_MS = 2_000
const LOOK_EVERY_MS = 20
/** Nothing is written meanwhile: on a busy machine a look takes long, and is not to take most of the time. */
const LOOK_TAKES_SHARE = 1 / 5
/** One look in so many is at a Redis to which nothing is written: the machine's other work changes what is usual. */
const IDLE_LOOK_EVERY = 8
/** Longer than what is on its way takes. */
const IDLE_AFTER_MS = 4
const REMEMBERED = 15
/** Below this Redis is not what anybody waits for. */
const UNNOTICED_MS = 1
const TOO_SLOW = 2
const PAUSE_FIRST_MS = 2
const PAUSE_MOST_MS = 40

/**
 * Keeps a long write from slowing those who read beside it: it looks how long Redis takes to answer while it is written to and while
 * it is not, and rests the longer, the more often the first is over twice the second. While nobody asks for accounts it neither looks
 * nor rests.
 */
export class Pace {
  readonly #redis: Redis
  readonly #clock: Clock
  readonly #idle = new LastTimes()
  readonly #writing = new LastTimes()
  #looks = 0
  #pauseMs = 0
  #nextMs = 0
  #calls: number | null = null
  #askedUntilMs = Number.NEGATIVE_INFINITY

  /** @param redis a connection on which nothing is written, so that it waits for its turn as readers do */
  constructor(redis: Redis, clock: Clock) {
    this.#redis = redis
    this.#clock = clock
  }

  /** To be awaited between two writes. */
  async rest(): Promise<void> {
    const startMs = this.#clock.monotonicMs()
    if (startMs < this.#nextMs) return
    if (startMs >= this.#askedUntilMs && !(await this.#isAsked(startMs))) {
      this.#pauseMs = 0
      this.#nextMs = this.#clock.monotonicMs() + ASKED_LOOK_EVERY_MS
      return
    }
    await this.#look()
    const endMs = this.#clock.monotonicMs()
    this.#nextMs = Math.max(startMs + LOOK_EVERY_MS, endMs + (endMs - startMs) * (1 / LOOK_TAKES_SHARE - 1))
    if (this.#pauseMs >= 1) await this.#clock.sleep(Math.ceil(this.#pauseMs))
  }

  /** Since it was asked for the last time; the first time nobody is known to have asked. */
  async #isAsked(nowMs: number): Promise<boolean> {
    const told = await this.#redis.info('commandstats').catch(unlessRefused)
    const calls = told === null ? Number.NaN : Number(ASKED.exec(told)?.[1] ?? 0)
    // Never like itself: where that is not told, somebody may be asking.
    const asked = this.#calls !== null && calls !== this.#calls
    this.#calls = calls
    if (asked) this.#askedUntilMs = nowMs + ASKED_FOR_MS
    return asked
  }

  async #look(): Promise<void> {
    if (this.#looks++ % IDLE_LOOK_EVERY === 0) {
      await this.#clock.sleep(IDLE_AFTER_MS)
      this.#idle.add(await this.#pingMs())
      return
    }
    this.#writing.add(await this.#pingMs())
    const tooSlow = this.#writing.median() > Math.max(UNNOTICED_MS, TOO_SLOW * this.#idle.median())
    this.#pauseMs = tooSlow ? Math.min(PAUSE_MOST_MS, Math.max(PAUSE_FIRST_MS, this.#pauseMs * 1.5)) : this.#pauseMs * 0.5
  }

  async #pingMs(): Promise<number> {
    const startMs = this.#clock.monotonicMs()
    await this.#redis.ping()
    return this.#clock.monotonicMs() - startMs
  }
}

/** A Redis user may be without the right to see what others do. */
function unlessRefused(error: Error): null {
  if (error.name === 'ReplyError') return null
  throw error
}

class LastTimes {
  readonly #timesMs: number[] = []

  add(timeMs: number): void {
    this.#timesMs.push(timeMs)
    if (this.#timesMs.length > REMEMBERED) this.#timesMs.shift()
  }

  median(): number {
    return this.#timesMs.toSorted((one, other) => one - other)[this.#timesMs.length >> 1] ?? 0
  }
}
