import { setTimeout as delay } from 'node:timers/promises'
import { fetchV13, IS_CONTROL, listOffsetsV7, produceV9, type BaseOptions, type Connection } from '@platformatic/kafka'
import { LogUnavailableError } from '../../errors.ts'
import { BrokerConnections, connectionOptions } from './broker-connections.ts'
import { ClusterView, firstAnswer, type TopicView } from './cluster-view.ts'
import { isAccessFailure, KAFKA_CODE, KafkaAccessError, reasonOf, withCodes } from './kafka-failure.ts'
import type { KafkaSettings } from './kafka-url.ts'

const REQUEST_BOUND_MS = 3_000
/**
 * Within it a broker must have a send in all in-sync replicas: long enough for one that fell silent to be taken out of them,
 * for a send that is given up too soon is written twice.
 */
const REPLICATION_BOUND_MS = 5_500
const SEND_BOUND_MS = 6_000
/** While a send has no answer, others are asked this often whether its broker still leads. */
const LOOK_FOR_LEADER_MS = 500
const [LEAST_PAUSE_MS, MOST_PAUSE_MS] = [20, 250]
const LATEST = -1n
/** All in-sync replicas. */
const ALL = -1

/** A broker says these before it writes anything. NOT_LEADER is not among them: it also answers a send that a leader lost half-way. */
const REFUSALS: ReadonlySet<number> = new Set([
  KAFKA_CODE.corruptMessage, KAFKA_CODE.messageTooLarge, KAFKA_CODE.recordListTooLarge, KAFKA_CODE.notEnoughReplicas,
  KAFKA_CODE.invalidRequiredAcks, KAFKA_CODE.topicAuthorizationFailed, KAFKA_CODE.clusterAuthorizationFailed,
  KAFKA_CODE.invalidTimestamp, KAFKA_CODE.policyViolation, KAFKA_CODE.invalidRecord,
])

export interface KeyedValue {
  key: Buffer
  /** null: what the key stands for is gone. */
  value: Buffer | null
}

/** What became of one send. Only `refused` says that surely nothing was written; `written` is to be believed once it was read. */
export type Produced = { kind: 'written'; offset: number } | { kind: 'refused'; code: number; reason: string } | { kind: 'unknown'; reason: string }

export interface FetchedRecord {
  offset: number
  key: Buffer | null
  value: Buffer | null
}

export interface FetchedPartition {
  partition: number
  /** Kafka's error code; 0: none. */
  code: number
  highWatermark: number
  /** In order, from the offset asked for, all below the high watermark. */
  records: FetchedRecord[]
  /** Offset to ask for next. */
  next: number
}

export interface FetchAsk {
  partition: number
  offset: number
}

/**
 * The few requests of Kafka's protocol that the log needs, each made once and with its outcome told exactly. It stands on
 * the library's connections and protocol and not on its producer, which retries, chooses leaders and believes answers on
 * its own. Protocol versions are fixed to what Kafka 3.1 and every later one speak.
 */
export class KafkaClient {
  readonly settings: KafkaSettings
  /** For the library's own clients (consumer groups). */
  readonly baseOptions: BaseOptions
  readonly cluster: ClusterView
  readonly connections: BrokerConnections
  closed = false

  /** @param clientId as the brokers' logs show it */
  constructor(clientId: string, settings: KafkaSettings) {
    this.settings = settings
    this.connections = new BrokerConnections(clientId, settings)
    this.cluster = new ClusterView(settings.bootstrap, this.connections)
    this.baseOptions = {
      clientId,
      bootstrapBrokers: settings.bootstrap,
      ...connectionOptions(settings),
      requestTimeout: REQUEST_BOUND_MS,
      timeout: REQUEST_BOUND_MS,
      retries: 2,
      retryDelay: 100,
      metadataMaxAge: 5_000,
      autocreateTopics: false,
    }
  }

