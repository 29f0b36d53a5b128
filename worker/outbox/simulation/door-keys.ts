import { RECEIPT_TYPE } from '../../../domain/receipt-type.ts'
import { toBase64url } from '../base64url.ts'

export interface SigningKey {
  kid: string
  privateKey: CryptoKey
  published: JsonWebKey & { kid: string }
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' }

/** Real key pairs, made once for all seeds of a process: they say nothing about a run. */
export async function makeDoorKeys(count: number): Promise<SigningKey[]> {
  return Promise.all(Array.from({ length: count }, async (_, index) => {
    const kid = `key-${index}`
    const pair = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
    const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey)
    return { kid, privateKey: pair.privateKey, published: { kty, crv, x, y, kid, alg: 'ES256', use: 'sig' } }
  }))
}

/** A compact JWS over `claims`, as the door signs its receipts. */
export async function signReceipt(claims: object, key: SigningKey, header: { alg?: string; typ?: string; kid?: string } = {}): Promise<string> {
  const head = part({ alg: 'ES256', typ: RECEIPT_TYPE, kid: key.kid, ...header })
  const signed = `${head}.${part(claims)}`
  const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key.privateKey, new TextEncoder().encode(signed))
  return `${signed}.${toBase64url(new Uint8Array(signature))}`
}

function part(value: object): string {
  return toBase64url(new TextEncoder().encode(JSON.stringify(value)))
}
