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
import { storedRecord } from './stored-record.ts'
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
  /** Records from an offset on, some at a time, at least one. Rejects with LogUnavailableError. */
  fetch: (from: number) => Promise<FetchedPartition>
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
  const partitions = await Promise.all(ensured.view.partitions.map(async (_, number): Promise<OpenPartition & { end: number }> => {
    const fetch = (from: number): Promise<FetchedPartition> => fetchSome(client, name, number, from, signal)
    const end = await client.highWatermark(name, number, FETCH_BOUND_MS)
    if (end > 0) {
      const newest = storedRecord((await fetch(end - 1)).records[0] ?? { offset: 0, value: null })
      if (newest) hybridClock.seed(newest.envelope.hlc)
    }
    const partition: Partition = `${topic}/${number}`
    const start = end - index.next(partition) > NEAR_RECORDS ? end : index.next(partition)
    const tail = new PartitionTail({ partition, number, index, fetch, logger }, start)
    const lane = new SendLane({ client, topic: name, tail, batchBytes: ensured.batchBytes, boundMs: appendBoundMs, logger })
    return { partition, tail, lane, fetch, end }
  }))
  const live = new TopicTail(client, name, partitions.map(({ tail }) => tail), logger)
  const moment = AbortSignal.any([signal, AbortSignal.timeout(CATCH_UP_MS)])
  for (const { tail, end } of partitions) {
    while (tail.folded < end && tail.failure === null && !moment.aborted) await tail.change(end - 1, moment)
  }
  return {
    partitions,
    async close() {
      await Promise.all([live.close(), ...partitions.map(({ tail }) => tail.close())])
    },
  }
}

async function fetchSome(client: KafkaClient, name: string, number: number, from: number, signal: AbortSignal): Promise<FetchedPartition> {
  return client.patiently(FETCH_BOUND_MS, async () => {
    const view = client.cluster.topic(name)
    if (!view) throw new Error(`topic ${name} is not known`)
    const leader = view.partitions[number]?.leader ?? -1
    const [fetched] = await client.fetch(leader, view, [{ partition: number, offset: from }], { lane: `look-ups of ${name}/${number}`, maxWaitMs: 0, maxBytes: FETCH_BYTES })
    if (fetched?.code !== KAFKA_CODE.none) throw new Error(`Kafka error ${fetched?.code ?? 'without a code'}`)
    if (fetched.next <= from) throw new Error(`${name}/${number} has no record ${from}`)
    return fetched
  }, signal)
}
