import { HAS_LEFT } from '../../../../domain/here-cookie.ts'
import type { OutboxStore } from '../../../../worker/outbox/outbox-store.ts'
import { readHereCookie, writeHereCookie } from './here-cookie.ts'
import { readKnownCustomer } from './read-server.ts'
import { type KnownCustomer, knownCustomer, NOBODY_HERE, whoIsHere, type WhoIsHere } from './who-is-here.ts'

/** A page that is looked at again and again does not ask each time. */
const ASK_AGAIN_MS = 30_000

/** Who is signed in on this phone: by its cookie at once, by the server when that can be asked, and kept for when it cannot. */
export class SignedIn {
  readonly #store: Pick<OutboxStore, 'readNote' | 'writeNote'>
  readonly #nowMs: () => number
  #known: KnownCustomer | null = null
  #asked: { cookie: string | undefined; atMs: number } | null = null
  #asking = false
  /** A session has ended while this page was open, and nobody has signed in since. */
  #hasLapsed = false

  constructor(store: Pick<OutboxStore, 'readNote' | 'writeNote'>, nowMs: () => number) {
    this.#store = store
    this.#nowMs = nowMs
  }

  /** As the browser's cookie says at this moment. */
  get now(): WhoIsHere {
    return whoIsHere(readHereCookie(), this.#known)
  }

  /** True where a customer may go on with what they had begun though their session is over. */
  get hasLapsed(): boolean {
    return this.#hasLapsed && this.now.loginId === null && !this.now.hasLeft
  }

  /** The same with what the phone has kept. */
  async look(): Promise<WhoIsHere> {
    const kept = await this.#store.readNote('known-customer').then(knownCustomer, () => this.#known)
    this.#known = kept
    return this.now
  }

  /**
   * Asks the server when somebody seems to be signed in. No answer, or another's than ours, changes nothing.
   * @returns whether anything has changed
   */
  async ask(): Promise<boolean> {
    const cookie = readHereCookie()
    const { loginId } = await this.look()
    if (cookie === HAS_LEFT) return this.#known !== null && this.#keep(null)
    const isRecent = this.#asked !== null && this.#asked.cookie === cookie && Math.abs(this.#nowMs() - this.#asked.atMs) < ASK_AGAIN_MS
    if (loginId === null || this.#asking || isRecent) return false
    this.#asking = true
    const answer = await readKnownCustomer().catch(() => undefined)
    this.#asking = false
    if (answer === undefined) return false
    // Somebody has signed in or out meanwhile: the answer may be about the one before.
    if (readHereCookie() !== cookie) return this.ask()
    this.#asked = { cookie: answer?.loginId, atMs: this.#nowMs() }
    this.#hasLapsed = answer === null
    if (cookie !== answer?.loginId) writeHereCookie(answer?.loginId ?? null)
    return this.#keep(answer)
  }

  async #keep(customer: KnownCustomer | null): Promise<boolean> {
    this.#known = customer
    await this.#store.writeNote('known-customer', customer ?? undefined).catch(() => {})
    return true
  }
}

export const NOBODY_SIGNED_IN = { ...NOBODY_HERE, hasLapsed: false }
