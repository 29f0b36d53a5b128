import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto'

/** Phones of one step share a ticket: it is made a hundred times a second at the most. */
const STEP_MS = 10
const EARLY_MS = 2_000
const LATE_MS = 15_000
const TIME_BYTES = 6
const MAC_BYTES = 12
const TICKET_CHARACTERS = ((TIME_BYTES + MAC_BYTES) / 3) * 4

/**
 * `due`: genuine, and its time is now. `early`, `late`: genuine, before or after its time.
 * `forged`: made by nobody who has the key.
 */
type TicketStanding = 'due' | 'early' | 'late' | 'forged'

export interface ShownTicket {
  standing: TicketStanding
  /** Ms since the epoch; 0 when forged. */
  slotMs: number
}

const FORGED: ShownTicket = { standing: 'forged', slotMs: 0 }

/** More than are due at any one time. */
const COUNTED_STEPS = 2_048
/** However few phones a step is given to: some come with more than one report, some twice. */
const SPARE_USES = 8
/** Steps that were given a second time, and nodes that are not asked evenly. */
const USES_PER_PHONE = 2

/**
 * Proof that a phone was told to come at this time: the time and an HMAC of it. It names nobody, so it can be shared;
 * that wins a place before walk-ins, for about as many as were told to come then, and nothing else. Every node that has the key
 * knows it.
 */
export class SlotTickets {
  readonly #key: KeyObject
  #last = { slotMs: -1, ticket: '' }
  readonly #countedSteps = new Float64Array(COUNTED_STEPS)
  readonly #uses = new Uint32Array(COUNTED_STEPS)

  constructor(key: Uint8Array) {
    this.#key = createSecretKey(key)
  }

  /** @param atMs of the slot, ms since the epoch */
  issue(atMs: number): string {
    const slotMs = Math.floor(atMs / STEP_MS) * STEP_MS
    if (slotMs !== this.#last.slotMs) {
      const bytes = Buffer.alloc(TIME_BYTES + MAC_BYTES)
      bytes.writeUIntBE(slotMs, 0, TIME_BYTES)
      this.#mac(bytes).copy(bytes, TIME_BYTES, 0, MAC_BYTES)
      this.#last = { slotMs, ticket: bytes.toString('base64url') }
    }
    return this.#last.ticket
  }

  check(ticket: string, nowMs: number): ShownTicket {
    if (ticket.length !== TICKET_CHARACTERS) return FORGED
    const bytes = Buffer.from(ticket, 'base64url')
    if (bytes.length !== TIME_BYTES + MAC_BYTES) return FORGED
    if (!timingSafeEqual(this.#mac(bytes).subarray(0, MAC_BYTES), bytes.subarray(TIME_BYTES))) return FORGED
    const slotMs = bytes.readUIntBE(0, TIME_BYTES)
    if (nowMs < slotMs - EARLY_MS) return { standing: 'early', slotMs }
    return { standing: nowMs <= slotMs + STEP_MS + LATE_MS ? 'due' : 'late', slotMs }
  }

  /**
   * Counts one more use of a due ticket. False when it was used more often than phones can have got it, so that one ticket
   * shown over and over does not take the places of those who waited.
   * @param perSecond slots that are given here
   */
  use(slotMs: number, perSecond: number): boolean {
    const step = slotMs / STEP_MS
    const index = step % COUNTED_STEPS
    if (this.#countedSteps[index] !== step) {
      this.#countedSteps[index] = step
      this.#uses[index] = 0
    }
    return ++this.#uses[index]! <= SPARE_USES + (USES_PER_PHONE * perSecond * STEP_MS) / 1_000
  }

  #mac(bytes: Buffer): Buffer {
    return createHmac('sha256', this.#key).update(bytes.subarray(0, TIME_BYTES)).digest()
  }
}
