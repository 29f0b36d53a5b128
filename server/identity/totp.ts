import { createHmac, timingSafeEqual } from 'node:crypto'

/** RFC 6238 as every authenticator does it: SHA-1, six digits, 30 seconds. */
const STEP_SECONDS = 30
const DIGITS = 6
/** A phone's clock may be off by one step. */
const STEPS_AROUND = [0, -1, 1] as const
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** The code that an authenticator with this secret shows now. */
export function totpAt(secret: string, nowMs: number): string {
  return hotp(secret, stepAt(nowMs))
}

/** The step that a code is of, counted in 30 s since 1970; null for a wrong one. The caller sees to it that a step counts once. */
export function totpStep(secret: string, code: string, nowMs: number): number | null {
  const steps = STEPS_AROUND.map((around) => stepAt(nowMs) + around)
  return steps.find((step) => isEqual(hotp(secret, step), code)) ?? null
}

/** What a QR code tells an authenticator. */
export function totpUri(secret: string, { issuer, email }: { issuer: string; email: string }): string {
  const query = new URLSearchParams({ secret: base32(secret), issuer, digits: String(DIGITS), period: String(STEP_SECONDS) })
  return `otpauth://totp/${encodeURIComponent(issuer)}:${encodeURIComponent(email)}?${query.toString()}`
}

/** As authenticators want it typed, without padding. */
export function base32(text: string): string {
  const bits = Array.from(Buffer.from(text), (byte) => byte.toString(2).padStart(8, '0')).join('')
  const groups = bits.match(/.{1,5}/g) ?? []
  return groups.map((group) => BASE32[Number.parseInt(group.padEnd(5, '0'), 2)]).join('')
}

function stepAt(nowMs: number): number {
  return Math.floor(nowMs / 1_000 / STEP_SECONDS)
}

function hotp(secret: string, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const digest = createHmac('sha1', secret).update(counter).digest()
  const offset = digest.at(-1)! & 0xf
  const number = (digest.readUInt32BE(offset) & 0x7fff_ffff) % 10 ** DIGITS
  return String(number).padStart(DIGITS, '0')
}

function isEqual(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other))
}
