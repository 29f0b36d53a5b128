import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { RECEIPT_TYPE, receiptClaimsSchema } from '../../domain/receipt.ts'

/**
 * Checks receipts a second time, by another library than the phones use: signature, type, and that each is about its report.
 * @returns ids whose receipt does not hold
 */
export async function findBadReceipts(url: string, receipts: readonly { id: string; bodyHash: string; receipt: string }[]): Promise<string[]> {
  const published = (await (await fetch(new URL('/.well-known/jwks.json', url))).json()) as JSONWebKeySet
  const keys = createLocalJWKSet(published)
  const checks = receipts.map(async ({ id, bodyHash, receipt }) => {
    try {
      const { payload } = await jwtVerify(receipt, keys, { algorithms: ['ES256'], typ: RECEIPT_TYPE })
      const claims = receiptClaimsSchema.parse(payload)
      return claims.id === id && claims.bodyHash === bodyHash ? null : id
    } catch {
      return id
    }
  })
  return (await Promise.all(checks)).filter((id) => id !== null)
}
