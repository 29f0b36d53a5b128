import type { Clock } from '../../../../domain/clock.ts'
import type { HybridClock } from '../../../../domain/hybrid-clock.ts'
import { LogUnavailableError } from '../../errors.ts'
import type { Logger } from '../../logger.ts'
import type { Partition, ShareOptions } from '../event-log.ts'
import type { CursorTopic } from './cursor-topic.ts'
import { unavailable, type KafkaClient } from './kafka-client.ts'
import { isAccessFailure, KAFKA_CODE, reasonOf } from './kafka-failure.ts'
import { GroupCoordinator, type JoinAnswer } from './partition-share-coordinator.ts'
import { assignedPartitions, planAssignments, subscriptionOf } from './partition-share-plan.ts'
import { PartitionTenures } from './partition-share-tenures.ts'

const BEAT_MS = 500
const LOOK_EVERY_MS = 250
/** The second where the brokers allow none shorter, as they do by default. */
const SESSION_MS = [3_000, 6_000] as const
/** How long work is waited for before its partition goes to another; after that the epoch alone fences it. */
const LET_GO_MS = 3_000

export interface PartitionShareOptions extends ShareOptions {
  client: KafkaClient
  cursors: CursorTopic
  hybridClock: HybridClock
  /** Of this process, for people who read the cursor topic. */
  node: string
  group: string
  /** All that are shared; their topics are there. */
  partitions: readonly Partition[]
  clock: Clock
  logger?: Logger
}

/**
 * `share` of the port on a Kafka consumer group, without the library's consumer: that joins again before anybody could end
 * the work, and gives up for good after a few attempts. A rebalance stops nothing but what moves.
 */
export async function sharePartitions(options: PartitionShareOptions): Promise<void> {
  await new Membership(options).run()
}

class Membership {
  readonly #options: PartitionShareOptions
  readonly #coordinator: GroupCoordinator
  readonly #tenures: PartitionTenures
  #memberId = ''
  #generation = -1
  #joined = false
  #session = 0
  #silent = false
  #failure: { error: unknown } | null = null
  #lookedAtMs: number
  #waker = new AbortController()

  constructor(options: PartitionShareOptions) {
    const { client, group, clock } = options
    this.#options = options
    this.#coordinator = new GroupCoordinator(client, `${client.settings.prefix}.${group}`)
    this.#tenures = new PartitionTenures({ ...options, letGoMs: LET_GO_MS, onFailure: (error) => this.#fail(error) })
    this.#lookedAtMs = clock.monotonicMs()
  }

