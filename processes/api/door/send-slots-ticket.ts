import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto'

/** Phones of one step share a ticket: it is made a hundred times a second at the most. */
const STEP_MS = 10
const EARLY_MS = 2_000
const LATE_MS = 15_000
const TIME_BYTES = 6
const MAC_BYTES = 12
const TICKET_CHARACTERS = ((TIME_BYTES + MAC_BYTES) / 3) * 4

/**
 * `due`: genuine, and its time is now. `missed`: genuine, before or after its time.
 * `forged`: made by nobody who has the key.
 */
export type TicketStanding = 'due' | 'missed' | 'forged'

/**
 * Proof that a phone was told to come at this time: the time and an HMAC of it. It names nobody, so it can be shared;
 * that wins a place before walk-ins and nothing else. Every node that has the key knows it.
 */
export class SlotTickets {
  readonly #key: KeyObject
  #last = { slotMs: -1, ticket: '' }

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

  check(ticket: string, nowMs: number): TicketStanding {
    if (ticket.length !== TICKET_CHARACTERS) return 'forged'
    const bytes = Buffer.from(ticket, 'base64url')
    if (bytes.length !== TIME_BYTES + MAC_BYTES) return 'forged'
    if (!timingSafeEqual(this.#mac(bytes).subarray(0, MAC_BYTES), bytes.subarray(TIME_BYTES))) return 'forged'
    const slotMs = bytes.readUIntBE(0, TIME_BYTES)
    return nowMs >= slotMs - EARLY_MS && nowMs <= slotMs + STEP_MS + LATE_MS ? 'due' : 'missed'
  }

  #mac(bytes: Buffer): Buffer {
    return createHmac('sha256', this.#key).update(bytes.subarray(0, TIME_BYTES)).digest()
  }
}
