import { hash } from 'node:crypto'
import type { CoreAccount } from './core-account.ts'

const LIMBS = 8
const LIMB = 2 ** 32
/** Sums of so many limbs stay whole numbers by far. */
const CARRY_AFTER = 2 ** 20

/**
 * The digest of a set of rows: the sum modulo 2^256 of SHA-256 of each one's canonical text. No order matters,
 * rows can be taken out again, and it goes on from its own text.
 */
export class AccountDigest {
  /** 32 bits each, the greatest first. */
  readonly #limbs = new Float64Array(LIMBS)
  #uncarried = 0

  /** @param from 64 hexadecimal digits: where an earlier one stopped */
  constructor(from?: string) {
    if (from === undefined) return
    if (!/^[0-9a-f]{64}$/.test(from)) throw new TypeError('A digest has 64 hexadecimal digits')
    for (let limb = 0; limb < LIMBS; limb++) this.#limbs[limb] = Number.parseInt(from.slice(limb * 8, limb * 8 + 8), 16)
  }

  /** @param row as it was told, before anything of it was normalised */
  add(row: unknown): this {
    return this.#count(row, 1)
  }

  /** @param row exactly as it was when it was added */
  remove(row: unknown): this {
    return this.#count(row, -1)
  }

  /** 64 hexadecimal digits. */
  toString(): string {
    this.#carry()
    return Array.from(this.#limbs, (limb) => limb.toString(16).padStart(8, '0')).join('')
  }

  #count(row: unknown, sign: 1 | -1): this {
    const bytes = hash('sha256', canonicalText(row), 'buffer')
    for (let limb = 0; limb < LIMBS; limb++) this.#limbs[limb]! += sign * bytes.readUInt32BE(limb * 4)
    if (++this.#uncarried === CARRY_AFTER) this.#carry()
    return this
  }

  #carry(): void {
    let over = 0
    for (let limb = LIMBS - 1; limb >= 0; limb--) {
      const sum = this.#limbs[limb]! + over
      over = Math.floor(sum / LIMB)
      this.#limbs[limb] = sum - over * LIMB
    }
    this.#uncarried = 0
  }
}

/**
 * A row as one text that both sides agree on; what is absent is null. Of anything else than an object all parts are.
 * The dates stand at the end when one of them is told, so that rows from before there were any have the text that they had.
 */
export function canonicalText(row: unknown): string {
  // Each part may be anything: only JSON is made of it.
  const { address, ...account } = (row ?? {}) as Partial<CoreAccount>
  const { line1, line2, city, state, postalCode } = (address ?? {}) as Partial<CoreAccount['address']>
  const { accountNumber, name, phones, email, latitude, longitude, servicePoint, meterNumber, circuit, transformer, language, medicalEquipment } = account
  const dates = [account.movedInOn, account.movedOutOn, account.meterSince]
  return JSON.stringify([
    accountNumber, name, phones, email, line1, line2, city, state, postalCode,
    latitude, longitude, servicePoint, meterNumber, circuit, transformer, language, medicalEquipment,
    ...(dates.some((date) => date !== undefined && date !== null) ? dates : []),
  ])
}
