import { metadataV12, type Connection } from '@platformatic/kafka'
import type { Broker, BrokerConnections } from './broker-connections.ts'
import { KAFKA_CODE, KafkaAccessError, isAccessFailure, withCodes } from './kafka-failure.ts'

/** A broker that takes a question and does not answer (suspended, cut off) costs this much before the next one is asked too. */
const NEXT_AFTER_MS = 250
const ANSWER_BOUND_MS = 3_000

interface PartitionView {
  /** Broker number; -1 while there is none. */
  leader: number
  leaderEpoch: number
  replicas: number
}

export interface TopicView {
  name: string
  id: string
  partitions: PartitionView[]
}

/** Who is in the cluster and who leads what, as far as a broker has told. */
export class ClusterView {
  readonly #bootstrap: readonly Broker[]
  readonly #connections: BrokerConnections
  readonly #topics = new Map<string, TopicView>()
  readonly #watched = new Set<string>()
  #brokers = new Map<number, Broker>()
  #refresh: Promise<void> | null = null
  #rounds = 0

  constructor(bootstrap: readonly Broker[], connections: BrokerConnections) {
    this.#bootstrap = bootstrap
    this.#connections = connections
  }

  get brokerCount(): number {
    return this.#brokers.size
  }

  broker(number: number): Broker | null {
    return this.#brokers.get(number) ?? null
  }

  /** As last heard; null before. */
  topic(name: string): TopicView | null {
    return this.#topics.get(name) ?? null
  }

  watch(name: string): void {
    this.#watched.add(name)
  }

  /** Asks anew. Rejects when none answers or access is refused. */
  refresh(): Promise<void> {
    this.#refresh ??= this.#ask().finally(() => {
      this.#refresh = null
    })
    return this.#refresh
  }

  async #ask(): Promise<void> {
    const names = [...this.#watched]
    const answer = await firstAnswer(this.candidates().map((broker) => async () => {
      const connection: Connection = await this.#connections.to(broker, 'questions', ANSWER_BOUND_MS)
      return withCodes(metadataV12.api.async(connection, names, false, false))
    }))
    this.#brokers = new Map(answer.brokers.map(({ nodeId, host, port }) => [nodeId, { host, port }]))
    for (const { name, topicId, errorCode, partitions } of answer.topics) {
      if (!name) continue
      if (errorCode === KAFKA_CODE.topicAuthorizationFailed) throw new KafkaAccessError(`no right to describe topic ${name}`)
      if (errorCode === KAFKA_CODE.unknownTopic || partitions.length === 0) {
        this.#topics.delete(name)
        continue
      }
      const known = this.#topics.get(name)
      const views: PartitionView[] = []
      for (const { partitionIndex, leaderId, leaderEpoch, replicaNodes } of partitions) {
        const before = known?.id === topicId ? known.partitions[partitionIndex] : undefined
        // A broker that was away tells of leaders that are no more.
        const newer = before === undefined || leaderEpoch >= before.leaderEpoch
        views[partitionIndex] = newer ? { leader: leaderId, leaderEpoch, replicas: replicaNodes.length } : before
      }
      this.#topics.set(name, { name, id: topicId, partitions: views })
    }
  }

  /** All that may be asked, another one first each time. */
  candidates(): Broker[] {
    const all = [...this.#bootstrap, ...this.#brokers.values()]
    const candidates = [...new Map(all.map((broker) => [`${broker.host}:${broker.port}`, broker])).values()]
    const round = this.#rounds++ % candidates.length
    return [...candidates.slice(round), ...candidates.slice(0, round)]
  }
}

/** The first success of attempts that start one after the other: at once when one fails, and after a moment when one is silent. */
export async function firstAnswer<T>(attempts: readonly (() => Promise<T>)[]): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  const errors: unknown[] = []
  let started = 0
  let timer: NodeJS.Timeout | undefined
  const startNext = (): void => {
    clearTimeout(timer)
    const attempt = attempts[started++]
    if (!attempt) return
    timer = setTimeout(startNext, NEXT_AFTER_MS)
    attempt().then(resolve, (error: unknown) => {
      errors.push(error)
      if (isAccessFailure(error) || errors.length === attempts.length) reject(new AggregateError(errors, 'no Kafka broker answers'))
      else startNext()
    })
  }
  startNext()
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    started = attempts.length
  }
}
