import type { ReceiptClaims } from '../../domain/receipt.ts'
import { RECEIPT_TYPE } from '../../domain/receipt-type.ts'
import { fromBase64url } from './base64url.ts'

/** A published key, as `/.well-known/jwks.json` lists it. */
export type PublicKey = JsonWebKey & { kid: string }

export type ReceiptCheck = { kind: 'verified'; acceptedAt: string } | { kind: 'unknown-key' } | { kind: 'rejected' }

/**
 * Checks a receipt (JWS compact, ES256) by WebCrypto: signature, type, and that its claims are about this very report.
 * Never throws on a malformed receipt.
 */
export async function verifyReceipt(
  receipt: string,
  report: { id: string; bodyHash: string },
  keys: readonly PublicKey[],
): Promise<ReceiptCheck> {
  try {
    const [head, payload, signature, ...rest] = receipt.split('.')
    if (head === undefined || payload === undefined || signature === undefined || rest.length > 0) return { kind: 'rejected' }
    const header = parsePart(head)
    if (header['alg'] !== 'ES256' || header['typ'] !== RECEIPT_TYPE) return { kind: 'rejected' }
    const published = keys.find((key) => key.kid === header['kid'])
    if (!published) return { kind: 'unknown-key' }

    const { kty, crv, x, y } = published
    const key = await crypto.subtle.importKey('jwk', { kty, crv, x, y }, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify'])
    const signed = new TextEncoder().encode(`${head}.${payload}`)
    const valid = await crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, fromBase64url(signature), signed)
    const claims = parsePart(payload) as Partial<ReceiptClaims>
    const about = claims.id === report.id && claims.bodyHash === report.bodyHash && typeof claims.acceptedAt === 'string'
    return valid && about ? { kind: 'verified', acceptedAt: claims.acceptedAt! } : { kind: 'rejected' }
  } catch {
    return { kind: 'rejected' }
  }
}

/** The usable keys of a JWKS document; null when it is none (a sign-in page, an error). */
export function parseKeys(document: unknown): PublicKey[] | null {
  const keys = (document as { keys?: unknown } | null)?.keys
  if (!Array.isArray(keys)) return null
  const usable = keys.filter(isReceiptKey)
  return usable.length > 0 ? usable : null
}

function isReceiptKey(key: unknown): key is PublicKey {
  if (typeof key !== 'object' || key === null) return false
  const { kty, crv, kid, x, y } = key as Record<string, unknown>
  return kty === 'EC' && crv === 'P-256' && [kid, x, y].every((part) => typeof part === 'string')
}

function parsePart(part: string): Record<string, unknown> {
  return JSON.parse(new TextDecoder().decode(fromBase64url(part))) as Record<string, unknown>
}
