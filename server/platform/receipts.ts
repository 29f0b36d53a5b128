import { verify } from 'node:crypto'
import { RECEIPT_TYPE } from '../../domain/receipt-type.ts'
import { receiptClaimsSchema, type Receipt, type ReceiptClaims } from '../../domain/receipt.ts'
import { compactJws, receiptHeader } from './compact-jws.ts'
import { publicKeyOf, type PublicJwk, type SigningKeys } from './signing-keys.ts'
import type { Sign } from './start-signer.ts'

/** ECDSA draws a new number per signature; a phone that asks again soon gets the very same bytes from here. */
const REMEMBERED_RECEIPTS = 10_000

export interface Receipts {
  /** Claims with their JWS (ES256). The same claims again: the same receipt, or one that claims the same. */
  issue(claims: ReceiptClaims): Promise<Receipt>
  /** Body of /.well-known/jwks.json. */
  publicJwks: { keys: PublicJwk[] }
}

/**
 * @param sign by default at once, which blocks for longer than all else in a report's path takes: a process that lives on
 * reports gives the thread of startSigner
 */
export function createReceipts(keys: SigningKeys, sign: Sign = signAtOnce(keys)): Receipts {
  const remembered = new Map<string, Receipt>()
  const ids = Array.from<string>({ length: REMEMBERED_RECEIPTS })
  let next = 0

  function remember(receipt: Receipt): void {
    if (!remembered.has(receipt.id)) {
      // A ring, for a map's own first key is looked for past all that was deleted before it.
      const oldest = ids[next]
      if (oldest !== undefined) remembered.delete(oldest)
      ids[next] = receipt.id
      next = (next + 1) % REMEMBERED_RECEIPTS
    }
    remembered.set(receipt.id, receipt)
  }
  return {
    publicJwks: keys.publicJwks,
    issue: async (claims) => {
      const known = remembered.get(claims.id)
      if (known?.bodyHash === claims.bodyHash && known.acceptedAt === claims.acceptedAt) return known
      const receipt = { ...claims, receipt: await sign(JSON.stringify(claims)) }
      remember(receipt)
      return receipt
    },
  }
}

function signAtOnce(keys: SigningKeys): Sign {
  const header = receiptHeader(keys)
  return (payload) => Promise.resolve(compactJws(header, payload, keys.first.privateKey))
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