  /** As known, asked for when not known yet; null when there is none. */
  async topic(name: string, { anew = false } = {}): Promise<TopicView | null> {
    this.cluster.watch(name)
    if (anew || !this.cluster.topic(name)) await this.cluster.refresh()
    return this.cluster.topic(name)
  }

  /** To any broker that takes a connection. */
  connection(purpose: string, requestTimeoutMs: number): Promise<Connection> {
    return firstAnswer(this.cluster.candidates().map((broker) => () => this.connections.to(broker, purpose, requestTimeoutMs)))
  }

  /** One send to one partition, as one batch: all of it or nothing. Never rejects. @param lane sends of one lane are in order */
  async produce(topic: string, partition: number, records: readonly KeyedValue[], lane = 'sends'): Promise<Produced> {
    let connection
    try {
      connection = await this.connections.to(this.#leader(topic, partition), lane, SEND_BOUND_MS)
    } catch (error) {
      const code = isAccessFailure(error) ? KAFKA_CODE.topicAuthorizationFailed : KAFKA_CODE.none
      return { kind: 'refused', code, reason: reasonOf(error) }
    }
    try {
      // The library's type leaves out null, which it writes as Kafka's null.
      const messages = records.map(({ key, value }) => ({ topic, partition, key, value: value as Buffer }))
      const answer = await this.#whileItLeads(topic, partition, withCodes(produceV9.api.async(connection, ALL, REPLICATION_BOUND_MS, messages)))
      const told = typeof answer === 'object' ? answer.responses[0]?.partitionResponses[0] : undefined
      if (!told) return { kind: 'unknown', reason: 'an empty answer' }
      if (told.errorCode === KAFKA_CODE.none) return { kind: 'written', offset: Number(told.baseOffset) }
      const reason = `Kafka error ${told.errorCode}${told.errorMessage ? `: ${told.errorMessage}` : ''}`
      return REFUSALS.has(told.errorCode) ? { kind: 'refused', code: told.errorCode, reason } : { kind: 'unknown', reason }
    } catch (error) {
      return { kind: 'unknown', reason: reasonOf(error) }
    }
  }

  /**
   * Records of partitions of one topic that one broker leads. Waits up to `maxWaitMs` for the first of them.
   * Rejects when the broker does not answer; a partition's own error is its `code`.
   */
  async fetch(leader: number, { id }: TopicView, asks: readonly FetchAsk[], options: { lane: string; maxWaitMs: number; maxBytes: number }): Promise<FetchedPartition[]> {
    const { lane, maxWaitMs, maxBytes } = options
    const broker = this.cluster.broker(leader)
    if (!broker) throw new Error(`broker ${leader} is not in the cluster`)
    const connection = await this.connections.to(broker, lane, REQUEST_BOUND_MS)
    const partitions = asks.map(({ partition, offset }) => {
      return { partition, currentLeaderEpoch: -1, fetchOffset: BigInt(offset), lastFetchedEpoch: -1, partitionMaxBytes: maxBytes }
    })
    const answer = await withCodes(fetchV13.api.async(connection, maxWaitMs, 1, maxBytes, 0, 0, -1, [{ topicId: id, partitions }], [], ''))
    if (answer.errorCode !== KAFKA_CODE.none) throw new Error(`Kafka error ${answer.errorCode}`)
    const offsets = new Map(asks.map(({ partition, offset }) => [partition, offset]))
    return answer.responses.flatMap((topic) => topic.partitions.map((told) => fetchedOf(told, offsets.get(told.partitionIndex) ?? 0)))
  }

  /** Offset after the newest record that consumers may see, of the moment. Rejects with LogUnavailableError after `withinMs`. */
  async highWatermark(topic: string, partition: number, withinMs: number): Promise<number> {
    return this.patiently(withinMs, async () => {
      const connection = await this.connections.to(this.#leader(topic, partition), 'questions', REQUEST_BOUND_MS)
      const ask = [{ name: topic, partitions: [{ partitionIndex: partition, currentLeaderEpoch: -1, timestamp: LATEST }] }]
      const answer = await withCodes(listOffsetsV7.api.async(connection, -1, 0, ask))
      const told = answer.topics[0]?.partitions[0]
      if (!told || told.errorCode !== KAFKA_CODE.none) throw new Error(`Kafka error ${told?.errorCode ?? 'without a code'}`)
      return Number(told.offset)
    })
  }

  /**
   * Attempts until one succeeds, asking for leaders anew in between. Rejects with LogUnavailableError when `withinMs` have
   * passed, access is refused, the client is closed or the signal aborted.
   */
  async patiently<T>(withinMs: number, attempt: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const deadlineMs = performance.now() + withinMs
    for (let tries = 1; ; tries++) {
      try {
        return await attempt()
      } catch (error) {
        if (error instanceof LogUnavailableError) throw error
        if (isAccessFailure(error) || this.closed || signal?.aborted || performance.now() > deadlineMs) throw unavailable(error)
        await this.pause(tries)
      }
    }
  }

  /** Between two attempts: longer each time and never the same, with leaders asked for anew. */
  async pause(tries: number): Promise<void> {
    await delay(Math.min(MOST_PAUSE_MS, LEAST_PAUSE_MS * 2 ** Math.min(tries, 8)) * (0.5 + Math.random() / 2))
    await this.cluster.refresh().catch(() => undefined)
  }

  /** Rejects when the partition has another leader before the answer comes: a broker that hangs will never give it. */
  async #whileItLeads<T>(topic: string, partition: number, answer: Promise<T>): Promise<T> {
    const leaderNow = (): number | undefined => this.cluster.topic(topic)?.partitions[partition]?.leader
    const leader = leaderNow()
    const { promise: moved, reject } = Promise.withResolvers<never>()
    const looking = setInterval(() => {
      if (leaderNow() !== leader) reject(new Error(`another broker leads ${topic}/${partition} now`))
      else void this.cluster.refresh().catch(() => undefined)
    }, LOOK_FOR_LEADER_MS)
    try {
      return await Promise.race([answer, moved])
    } finally {
      clearInterval(looking)
    }
  }

  close(): Promise<void> {
    this.closed = true
    return this.connections.close()
  }

  #leader(topic: string, partition: number): { host: string; port: number } {
    const leader = this.cluster.topic(topic)?.partitions[partition]?.leader ?? -1
    const broker = this.cluster.broker(leader)
    if (!broker) throw new Error(`${topic}/${partition} has no leader`)
    return broker
  }
}

