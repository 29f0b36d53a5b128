import { verify, webcrypto } from 'node:crypto'
import { RECEIPT_TYPE } from '../../domain/receipt-type.ts'
import { receiptClaimsSchema, type Receipt, type ReceiptClaims } from '../../domain/receipt.ts'
import { publicKeyOf, type PublicJwk, type SigningKeys } from './signing-keys.ts'

/** ECDSA draws a new number per signature; a phone that asks again soon gets the very same bytes from here. */
const REMEMBERED_RECEIPTS = 10_000

export interface Receipts {
  /** Claims with their JWS (ES256). The same claims again: the same receipt, or one that claims the same. */
  issue(claims: ReceiptClaims): Promise<Receipt>
  /** Body of /.well-known/jwks.json. */
  publicJwks: { keys: PublicJwk[] }
}

const ECDSA = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

/** Signs off the event loop: a signature costs more than all else in a report's path (measured, decision 004). */
export function createReceipts(keys: SigningKeys): Receipts {
  const header = base64url(JSON.stringify({ alg: 'ES256', typ: RECEIPT_TYPE, kid: keys.first.kid }))
  const key = keys.first.privateKey.toCryptoKey(ECDSA, false, ['sign'])
  const remembered = new Map<string, Receipt>()
  return {
    publicJwks: keys.publicJwks,
    issue: async (claims) => {
      const known = remembered.get(claims.id)
      if (known?.bodyHash === claims.bodyHash && known.acceptedAt === claims.acceptedAt) return known
      const signed = `${header}.${base64url(JSON.stringify(claims))}`
      const signature = await webcrypto.subtle.sign(ECDSA, key, Buffer.from(signed, 'latin1'))
      const receipt = { ...claims, receipt: `${signed}.${Buffer.from(signature).toString('base64url')}` }
      remembered.set(claims.id, receipt)
      if (remembered.size > REMEMBERED_RECEIPTS) remembered.delete(remembered.keys().next().value!)
      return receipt
    },
  }
}

/** The claims of a receipt that one of these keys has signed; null for anything else. */
export function verifyReceipt(jws: string, publicJwks: { keys: readonly PublicJwk[] }): ReceiptClaims | null {
  const [header, payload, signature, ...rest] = jws.split('.')
  if (!header || !payload || !signature || rest.length > 0) return null
  try {
    const { alg, typ, kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as Record<string, unknown>
    const jwk = publicJwks.keys.find((candidate) => candidate.kid === kid)
    if (alg !== 'ES256' || typ !== RECEIPT_TYPE || !jwk) return null
    const key = { key: publicKeyOf(jwk), dsaEncoding: 'ieee-p1363' } as const
    const genuine = verify('sha256', Buffer.from(`${header}.${payload}`, 'latin1'), key, Buffer.from(signature, 'base64url'))
    return genuine ? receiptClaimsSchema.parse(JSON.parse(Buffer.from(payload, 'base64url').toString())) : null
  } catch {
    return null
  }
}

function base64url(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64url')
}
