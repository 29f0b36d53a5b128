import type { EventLog, Ownership, Partition, Position } from '../../../server/platform/event-log/event-log.ts'
import { FencedError } from '../../../server/platform/event-log/fenced-error.ts'
import { gauge } from '../../../server/platform/metrics.ts'
import { ownedPartition, type OwnedPartition } from '../../../server/platform/ownership-status.ts'
import { surely, together } from '../surely.ts'
import type { DeliveryDispatch, DispatchOptions } from './delivery-dispatch.ts'
import { UndeliveredFold } from './undelivered-fold.ts'

/** Among whose members the partitions are shared. */
export const DELIVERY_GROUP = 'reactors-delivery'
/** Its cursor stands before the oldest that is not delivered: a new start reads on from there. */
export const DELIVERY_CONSUMER = 'delivery'
const BATCH_RECORDS = 500
/** In memory, of each partition; beyond it reading goes on for hazards alone, and beyond twice as many it waits. */
const MOST_ITEMS = 100_000
const LOOK_MS = 1_000

const waiting = gauge('stormdoor_delivery_waiting', 'Reports and follow-ups that the core system does not have yet', ['partition'])
const oldest = gauge('stormdoor_delivery_oldest_seconds', 'Since the oldest of them was accepted; 0 when there is none', ['partition'])

export interface PartitionDeliveryOptions extends Omit<DispatchOptions, 'log' | 'core'> {
  log: EventLog
  dispatch: Pick<DeliveryDispatch, 'queue' | 'wake' | 'ended'>
  /** Counts what this process reads. */
  nextOrder: () => number
  mostItems?: number
}

/** Follows one partition for as long as it is owned, and keeps in the queue what of it is not delivered. */
export class PartitionDelivery {
  readonly #options: PartitionDeliveryOptions
  readonly #partition: Partition
  readonly #epoch: string
  readonly #owned: OwnedPartition
  readonly #stop = new AbortController()
  readonly #fold: UndeliveredFold
  /** Up to which this pass has read. */
  #place: Position | null = null
  #saved: Position | null = null
  #endPass: () => void = () => undefined

  /** @param options its signal is that of the ownership */
  constructor(options: PartitionDeliveryOptions, { partition, epoch }: Pick<Ownership, 'partition' | 'epoch'>) {
    const { log, clock, nextOrder, dispatch, mostItems = MOST_ITEMS } = options
    const signal = AbortSignal.any([options.signal, this.#stop.signal])
    this.#options = { ...options, signal }
    this.#fold = new UndeliveredFold({ log, queue: dispatch.queue, clock, nextOrder, mostItems, signal, onRoom: () => this.#endPass() })
    this.#partition = partition
    this.#epoch = epoch
    this.#owned = ownedPartition(DELIVERY_GROUP, partition, epoch)
  }

  /** Ends with the signal, or when a later owner has the partition. Throws what no waiting mends. */
  async run(): Promise<void> {
    const { logger, dispatch, signal } = this.#options
    try {
      await together(signal, this.#stop, [this.#follow(), this.#lookForever()])
    } catch (error) {
      if (!(error instanceof FencedError)) throw error
      logger.info({ partition: this.#partition, reason: error.message }, 'leaves a partition to its later owner')
    } finally {
      this.#stop.abort()
      this.#fold.leaveQueue()
      await dispatch.ended(this.#fold)
      this.#owned.release()
      for (const each of [waiting, oldest]) each.remove({ partition: this.#partition })
    }
  }

  async #follow(): Promise<void> {
    const { log, signal } = this.#options
    const startEnd = await surely(this.#options, 'the event log', async () => {
      this.#saved = this.#place = await log.loadCursor(DELIVERY_CONSUMER, this.#partition)
      return log.end(this.#partition)
    })
    if (startEnd === this.#place) this.#fold.startQueue()
    while (!signal.aborted) {
      await surely(this.#options, 'the event log', () => this.#pass(startEnd))
      this.#place = this.#fold.readAgainFrom(this.#place)
    }
  }

  /** Reads on until the signal, or until there is room for what was passed over. */
  async #pass(startEnd: Position | null): Promise<void> {
    const { log, clock, dispatch, signal } = this.#options
    const end = new AbortController()
    this.#endPass = () => end.abort()
    const either = AbortSignal.any([signal, end.signal])
    for await (const batch of log.read(this.#partition, this.#place, { signal: either, maxRecords: BATCH_RECORDS })) {
      for (const { first, envelope, position } of batch) {
        if (first) await this.#fold.take(envelope, this.#place)
        this.#place = position
        // Most of what was there may be delivered, as is told further on.
        if (!this.#fold.isQueued && position === startEnd) this.#fold.startQueue()
      }
      dispatch.wake()
      while (this.#fold.isQueued && this.#fold.isFull && !either.aborted) await clock.sleep(LOOK_MS, either).catch(() => undefined)
    }
  }

  /** Saves where a new start must read from, and says how much waits. */
  async #lookForever(): Promise<void> {
    const { log, clock, signal } = this.#options
    while (!signal.aborted) {
      await clock.sleep(LOOK_MS, signal)
      const records = await log.countAfter(this.#partition, this.#place).catch(() => null)
      if (records !== null) this.#owned.lag(records, DELIVERY_CONSUMER)
      if (!this.#fold.isQueued) continue
      const { waiting: count } = this.#fold
      const oldestMs = this.#fold.oldestAcceptedAtMs()
      waiting.set({ partition: this.#partition }, count)
      oldest.set({ partition: this.#partition }, oldestMs === null ? 0 : Math.max(0, clock.nowMs() - oldestMs) / 1_000)
      const readFrom = this.#fold.readFrom(this.#place)
      if (readFrom === null || readFrom === this.#saved) continue
      await surely(this.#options, 'the event log', () => log.saveCursor(DELIVERY_CONSUMER, this.#partition, readFrom, this.#epoch))
      this.#saved = readFrom
    }
  }
}