/** The error that callers of the log see: surely nothing was written. */
export function unavailable(error: unknown): LogUnavailableError {
  const advice = error instanceof KafkaAccessError ? '' : ' (KAFKA_USERNAME, KAFKA_PASSWORD or the certificates are not what the brokers expect)'
  return new LogUnavailableError(`The event log on Kafka cannot be reached: ${reasonOf(error)}${isAccessFailure(error) ? advice : ''}`, { cause: error })
}

type ToldPartition = Awaited<ReturnType<typeof fetchV13.api.async>>['responses'][number]['partitions'][number]

function fetchedOf({ partitionIndex, errorCode, highWatermark, records: batches }: ToldPartition, from: number): FetchedPartition {
  const records: FetchedRecord[] = []
  const end = Number(highWatermark)
  let next = from
  for (const batch of batches ?? []) {
    const first = Number(batch.firstOffset)
    // Batches come whole, with what stands before the offset asked for.
    next = Math.max(next, Math.min(end, first + batch.lastOffsetDelta + 1))
    if ((batch.attributes & IS_CONTROL) !== 0) continue
    for (const { offsetDelta, key, value } of batch.records) {
      const offset = first + offsetDelta
      if (offset >= from && offset < end) records.push({ offset, key, value })
    }
  }
  return { partition: partitionIndex, code: errorCode, highWatermark: end, records, next }
}
