import { createHash } from 'node:crypto'
import { DOOR_HEADERS, REPORT_HEADERS } from '../../../domain/report-limits.ts'
import type { Choices } from './choices.ts'
import { type SigningKey, signReceipt } from './door-keys.ts'

/** An answer on the wire, before the phone's network has read it. */
export interface WireAnswer {
  status: number
  contentType: string | null
  headers: Readonly<Record<string, string>>
  text: string
}

export interface Request {
  path: string
  bytes: Uint8Array
  headers: Readonly<Record<string, string>>
}

/** How the door feels: all of it in the door's own words, and none of it for ever. */
export const DOOR_MOODS = { open: 6, failing: 1, 'failing-after-log': 1, busy: 2, slots: 2, limited: 1, refusing: 1 } as const
export type DoorMood = keyof typeof DOOR_MOODS

interface Accepted {
  bytes: Uint8Array
  bodyHash: string
  secret: string | undefined
  acceptedAt: string
}

const REFUSALS = [[409, 'conflict'], [413, 'too-large'], [422, 'invalid'], [404, 'not-found'], [403, 'forbidden']] as const
const LONGEST_SLOT_MS = 10 * 60_000
/** How long a slot's ticket opens the door of a full house. */
const SLOT_OPEN_MS = 15_000
const SPREAD_MS = 30_000

/** A door that follows the contract: the first record of an id wins, receipts are signed, load is refused with a time to come back. */
export class SimulatedDoor {
  mood: DoorMood = 'open'
  readonly accepted = new Map<string, Accepted>()
  /** What each receipt that was ever given says. */
  readonly issued = new Map<string, { id: string; bodyHash: string }>()
  readonly #keys: readonly SigningKey[]
  readonly #random: Choices
  readonly #nowMs: () => number
  readonly #receipts = new Map<string, string>()
  readonly #slots = new Map<string, number>()
  #signing = 0
  #published = 1

  constructor(keys: readonly SigningKey[], random: Choices, nowMs: () => number) {
    this.#keys = keys
    this.#random = random
    this.#nowMs = nowMs
  }

  /** Signs with the next key from here on; for a while it may not be published everywhere. The last key is never the door's. */
  rotateKey(): void {
    this.#signing = Math.min(this.#signing + 1, this.#keys.length - 2)
    if (this.#random.chance(0.7)) this.publishKeys()
  }

  publishKeys(): void {
    this.#published = this.#signing + 1
  }

  publishedKeys(): WireAnswer {
    return this.#json(200, { keys: this.#keys.slice(0, this.#published).map(({ published }) => published) })
  }

  async take(request: Request): Promise<WireAnswer> {
    const hazard = request.headers[REPORT_HEADERS.priority] === 'hazard'
    switch (this.mood) {
      case 'failing':
        return this.#problem(500, 'internal')
      case 'failing-after-log':
        await this.#accept(request)
        return this.#problem(this.#random.pick([500, 503]), 'internal')
      case 'busy':
        return this.#random.chance(0.8) ? this.#busy(hazard) : this.#accept(request)
      case 'slots':
        return this.#holdsSlot(request) ? this.#accept(request) : this.#slot(hazard)
      case 'limited':
        return this.#problem(429, 'too-many', this.#random.chance(0.5) ? { 'retry-after': String(this.#random.between(1, 90)) } : {})
      case 'refusing':
        return this.#refuse(this.#random.pick(REFUSALS))
      case 'open':
        return this.#accept(request)
    }
  }

  /** A receipt that is genuine but not about this report, or not genuine: what a confused or hostile network may bring. */
  async falseReceipt(request: Request): Promise<string> {
    const id = idOf(request)
    const bodyHash = hashOf(request.bytes)
    const claims = { id, bodyHash, reference: '', acceptedAt: this.#now(), region: 'local', durability: 'local' }
    const key = this.#keys[this.#signing]!
    const foreign = this.#keys.at(-1)!
    const tamper = async () => {
      const [head, payload] = (await signReceipt(claims, foreign, { kid: key.kid })).split('.')
      return `${head}.${payload}.${'A'.repeat(86)}`
    }
    return this.#random.pick([
      () => signReceipt({ ...claims, id: 'another' }, key),
      () => signReceipt({ ...claims, bodyHash: hashOf(new Uint8Array(1)) }, key),
      () => signReceipt(claims, foreign, { kid: key.kid }),
      () => signReceipt(claims, key, { typ: 'JWT' }),
      tamper,
      () => 'not a receipt',
    ])()
  }

