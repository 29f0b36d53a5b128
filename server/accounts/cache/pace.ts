import type { Redis } from 'ioredis'
import type { Clock } from '../../../domain/clock.ts'

const IDLE_PINGS = 30
const LOOK_EVERY_MS = 20
/** Below this Redis is not what anybody waits for. */
const UNNOTICED_MS = 1
const TOO_SLOW = 2
const PAUSE_MOST_MS = 50

/** Keeps a long write from slowing those who read beside it: it looks how long Redis takes to answer, and rests when that is long. */
export class Pace {
  readonly #redis: Redis
  readonly #clock: Clock
  readonly #allowedMs: number
  #lookedMs: number

  private constructor(redis: Redis, clock: Clock, allowedMs: number) {
    this.#redis = redis
    this.#clock = clock
    this.#allowedMs = allowedMs
    this.#lookedMs = clock.monotonicMs()
  }

  /** @param redis a connection on which nothing is written, so that it waits for its turn as readers do */
  static async begin(redis: Redis, clock: Clock): Promise<Pace> {
    const tookMs: number[] = []
    for (let index = 0; index < IDLE_PINGS; index++) tookMs.push(await pingMs(redis, clock))
    const idleMs = tookMs.sort((one, other) => one - other)[Math.floor(IDLE_PINGS * 0.9)]!
    return new Pace(redis, clock, Math.max(UNNOTICED_MS, idleMs * TOO_SLOW))
  }

  /** To be awaited between two writes. */
  async rest(): Promise<void> {
    if (this.#clock.monotonicMs() - this.#lookedMs < LOOK_EVERY_MS) return
    const tookMs = await pingMs(this.#redis, this.#clock)
    if (tookMs > this.#allowedMs) await this.#clock.sleep(Math.min(PAUSE_MOST_MS, Math.ceil(2 * tookMs)))
    this.#lookedMs = this.#clock.monotonicMs()
  }
}

async function pingMs(redis: Redis, clock: Clock): Promise<number> {
  const startMs = clock.monotonicMs()
  await redis.ping()
  return clock.monotonicMs() - startMs
}
