import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from '../../logger.ts'
import type { TopicView } from './cluster-view.ts'
import type { KafkaClient } from './kafka-client.ts'
import { KAFKA_CODE, reasonOf } from './kafka-failure.ts'
import type { PartitionTail } from './partition-tail.ts'

/** How long a broker keeps a fetch until a record comes. */
const WAIT_MS = 500
const FETCH_BYTES = 512 * 1024
const LOOK_EVERY_MS = 200
/** While no append waits to be read back, records gather for this long between two fetches; one that begins to wait is seen within a step. */
const [GATHER_MS, GATHER_STEP_MS] = [48, 4]

/**
 * Reads all partitions of a topic live: one loop of long fetches per broker that leads some of them, each on a connection of
 * its own, so that a broker that hangs keeps nobody from reading what others lead.
 */
export class TopicTail {
  readonly #client: KafkaClient
  readonly #name: string
  readonly #tails: readonly PartitionTail[]
  readonly #logger: Logger | undefined
  readonly #loops = new Map<number, Promise<void>>()
  readonly #timer: NodeJS.Timeout
  #closed = false

  constructor(client: KafkaClient, name: string, tails: readonly PartitionTail[], logger?: Logger) {
    this.#client = client
    this.#name = name
    this.#tails = tails
    this.#logger = logger
    this.#timer = setInterval(() => this.#spread(), LOOK_EVERY_MS).unref()
    this.#spread()
  }

  /** Its fetches end when the client is closed. */
  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#timer)
    await Promise.all(this.#loops.values())
  }

  #ended(): boolean {
    return this.#closed || this.#client.closed
  }

  /** Starts a loop for each leader that has none. */
  #spread(): void {
    if (this.#ended()) return
    const view = this.#client.cluster.topic(this.#name)
    const leaders = new Set(this.#tails.map(({ number }) => view?.partitions[number]?.leader ?? -1))
    for (const leader of leaders) {
      if (leader < 0) void this.#client.cluster.refresh().catch(() => undefined)
      else if (!this.#loops.has(leader)) this.#loops.set(leader, this.#follow(leader).finally(() => this.#loops.delete(leader)))
    }
  }

  /** Ends when the broker leads nothing of the topic any more. */
  async #follow(leader: number): Promise<void> {
    let failures = 0
    for (let round = 0; !this.#ended(); round++) {
      const view = this.#client.cluster.topic(this.#name)
      const led = this.#tails.filter(({ number }) => view?.partitions[number]?.leader === leader)
      if (!view || led.length === 0) return
      try {
        const before = led.map(({ next }) => next)
        const moved = await this.#fetch(leader, view, led, round)
        if (failures > 0) this.#logger?.info({ topic: this.#name, broker: leader }, 'a Kafka broker answers again')
        failures = 0
        if (moved) await this.#client.pause(1)
        else if (led.some(({ next }, at) => next !== before[at])) await this.#gather(led)
      } catch (error) {
        if (this.#ended()) return
        if (failures++ === 0) this.#logger?.warn({ topic: this.#name, broker: leader, reason: reasonOf(error) }, 'a Kafka broker does not answer')
        await this.#client.pause(failures)
        this.#spread()
      }
    }
  }

  async #gather(led: readonly PartitionTail[]): Promise<void> {
    for (let pausedMs = 0; pausedMs < GATHER_MS && !this.#ended() && led.every(({ pending }) => pending.size === 0); pausedMs += GATHER_STEP_MS) await delay(GATHER_STEP_MS)
  }

  /** @returns whether a partition is no longer led by this broker, as it says */
  async #fetch(leader: number, view: TopicView, led: readonly PartitionTail[], round: number): Promise<boolean> {
    // The bytes of an answer go to the first of them: each is the first in its turn.
    const turn = round % led.length
    const ordered = [...led.slice(turn), ...led.slice(0, turn)]
    const asks = ordered.map(({ number, next }) => ({ partition: number, offset: next }))
    const fetched = await this.#client.fetch(leader, view, asks, { lane: `tail of ${this.#name}`, maxWaitMs: WAIT_MS, maxBytes: FETCH_BYTES })
    let moved = false
    for (const partition of fetched) {
      const tail = led.find(({ number }) => number === partition.partition)
      if (partition.code === KAFKA_CODE.none || partition.code === KAFKA_CODE.offsetOutOfRange) await tail?.take(partition)
      if (partition.code !== KAFKA_CODE.none) moved = true
    }
    return moved
  }
}
