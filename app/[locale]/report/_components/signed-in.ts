import { HAS_LEFT } from '../../../../domain/here-cookie.ts'
import type { OutboxStore } from '../../../../worker/outbox/outbox-store.ts'
import type { Owner } from '../../../../worker/outbox/report-record.ts'
import { readHereCookie, writeHereCookie } from './here-cookie.ts'
import { readKnownCustomer } from './read-server.ts'
import { keptCustomer, type KeptCustomer, type KnownCustomer, NOBODY_HERE, whoIsHere, type WhoIsHere } from './who-is-here.ts'

/** A page that is looked at again and again does not ask each time. */
const ASK_AGAIN_MS = 30_000

/** Who is signed in on this phone: by its cookie at once, by the server when that can be asked, and kept for when it cannot. */
export class SignedIn {
  readonly #store: Pick<OutboxStore, 'readNote' | 'writeNote'>
  readonly #nowMs: () => number
  #kept: KeptCustomer | null = null
  #asked: { of: Owner; atMs: number } | null = null
  #asking = false
  /** A session has ended while this page was open, and nobody has signed in since. */
  #hasLapsed = false

  constructor(store: Pick<OutboxStore, 'readNote' | 'writeNote'>, nowMs: () => number) {
    this.#store = store
    this.#nowMs = nowMs
  }

  /** As the browser's cookie says at this moment. */
  get now(): WhoIsHere {
    return whoIsHere(readHereCookie(), this.#kept)
  }

  /** True where a customer may go on with what they had begun though their session is over. */
  get hasLapsed(): boolean {
    return this.#hasLapsed && this.now.loginId === null && !this.now.hasLeft
  }

  /** The same with what the phone has kept. */
  async look(): Promise<WhoIsHere> {
    this.#kept = await this.#store.readNote('known-customer').then(keptCustomer, () => this.#kept)
    return this.now
  }

  /**
   * Asks the server when somebody seems to be signed in. No answer, or another's than ours, changes nothing.
   * @returns whether anything has changed
   */
  async ask(): Promise<boolean> {
    const { loginId } = await this.look()
    const cookie = readHereCookie()
    if (cookie?.loginId === HAS_LEFT && this.#kept !== null && this.#kept.sinceMs < cookie.sinceMs) return this.#keep(null, cookie.sinceMs)
    const isRecent = this.#asked !== null && this.#asked.of === loginId && Math.abs(this.#nowMs() - this.#asked.atMs) < ASK_AGAIN_MS
    if (loginId === null || this.#asking || isRecent) return false
    this.#asking = true
    const customer = await readKnownCustomer().catch(() => undefined)
    this.#asking = false
    if (customer === undefined) return false
    // Somebody has signed in or out meanwhile: the answer may be about the one before.
    if (readHereCookie()?.sinceMs !== cookie?.sinceMs) return this.ask()
    this.#asked = { of: customer?.loginId ?? null, atMs: this.#nowMs() }
    this.#hasLapsed = customer === null
    const sinceMs = Math.max(cookie?.sinceMs ?? 0, this.#kept?.sinceMs ?? 0)
    if (customer === null) writeHereCookie(null)
    else if (cookie?.loginId !== customer.loginId || cookie.sinceMs < sinceMs) writeHereCookie({ loginId: customer.loginId, sinceMs })
    return this.#keep(customer, sinceMs)
  }

  async #keep(customer: KnownCustomer | null, sinceMs: number): Promise<boolean> {
    this.#kept = { customer, sinceMs }
    await this.#store.writeNote('known-customer', this.#kept).catch(() => {})
    return true
  }
}

export const NOBODY_SIGNED_IN = { ...NOBODY_HERE, hasLapsed: false }
