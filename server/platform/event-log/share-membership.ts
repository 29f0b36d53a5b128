import type { Clock } from '../../../domain/clock.ts'
import { IndeterminateError, LogUnavailableError } from '../errors.ts'
import type { Logger } from '../logger.ts'
import type { Lease, ShareStep, ShareView } from './commit-share.ts'
import type { Partition, ShareOptions } from './event-log.ts'
import { isGone } from './process-mark.ts'

const BEAT_MS = 1_000
const LOOK_EVERY_MS = 100
/** Without a beat for so long, a member's partitions go to the others. By each one's own monotonic clock. */
const SILENCE_MS = 5_000
/** How long work is waited for before its partition goes to another; after that the epoch alone fences it. */
const LET_GO_MS = 3_000

export interface MembershipOptions extends ShareOptions {
  group: string
  /** Unique over all processes and calls. */
  member: string
  /** processMark of this process. */
  mark: string
  partitions: readonly Partition[]
  clock: Clock
  logger?: Logger
  /** Durable when it resolves. Throws LogUnavailableError, IndeterminateError. */
  step: (step: ShareStep) => Promise<ShareView>
  /** The present generation and leases, without waiting. Throws LogUnavailableError. */
  look: () => { generation: number; leases: Lease[] }
}

interface Tenure {
  epoch: number
  stop: AbortController
  /** Never rejects. */
  ended: Promise<void>
}

/** One member of a group, from its first beat until the signal: what `share` of the port promises. */
export class ShareMembership {
  readonly #options: MembershipOptions
  readonly #tenures = new Map<Partition, Tenure>()
  readonly #lastEnds = new Map<Partition, Promise<void>>()
  readonly #seen = new Map<string, { beats: number; mark: string; atMs: number }>()
  #released: ShareStep['released'] = []
  #generation = 0
  #steppedAtMs = -Infinity
  #silent = false
  #failure: { error: unknown } | null = null
  #waker = new AbortController()

  constructor(options: MembershipOptions) {
    this.#options = options
  }

