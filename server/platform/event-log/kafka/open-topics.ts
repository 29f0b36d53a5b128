import { TOPICS, type EventEnvelope, type Topic } from '../../../../domain/event.ts'
import { LogUnavailableError } from '../../errors.ts'
import type { FirstRecord, Partition } from '../event-log.ts'
import type { CursorTopic } from './cursor-topic.ts'
import { ensureTopic, type EnsuredTopic } from './ensure-topic.ts'
import { openTopic, type OpenPartition, type OpenTopic, type OpenTopicOptions } from './open-topic.ts'
import { partitionOfKey, storedRecord } from './stored-record.ts'

const ASK_BOUND_MS = 10_000
const CATCH_UP_BOUND_MS = 600_000
/** Name under which the number of a topic's partitions is kept among the cursors. */
const PARTITION_COUNT = 'partition-count'

export interface OpenTopicsOptions extends Omit<OpenTopicOptions, 'topic' | 'ensured'> {
  cursors: CursorTopic
}

/** The topics of one log: each is made, and read live, from its first use on. */
export class OpenTopics {
  readonly #options: OpenTopicsOptions
  readonly #ensured = new Map<Topic, Promise<EnsuredTopic>>()
  readonly #opened = new Map<Topic, Promise<OpenTopic>>()
  readonly #counts = new Map<Topic, number>()

  constructor(options: OpenTopicsOptions) {
    this.#options = options
  }

  /** Where a key belongs, in a topic that is in use. */
  partitionOf(topic: Topic, key: string): Partition {
    return `${topic}/${partitionOfKey(key, this.#counts.get(topic)!)}`
  }

  async partitions(topic: Topic): Promise<Partition[]> {
    return (await this.#ensure(topic)).view.partitions.map((_, number): Partition => `${topic}/${number}`)
  }

  use(topic: Topic): Promise<OpenTopic> {
    return once(this.#opened, topic, async () => {
      const ensured = await this.#ensure(topic)
      this.#counts.set(topic, ensured.view.partitions.length)
      return openTopic({ ...this.#options, topic, ensured })
    })
  }

  /** Throws TypeError for a partition that the topic has not. */
  async place(partition: Partition): Promise<OpenPartition> {
    const [topic, number] = parted(partition)
    const place = (await this.use(topic)).partitions[number]
    if (!place) throw new TypeError(`This log has no partition ${partition}`)
    return place
  }

  /** Offset after the newest record, of the moment. */
  async end(partition: Partition): Promise<number> {
    const [topic, number] = parted(partition)
    const { view } = await this.#ensure(topic)
    if (!view.partitions[number]) throw new TypeError(`This log has no partition ${partition}`)
    return this.#options.client.highWatermark(view.name, number, ASK_BOUND_MS)
  }

  /** Waits until the index knows all that the topic has now. */
  async caughtUp(topic: Topic): Promise<OpenTopic> {
    const all = await this.use(topic)
    const signal = AbortSignal.any([this.#options.signal, AbortSignal.timeout(CATCH_UP_BOUND_MS)])
    for (const { partition, tail } of all.partitions) {
      const end = await this.end(partition)
      while (tail.folded < end && tail.failure === null && !signal.aborted) await tail.change(end - 1, signal)
      if (tail.folded < end) throw new LogUnavailableError(`The index of ${partition} is behind: ${tail.failure ?? 'it takes too long'}`)
    }
    return all
  }

  /** From memory, else from the brokers. */
  async record({ tail, fetch, partition }: OpenPartition, offset: number): Promise<FirstRecord> {
    const envelope = tail.recent(offset) ?? (await envelopeAt(fetch, offset))
    if (!envelope) throw new LogUnavailableError(`${partition} has no event at ${offset} any more`)
    this.#options.hybridClock.observe(envelope.hlc)
    return { position: String(offset), partition, envelope }
  }

  /** To be called when the client is closed. */
  async close(): Promise<void> {
    const topics = await Promise.allSettled(this.#opened.values())
    await Promise.all(topics.flatMap((topic) => (topic.status === 'fulfilled' ? [topic.value.close()] : [])))
  }

  #ensure(topic: Topic): Promise<EnsuredTopic> {
    const { client, logger } = this.#options
    return once(this.#ensured, topic, async () => {
      const ensured = await ensureTopic(client, `${client.settings.prefix}.${topic}`, 'records', logger)
      await this.#requireSameCount(topic, ensured)
      return ensured
    })
  }

  /** With more partitions than at first, a repeated id would not meet itself. Throws LogUnavailableError. */
  async #requireSameCount(topic: Topic, { view }: EnsuredTopic): Promise<void> {
    const { cursors } = this.#options
    const count = String(view.partitions.length)
    const before = await cursors.load(PARTITION_COUNT, `${topic}/0`)
    if (before === null) await cursors.save(PARTITION_COUNT, `${topic}/0`, count)
    else if (before !== count) throw new LogUnavailableError(`Kafka topic ${view.name} has ${count} partitions and began with ${before}: copy the log to a new prefix with as many as are wanted (npm run log:copy)`)
  }
}

/** A failure is tried again by the next caller. */
function once<T>(all: Map<Topic, Promise<T>>, topic: Topic, make: () => Promise<T>): Promise<T> {
  const before = all.get(topic)
  if (before) return before
  const made = make()
  all.set(topic, made)
  made.catch(() => all.delete(topic))
  return made
}

async function envelopeAt(fetch: OpenPartition['fetch'], offset: number): Promise<EventEnvelope | null> {
  const [record] = (await fetch(offset, 1)).records
  return record?.offset === offset ? (storedRecord(record)?.envelope ?? null) : null
}

/** Throws TypeError for what names no partition. */
export function parted(partition: Partition): [Topic, number] {
  const [name, number] = partition.split('/')
  const topic = TOPICS.find((one) => one === name)
  if (topic === undefined || !/^\d+$/.test(number ?? '')) throw new TypeError(`This log has no partition ${partition}`)
  return [topic, Number(number)]
}
