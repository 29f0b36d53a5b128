import { timingSafeEqual } from 'node:crypto'
import { REPORT_HEADERS } from '../../domain/report-limits.ts'
import { InvalidInputError } from '../platform/errors.ts'
import { sha256 } from '../platform/hash.ts'

/** 16 bytes as base64url have one spelling: the last character carries two bits. */
const SECRET = /^[A-Za-z0-9_-]{21}[AQgw]$/

/** Hash of a report's secret as the event keeps it: SHA-256 over the 16 bytes. @throws InvalidInputError */
export function hashSecret(secret: string | undefined): string {
  if (secret === undefined || !SECRET.test(secret)) {
    const fix = 'Send the 16 random bytes made with the report, as base64url (22 characters)'
    throw new InvalidInputError([{ field: REPORT_HEADERS.secret, rule: secret === undefined ? 'required' : 'format-base64url', fix }])
  }
  return sha256(Buffer.from(secret, 'base64url'))
}

/** Compares two hashes in a time that tells nothing about where they differ. */
export function sameHash(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one, 'latin1'), Buffer.from(other, 'latin1')]
  return a.length === b.length && timingSafeEqual(a, b)
}
