import type { EventEnvelope } from '../../../../domain/event.ts'
import type { StampedEvent } from '../stamp-events.ts'

/** What the fold said of a record that was waited for. */
export interface Outcome {
  outcome: 'appended' | 'repeated' | 'conflicting'
  /** Of the first record of the id. */
  firstOffset: number
  /** False when the log knew this very record before: nothing that counts was added. */
  added: boolean
}

/** One record on its way: from the queue until it was read back. */
export class PendingRecord {
  readonly key: Buffer
  readonly value: Buffer
  readonly envelope: EventEnvelope
  readonly answer: Promise<Outcome>
  /** Where it was read back; the index may have yet to say what it is. */
  readAt: number | null = null
  settled = false
  readonly #resolve: (outcome: Outcome) => void
  readonly #reject: (error: Error) => void

  constructor({ envelope, json }: StampedEvent) {
    this.envelope = envelope
    this.key = Buffer.from(envelope.partitionkey)
    this.value = Buffer.from(json)
    const { promise, resolve, reject } = Promise.withResolvers<Outcome>()
    this.answer = promise
    // Each is also awaited by its call; a call that ended early must not leave a rejection unheard.
    promise.catch(() => undefined)
    this.#resolve = resolve
    this.#reject = reject
  }

  get name(): string {
    return recordName(this.envelope)
  }

  /** True for the record that this one was sent as, and not a twin that another process has sent. */
  isOwn({ node, seq, hlc }: EventEnvelope): boolean {
    return node === this.envelope.node && seq === this.envelope.seq && hlc === this.envelope.hlc
  }

  settle(outcome: Outcome): void {
    this.settled = true
    this.#resolve(outcome)
  }

  fail(error: Error): void {
    this.settled = true
    this.#reject(error)
  }
}

/** Two records of one name are copies of each other. */
export function recordName({ id, bodyhash }: Pick<EventEnvelope, 'id' | 'bodyhash'>): string {
  return `${id} ${bodyhash}`
}