  async #accept(request: Request): Promise<WireAnswer> {
    const id = idOf(request)
    const bodyHash = hashOf(request.bytes)
    const secret = request.headers[REPORT_HEADERS.secret]
    let standing = this.accepted.get(id)
    const repeated = standing !== undefined
    if (!standing) {
      standing = { bytes: request.bytes.slice(), bodyHash, secret, acceptedAt: this.#now() }
      this.accepted.set(id, standing)
    }
    if (standing.secret !== secret) return this.#problem(404, 'not-found')
    if (standing.bodyHash !== bodyHash) return this.#problem(409, 'conflict')
    const claims = { id, reference: '', bodyHash, acceptedAt: standing.acceptedAt, region: 'local', durability: 'local' }
    return this.#json(repeated ? 200 : 201, { ...claims, receipt: await this.#receiptOf(claims) })
  }

  async #receiptOf(claims: { id: string; bodyHash: string }): Promise<string> {
    const key = this.#keys[this.#signing]!
    const name = `${claims.id} ${key.kid}`
    const receipt = this.#receipts.get(name) ?? (await signReceipt(claims, key))
    this.#receipts.set(name, receipt)
    this.issued.set(receipt, claims)
    return receipt
  }

  #busy(hazard: boolean): WireAnswer {
    return this.#problem(503, 'overloaded', { 'retry-after': String(hazard ? this.#random.between(1, 3) : this.#random.between(1, 180)) })
  }

  #slot(hazard: boolean): WireAnswer {
    if (hazard) return this.#busy(true)
    const slotMs = this.#random.between(500, LONGEST_SLOT_MS)
    const ticket = `ticket-${this.#slots.size}`
    this.#slots.set(ticket, this.#nowMs() + slotMs)
    return this.#problem(503, 'overloaded', {
      'retry-after': String(Math.ceil(slotMs / 1000)),
      [DOOR_HEADERS.slotMs]: String(slotMs),
      [DOOR_HEADERS.slot]: ticket,
    })
  }

  #holdsSlot({ headers }: Request): boolean {
    const atMs = this.#slots.get(headers[REPORT_HEADERS.slot] ?? '')
    return atMs !== undefined && this.#nowMs() >= atMs && this.#nowMs() <= atMs + SLOT_OPEN_MS
  }

  #refuse([status, code]: (typeof REFUSALS)[number]): WireAnswer {
    return this.#problem(status, code)
  }

  #problem(status: number, code: string, headers: Record<string, string> = {}): WireAnswer {
    const text = JSON.stringify({ type: `urn:stormdoor:problem:${code}`, title: code, status })
    return { status, contentType: 'application/problem+json', headers: { ...this.#always(), ...headers }, text }
  }

  #json(status: number, value: object): WireAnswer {
    return { status, contentType: 'application/json', headers: this.#always(), text: JSON.stringify(value) }
  }

  #always(): Record<string, string> {
    return { [DOOR_HEADERS.spreadMs]: String(SPREAD_MS), [DOOR_HEADERS.serverTime]: this.#now() }
  }

  #now(): string {
    return new Date(this.#nowMs()).toISOString()
  }
}

export function idOf({ bytes }: Request): string {
  return (JSON.parse(new TextDecoder().decode(bytes)) as { id: string }).id
}

export function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64url')
}