  async run(): Promise<void> {
    const { signal } = this.#options
    const wake = (): void => this.#waker.abort()
    signal.addEventListener('abort', wake)
    const watch = setInterval(() => this.#lookAtClock(), LOOK_EVERY_MS)
    try {
      while (!this.#ending()) await this.#turn()
      let waiting = true
      const released = this.#tenures.dropAll().then(() => {
        waiting = false
        this.#waker.abort()
      })
      // Silent any longer, this member would lose to others what it still works on.
      const waits = (): boolean => waiting
      while (waits()) await this.#turn({ ending: true })
      await released
      if (this.#memberId !== '') await this.#coordinator.leave(this.#memberId).catch(() => undefined)
      await this.#tenures.ended()
    } finally {
      clearInterval(watch)
      signal.removeEventListener('abort', wake)
    }
    if (this.#failure) throw this.#failure.error
  }

  #ending(): boolean {
    return this.#options.signal.aborted || this.#failure !== null
  }

  /** One heartbeat, or one attempt to join, and the rest until the next. */
  async #turn({ ending = false } = {}): Promise<void> {
    const { clock, logger, group } = this.#options
    this.#waker = new AbortController()
    const waker = this.#waker.signal
    try {
      const again = this.#joined || ending ? await this.#beat() : await this.#join()
      if (this.#silent) logger?.info({ group }, 'takes part in the group again')
      this.#silent = false
      if (again && !ending) return
    } catch (error) {
      if (isAccessFailure(error) || error instanceof LogUnavailableError) return this.#fail(error instanceof LogUnavailableError ? error : unavailable(error))
      // The work goes on: others may have taken over, but the stores know whose epoch is later.
      if (!this.#silent) logger?.warn({ group, reason: reasonOf(error) }, 'cannot reach the group; goes on trying')
      this.#silent = true
    }
    if (!this.#ending() || ending) await clock.sleep(BEAT_MS, waker).catch(() => undefined)
  }

  /** @returns whether to join at once */
  async #beat(): Promise<boolean> {
    if (this.#memberId === '') return false
    const { errorCode } = await this.#coordinator.beat(this.#memberId, this.#generation)
    if (errorCode === KAFKA_CODE.none) return !this.#joined
    this.#obey(errorCode)
    return true
  }

  /** @returns whether to join again at once */
  async #join(): Promise<boolean> {
    const { client, partitions, clock } = this.#options
    const { prefix } = client.settings
    const subscription = subscriptionOf(prefix, partitions, this.#tenures.held(), this.#generation)
    const answer = await this.#coordinator.join(this.#memberId, subscription, SESSION_MS[this.#session]!)
    if (answer.memberId !== '') this.#memberId = answer.memberId
    if (answer.errorCode !== KAFKA_CODE.none) return this.#obey(answer.errorCode)
    const startedMs = clock.monotonicMs()
    const { errorCode, assignment } = await this.#coordinator.sync(this.#memberId, answer.generationId, this.#planOf(answer))
    if (errorCode !== KAFKA_CODE.none) return this.#obey(errorCode)
    // Asleep in between, this process may have lost the place that the answer tells of.
    if (clock.monotonicMs() - startedMs > SESSION_MS[0]) return true
    this.#generation = answer.generationId
    this.#joined = true
    const shared = new Set(partitions)
    this.#follow(assignedPartitions(prefix, assignment).filter((partition) => shared.has(partition)))
    return false
  }

  #planOf({ leader, memberId, members }: JoinAnswer): Map<string, Buffer> {
    const { client, partitions } = this.#options
    return leader === memberId ? planAssignments(client.settings.prefix, partitions, members) : new Map()
  }

  /** What an error code of the coordinator asks for. @returns whether to join at once */
  #obey(code: number): boolean {
    if (code === KAFKA_CODE.groupAuthorizationFailed) throw new LogUnavailableError(`The event log cannot be shared: no right to the Kafka group ${this.#options.client.settings.prefix}.${this.#options.group}`)
    if (code === KAFKA_CODE.invalidSessionTimeout && this.#session === 0) this.#session = 1
    else if (code === KAFKA_CODE.unknownMember || code === KAFKA_CODE.illegalGeneration) {
      if (code === KAFKA_CODE.unknownMember) this.#memberId = ''
      this.#lose('the group goes on without this member')
    } else if (code !== KAFKA_CODE.rebalanceInProgress && code !== KAFKA_CODE.memberIdRequired) throw new Error(`Kafka error ${code}`)
    this.#joined = false
    return true
  }

  #follow(assigned: readonly Partition[]): void {
    const surplus = this.#tenures.held().filter((partition) => !assigned.includes(partition))
    if (surplus.length > 0) {
      void this.#tenures.drop(surplus).then(() => {
        this.#joined = false
        this.#waker.abort()
      })
    }
    for (const partition of assigned) this.#tenures.begin(partition)
  }

  /** A process that was suspended has been taken for dead: its work ends before it asks anybody. */
  #lookAtClock(): void {
    const nowMs = this.#options.clock.monotonicMs()
    const asleepMs = nowMs - this.#lookedAtMs
    this.#lookedAtMs = nowMs
    if (asleepMs < SESSION_MS[this.#session]! || !this.#joined) return
    this.#lose('this process stood still for longer than a member may')
    this.#joined = false
    this.#waker.abort()
  }

  #lose(why: string): void {
    this.#generation = -1
    if (this.#tenures.held().length === 0) return
    this.#options.logger?.warn({ group: this.#options.group, why }, 'lets all partitions of the group go')
    void this.#tenures.dropAll()
  }

  #fail(error: unknown): void {
    this.#failure ??= { error }
    this.#waker.abort()
  }
}
