import type { Topic } from '../../../../domain/event.ts'
import type { HybridClock } from '../../../../domain/hybrid-clock.ts'
import type { Logger } from '../../logger.ts'
import type { Partition } from '../event-log.ts'
import type { EnsuredTopic } from './ensure-topic.ts'
import type { FetchedPartition, KafkaClient } from './kafka-client.ts'
import { KAFKA_CODE } from './kafka-failure.ts'
import type { LogIndex } from './log-index.ts'
import { PartitionTail } from './partition-tail.ts'
import { SendLane } from './send-lane.ts'
import { storedRecord, type StoredRecord } from './stored-record.ts'
import { TopicTail } from './topic-tail.ts'

const FETCH_BOUND_MS = 20_000
const FETCH_BYTES = 512 * 1024
/** A fold that is no further behind follows live; else it catches up on the side. */
const NEAR_RECORDS = 1_000
/** A moment for the index to catch up: most starts then answer repeats from their first word on. */
const CATCH_UP_MS = 1_000

export interface OpenPartition {
  partition: Partition
  tail: PartitionTail
  lane: SendLane
  /** Records from an offset on, whole batches up to `maxBytes` and one at least. Rejects with LogUnavailableError. */
  fetch: (from: number, maxBytes?: number) => Promise<FetchedPartition>
}

export interface OpenTopic {
  partitions: OpenPartition[]
  close(): Promise<void>
}

export interface OpenTopicOptions {
  client: KafkaClient
  topic: Topic
  ensured: EnsuredTopic
  index: LogIndex
  hybridClock: HybridClock
  appendBoundMs: number
  signal: AbortSignal
  logger?: Logger
}

/** Begins to read a topic live. Throws LogUnavailableError. */
export async function openTopic({ client, topic, ensured, index, hybridClock, appendBoundMs, signal, logger }: OpenTopicOptions): Promise<OpenTopic> {
  const { name } = ensured.view
  const fetches = ensured.view.partitions.map((_, number) => (from: number, maxBytes = FETCH_BYTES) => fetchSome({ client, name, number, signal }, from, maxBytes))
  const ends = await Promise.all(fetches.map(async (fetch, number) => {
    const end = await client.highWatermark(name, number, FETCH_BOUND_MS)
    const newest = end > 0 ? newestOf(await fetch(end - 1, 1)) : null
    if (newest) hybridClock.seed(newest.envelope.hlc)
    return end
  }))
  // From here on nothing fails: a partition must never be folded by two tails.
  const partitions = fetches.map((fetch, number): OpenPartition => {
    const partition: Partition = `${topic}/${number}`
    const start = ends[number]! - index.next(partition) > NEAR_RECORDS ? ends[number]! : index.next(partition)
    const tail = new PartitionTail({ partition, number, index, fetch, logger }, start)
    const lane = new SendLane({ client, topic: name, tail, batchBytes: ensured.batchBytes, boundMs: appendBoundMs, logger })
    return { partition, tail, lane, fetch }
  })
  const live = new TopicTail(client, name, partitions.map(({ tail }) => tail), logger)
  const moment = AbortSignal.any([signal, AbortSignal.timeout(CATCH_UP_MS)])
  for (const [number, { tail }] of partitions.entries()) {
    while (tail.folded < ends[number]! && tail.failure === null && !moment.aborted) await tail.change(ends[number]! - 1, moment)
  }
  return {
    partitions,
    async close() {
      await Promise.all([live.close(), ...partitions.map(({ tail }) => tail.close())])
    },
  }
}

function newestOf({ records }: FetchedPartition): StoredRecord | null {
  const last = records.at(-1)
  return last ? storedRecord(last) : null
}

interface FetchPlace {
  client: KafkaClient
  name: string
  number: number
  signal: AbortSignal
}

async function fetchSome({ client, name, number, signal }: FetchPlace, from: number, maxBytes: number): Promise<FetchedPartition> {
  return client.patiently(FETCH_BOUND_MS, async () => {
    const view = client.cluster.topic(name)
    if (!view) throw new Error(`topic ${name} is not known`)
    const leader = view.partitions[number]?.leader ?? -1
    const [fetched] = await client.fetch(leader, view, [{ partition: number, offset: from }], { lane: `look-ups of ${name}/${number}`, maxWaitMs: 0, maxBytes })
    if (fetched?.code !== KAFKA_CODE.none) throw new Error(`Kafka error ${fetched?.code ?? 'without a code'}`)
    if (fetched.next <= from) throw new Error(`${name}/${number} has no record ${from}`)
    return fetched
  }, signal)
}
