import type { Clock } from '../../../../domain/clock.ts'
import type { HybridClock } from '../../../../domain/hybrid-clock.ts'
import { LogUnavailableError } from '../../errors.ts'
import type { Logger } from '../../logger.ts'
import type { Ownership, Partition } from '../event-log.ts'
import type { CursorTopic } from './cursor-topic.ts'

const AGAIN_MS = 250

export interface TenuresOptions {
  group: string
  node: string
  cursors: CursorTopic
  hybridClock: HybridClock
  clock: Clock
  logger?: Logger
  /** How long work that was told to end is waited for, milliseconds. */
  letGoMs: number
  work: (ownership: Ownership) => Promise<void>
  onFailure: (error: unknown) => void
}

interface Tenure {
  stop: AbortController
  /** Never rejects. */
  ended: Promise<void>
}

/** The partitions that this member works on, each from its take-over to its release. */
export class PartitionTenures {
  readonly #options: TenuresOptions
  readonly #tenures = new Map<Partition, Tenure>()
  readonly #lastEnds = new Map<Partition, Promise<void>>()

  constructor(options: TenuresOptions) {
    this.#options = options
  }

  /** Those that nobody else may begin with: owned, or not let go of yet. */
  held(): Partition[] {
    return [...this.#tenures.keys()]
  }

  /** Harmless when it runs; one that was told to end is begun anew once it has. */
  begin(partition: Partition): void {
    const before = this.#tenures.get(partition)
    if (before && !before.stop.signal.aborted) return
    const stop = new AbortController()
    const ended = this.#run(partition, stop.signal, this.#lastEnds.get(partition)).catch((error: unknown) => this.#options.onFailure(error))
    this.#tenures.set(partition, { stop, ended })
    this.#lastEnds.set(partition, ended)
  }

  /** Tells work to end; resolves when it has, or when it was waited for long enough. */
  async drop(partitions: readonly Partition[]): Promise<void> {
    const dropped = partitions.flatMap((partition) => {
      const tenure = this.#tenures.get(partition)
      return tenure ? [{ partition, tenure }] : []
    })
    for (const { tenure } of dropped) tenure.stop.abort()
    await this.#within(Promise.all(dropped.map(({ tenure }) => tenure.ended)))
    for (const { partition, tenure } of dropped) if (this.#tenures.get(partition) === tenure) this.#tenures.delete(partition)
  }

  dropAll(): Promise<void> {
    return this.drop(this.held())
  }

  /** When all work has ended, however long that takes. */
  async ended(): Promise<void> {
    await Promise.all(this.#lastEnds.values())
  }

  async #run(partition: Partition, signal: AbortSignal, before: Promise<void> = Promise.resolve()): Promise<void> {
    const { clock, work } = this.#options
    await this.#within(before)
    while (!signal.aborted) {
      const epoch = await this.#takeOver(partition, signal)
      if (epoch === null) return
      await work({ partition, epoch, signal })
      // Work that ends by itself was perhaps fenced by a mistaken member: whoever owns the partition goes on.
      if (!signal.aborted) await clock.sleep(AGAIN_MS, signal).catch(() => undefined)
    }
  }

  /** An epoch later than that of every owner before, known to all before the work begins; null when aborted. */
  async #takeOver(partition: Partition, signal: AbortSignal): Promise<string | null> {
    const { group, node, cursors, hybridClock, clock, logger } = this.#options
    const consumer = `owner:${group}`
    for (let told = false; !signal.aborted; told = true) {
      try {
        const before = await cursors.epoch(consumer, partition)
        if (before !== null) hybridClock.observe(before)
        const epoch = hybridClock.issue()
        if (before !== null && epoch <= before) throw new LogUnavailableError('the clock of this node is far behind that of the last owner')
        await cursors.save(consumer, partition, node, epoch)
        if (!signal.aborted) return epoch
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        if (!told) logger?.warn({ group, partition, reason }, 'cannot take the partition over yet; goes on trying')
        await clock.sleep(AGAIN_MS, signal).catch(() => undefined)
      }
    }
    return null
  }

  async #within(ends: Promise<unknown>): Promise<void> {
    const done = new AbortController()
    await Promise.race([ends, this.#options.clock.sleep(this.#options.letGoMs, done.signal).catch(() => undefined)])
    done.abort()
  }
}
