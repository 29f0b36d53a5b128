import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Random } from '../../../domain/clock.ts'
import { customerSecret } from './customer-sessions.ts'

const CODE_DIGITS = 6
const TOKEN_BYTES = 32

/** Codes and links that open something once: of each only a hash is kept, by a key that the database does not have. */
export interface OneTimeSecrets {
  /** Six digits, each code as likely as any other. */
  code(): string
  /** 256 random bits, base64url. */
  token(): string
  /** @param purpose with the id of what it is for: a hash of one is none of another */
  hashOf(purpose: string, secret: string): string
  isOf(hash: string, purpose: string, secret: string): boolean
}

export function oneTimeSecrets(sessionSecret: string, random: Random): OneTimeSecrets {
  const key = createHmac('sha256', customerSecret(sessionSecret)).update('one-time').digest()
  const hashOf = (purpose: string, secret: string) => createHmac('sha256', key).update(JSON.stringify([purpose, secret])).digest('base64url')
  return {
    // 48 bits: the remainder favours no code by more than 1 in 10^8.
    code: () => String(Buffer.from(random.bytes(6)).readUIntBE(0, 6) % 10 ** CODE_DIGITS).padStart(CODE_DIGITS, '0'),
    token: () => Buffer.from(random.bytes(TOKEN_BYTES)).toString('base64url'),
    hashOf,
    isOf: (hash, purpose, secret) => {
      const [expected, shown] = [Buffer.from(hash), Buffer.from(hashOf(purpose, secret))]
      return expected.length === shown.length && timingSafeEqual(expected, shown)
    },
  }
}
