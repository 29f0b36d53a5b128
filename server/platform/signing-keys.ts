import { createPrivateKey, createPublicKey, generateKeyPairSync, hkdfSync, type JsonWebKey, type KeyObject } from 'node:crypto'
import { z } from 'zod'
import { sha256 } from './hash.ts'

const coordinate = z.string().regex(/^[A-Za-z0-9_-]{43}$/)
const privateJwksSchema = z.object({
  keys: z.array(z.object({ kty: z.literal('EC'), crv: z.literal('P-256'), x: coordinate, y: coordinate, d: coordinate })).min(1),
})

export interface PublicJwk {
  kty: 'EC'
  crv: 'P-256'
  x: string
  y: string
  kid: string
  alg: 'ES256'
  use: 'sig'
}

export interface SigningKeys {
  /** Signs; the others only stay published, so that older receipts can still be verified. */
  first: { kid: string; privateKey: KeyObject }
  publicJwks: { keys: PublicJwk[] }
}

/** Reads a private JWKS of ES256 keys (`STORMDOOR_SIGNING_KEYS`). The error never shows a key. */
export function parseSigningKeys(privateJwks: string): SigningKeys {
  let keys: z.infer<typeof privateJwksSchema>['keys']
  try {
    keys = privateJwksSchema.parse(JSON.parse(privateJwks)).keys
    const privateKey = createPrivateKey({ key: keys[0] as JsonWebKey, format: 'jwk' })
    return { first: { kid: thumbprint(keys[0]!), privateKey }, publicJwks: { keys: keys.map(publicJwk) } }
  } catch {
    throw new Error('STORMDOOR_SIGNING_KEYS is not a private JWKS of ES256 keys: {"keys":[{"kty":"EC","crv":"P-256","x":…,"y":…,"d":…}]}')
  }
}

/** A new private JWKS of one key, as JSON: for the demo's secrets, for tests and drills. */
export function generateSigningKeys(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return JSON.stringify({ keys: [privateKey.export({ format: 'jwk' })] })
}

/** A key for the tickets of send slots, 32 bytes: derived, so that nodes that sign with the same key know each other's tickets. */
export function slotKeyOf(keys: SigningKeys): Uint8Array {
  return derivedKey(keys, 'stormdoor send slots')
}

/** A key for what the audit calls a guest, 32 bytes: without it nobody finds the address behind the name. */
export function guestActorKeyOf(keys: SigningKeys): Uint8Array {
  return derivedKey(keys, 'stormdoor guests in the audit')
}

function derivedKey({ first }: SigningKeys, purpose: string): Uint8Array {
  const { d = '' } = first.privateKey.export({ format: 'jwk' })
  return new Uint8Array(hkdfSync('sha256', Buffer.from(d, 'base64url'), '', purpose, 32))
}

/** The public key in node's own form, for verifying. */
export function publicKeyOf(jwk: PublicJwk): KeyObject {
  return createPublicKey({ key: { kty: jwk.kty, crv: jwk.crv, x: jwk.x, y: jwk.y }, format: 'jwk' })
}

function publicJwk(key: { x: string; y: string }): PublicJwk {
  return { kty: 'EC', crv: 'P-256', x: key.x, y: key.y, kid: thumbprint(key), alg: 'ES256', use: 'sig' }
}

/** RFC 7638: SHA-256 over the required members in lexical order. */
function thumbprint({ x, y }: { x: string; y: string }): string {
  return sha256(JSON.stringify({ crv: 'P-256', kty: 'EC', x, y }))
}