  async run(): Promise<void> {
    const { signal } = this.#options
    const wake = (): void => this.#waker.abort()
    signal.addEventListener('abort', wake)
    try {
      while (!this.#ending()) {
        this.#waker = new AbortController()
        const view = await this.#step(false)
        if (view && !this.#ending()) this.#follow(view)
        await this.#rest()
      }
    } catch (error) {
      this.#failure ??= { error }
    } finally {
      signal.removeEventListener('abort', wake)
    }
    const ends = Promise.all(this.#lastEnds.values())
    for (const { stop } of this.#tenures.values()) stop.abort()
    await this.#within(LET_GO_MS, ends)
    await this.#step(true).catch(() => null)
    await ends
    if (this.#failure) throw this.#failure.error
  }

  #ending(): boolean {
    return this.#options.signal.aborted || this.#failure !== null
  }

  /** Null when the log cannot write now: then nobody can take anything either, and the work goes on. */
  async #step(leaving: boolean): Promise<ShareView | null> {
    const { group, member, mark, partitions, step, clock, logger } = this.#options
    const released = [...this.#released]
    try {
      const view = await step({ group, member, mark, partitions: [...partitions], dead: this.#dead(), released, leaving })
      this.#released = this.#released.filter((one) => !released.includes(one))
      if (this.#silent) logger?.info({ group }, 'takes part in the group again')
      this.#silent = false
      return view
    } catch (error) {
      if (!(error instanceof LogUnavailableError) && !(error instanceof IndeterminateError)) throw error
      if (!this.#silent) logger?.warn({ group, reason: error.message }, 'cannot tell the group that it lives; goes on trying')
      this.#silent = true
      return null
    } finally {
      this.#steppedAtMs = clock.monotonicMs()
    }
  }

  #dead(): ShareStep['dead'] {
    const nowMs = this.#options.clock.monotonicMs()
    // Who was asleep itself has missed the others' beats, and knows nothing of them.
    const asleep = nowMs - this.#steppedAtMs > 3 * BEAT_MS
    const silent = [...this.#seen].filter(([, { mark, atMs }]) => isGone(mark) || (!asleep && nowMs - atMs > SILENCE_MS))
    if (asleep) for (const seen of this.#seen.values()) seen.atMs = nowMs
    return silent.map(([member, { beats }]) => ({ member, beats }))
  }

  #follow({ generation, members, leases, surplus }: ShareView): void {
    const { member: self, clock } = this.#options
    this.#generation = generation
    const present = new Map(members.filter(({ member }) => member !== self).map((one) => [one.member, one]))
    for (const member of this.#seen.keys()) if (!present.has(member)) this.#seen.delete(member)
    for (const [member, { beats, mark }] of present) {
      if (this.#seen.get(member)?.beats !== beats) this.#seen.set(member, { beats, mark, atMs: clock.monotonicMs() })
      if (isGone(mark)) this.#waker.abort()
    }
    this.#dropLost(leases)
    for (const partition of surplus) this.#letGo(partition as Partition)
    for (const { partition, owner, epoch } of leases) {
      const released = this.#released.some((one) => one.partition === partition && one.epoch === epoch)
      if (owner === self && !released && !this.#tenures.has(partition as Partition)) this.#begin(partition as Partition, epoch)
    }
  }

  #begin(partition: Partition, epoch: number): void {
    const stop = new AbortController()
    const before = this.#lastEnds.get(partition) ?? Promise.resolve()
    const work = async (): Promise<void> => {
      await this.#within(LET_GO_MS, before)
      if (!stop.signal.aborted) await this.#options.work({ partition, epoch: epochText(epoch), signal: stop.signal })
    }
    const ended = work()
      .catch((error: unknown) => {
        this.#failure ??= { error }
      })
      .then(() => this.#release(partition, tenure))
    const tenure: Tenure = { epoch, stop, ended }
    this.#tenures.set(partition, tenure)
    this.#lastEnds.set(partition, ended)
  }

  #letGo(partition: Partition): void {
    const tenure = this.#tenures.get(partition)
    if (!tenure || tenure.stop.signal.aborted) return
    tenure.stop.abort()
    void this.#within(LET_GO_MS, tenure.ended).then(() => this.#release(partition, tenure))
  }

  /** Also when work has ended by itself: whoever is next begins it again under a new epoch. */
  #release(partition: Partition, tenure: Tenure): void {
    if (this.#tenures.get(partition) !== tenure) return
    this.#tenures.delete(partition)
    this.#released.push({ partition, epoch: tenure.epoch })
    this.#waker.abort()
  }

  #dropLost(leases: readonly Lease[]): void {
    const { member } = this.#options
    for (const [partition, tenure] of this.#tenures) {
      if (leases.some((lease) => lease.partition === partition && lease.owner === member && lease.epoch === tenure.epoch)) continue
      this.#tenures.delete(partition)
      tenure.stop.abort()
    }
  }

  /** Until the next beat, a change in the group, or a reason of its own. */
  async #rest(): Promise<void> {
    const { clock } = this.#options
    while (!this.#waker.signal.aborted && clock.monotonicMs() - this.#steppedAtMs < BEAT_MS) {
      await clock.sleep(LOOK_EVERY_MS, this.#waker.signal).catch(() => undefined)
      if (this.#options.signal.aborted) return
      const seen = this.#look()
      if (!seen || seen.generation === this.#generation) continue
      this.#dropLost(seen.leases)
      return
    }
  }

  /** Null when the log cannot be read now: the next beat tells. */
  #look(): ReturnType<MembershipOptions['look']> | null {
    try {
      return this.#options.look()
    } catch (error) {
      if (error instanceof LogUnavailableError) return null
      throw error
    }
  }

  async #within(boundMs: number, work: Promise<unknown>): Promise<void> {
    const done = new AbortController()
    await Promise.race([work, this.#options.clock.sleep(boundMs, done.signal).catch(() => undefined)])
    done.abort()
  }
}

/** Orders as text: as wide as the largest count that is exact. */
function epochText(epoch: number): string {
  return String(epoch).padStart(16, '0')
}
