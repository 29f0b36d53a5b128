import { type KeyObject, sign } from 'node:crypto'
import { RECEIPT_TYPE } from '../../domain/receipt-type.ts'
import type { SigningKeys } from './signing-keys.ts'

/** Bytes of each of the two numbers of a P-256 signature. */
const NUMBER_BYTES = 32

/** The first part of every receipt that this key signs. */
export function receiptHeader({ first }: Pick<SigningKeys, 'first'>): string {
  return Buffer.from(JSON.stringify({ alg: 'ES256', typ: RECEIPT_TYPE, kid: first.kid })).toString('base64url')
}

/**
 * A payload signed by ES256 as a compact JWS (RFC 7515). Blocks for about 30 µs.
 * @param header base64url of the JSON header
 */
export function compactJws(header: string, payload: string, key: KeyObject): string {
  const signed = `${header}.${Buffer.from(payload, 'utf8').toString('base64url')}`
  return `${signed}.${plainSignature(sign('sha256', Buffer.from(signed, 'latin1'), key)).toString('base64url')}`
}

/**
 * Both numbers of a DER signature side by side, as RFC 7518 (3.4) asks. Asked for this form itself, Node takes as long
 * again as for the signature (docs/decisions/004).
 */
function plainSignature(der: Buffer): Buffer {
  const plain = Buffer.alloc(2 * NUMBER_BYTES)
  // SEQUENCE, its length below 128, then twice: INTEGER, length, big-endian bytes with at most one zero before them.
  let start = 4
  for (let end = NUMBER_BYTES; end <= plain.length; end += NUMBER_BYTES) {
    const length = der[start - 1]!
    const from = start + Math.max(0, length - NUMBER_BYTES)
    der.copy(plain, end - (start + length - from), from, start + length)
    start += length + 2
  }
  return plain
}
