import { calculateJwkThumbprint, createLocalJWKSet, jwtVerify, SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { RECEIPT_TYPE } from '../../domain/receipt-type.ts'
import type { ReceiptClaims } from '../../domain/receipt.ts'
import { createReceipts, verifyReceipt } from './receipts.ts'
import { generateSigningKeys, parseSigningKeys } from './signing-keys.ts'

const claims: ReceiptClaims = {
  id: '01980f6e-7a4c-7cc3-98d5-0a1b2c3d4e5f',
  reference: '7K3F-92QD-XH',
  bodyHash: 'n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg',
  acceptedAt: '2026-01-31T04:05:06.789Z',
  region: 'local',
  durability: 'local',
}

describe('receipts @door', () => {
  it('are JWS that another library verifies with the published keys', async () => {
    const keys = parseSigningKeys(generateSigningKeys())
    const { receipt, ...readable } = await createReceipts(keys).issue(claims)
    const verified = await jwtVerify(receipt, createLocalJWKSet(keys.publicJwks), { typ: RECEIPT_TYPE, algorithms: ['ES256'] })
    expect(verified.payload).toEqual(claims)
    expect(readable).toEqual(claims)
    expect(verified.protectedHeader.kid).toBe(await calculateJwkThumbprint(keys.publicJwks.keys[0]!))
  })

  it('publish every key and no private part', () => {
    const both = JSON.stringify({ keys: [generateSigningKeys(), generateSigningKeys()].flatMap((jwks) => (JSON.parse(jwks) as { keys: object[] }).keys) })
    const { publicJwks } = parseSigningKeys(both)
    expect(publicJwks.keys).toHaveLength(2)
    expect(publicJwks.keys.every((key) => !('d' in key))).toBe(true)
  })

  it('are still verified when a newer key signs, and not by a stranger', async () => {
    const old = generateSigningKeys()
    const { receipt } = await createReceipts(parseSigningKeys(old)).issue(claims)
    const rotated = parseSigningKeys(JSON.stringify({ keys: [generateSigningKeys(), old].flatMap((jwks) => (JSON.parse(jwks) as { keys: object[] }).keys) }))
    expect(verifyReceipt(receipt, rotated.publicJwks)).toEqual(claims)
    expect(verifyReceipt(receipt, parseSigningKeys(generateSigningKeys()).publicJwks)).toBeNull()
  })

  it('are refused when one character differs, or when they are another kind of token', async () => {
    const keys = parseSigningKeys(generateSigningKeys())
    const { receipt } = await createReceipts(keys).issue(claims)
    const [header, , signature] = receipt.split('.') as [string, string, string]
    const other = Buffer.from(JSON.stringify({ ...claims, reference: 'AAAA-AAAA-AA' })).toString('base64url')
    expect(verifyReceipt(`${header}.${other}.${signature}`, keys.publicJwks)).toBeNull()
    const otherKind = await new SignJWT({ ...claims }).setProtectedHeader({ alg: 'ES256', kid: keys.first.kid, typ: 'JWT' }).sign(keys.first.privateKey)
    expect(verifyReceipt(otherKind, keys.publicJwks)).toBeNull()
    for (const nonsense of ['', 'a.b', 'a.b.c', `${receipt}.x`]) expect(verifyReceipt(nonsense, keys.publicJwks)).toBeNull()
  })

  it('are the very same bytes for the same claims, for the newest ten thousand', async () => {
    let signed = 0
    const receipts = createReceipts(parseSigningKeys(generateSigningKeys()), () => Promise.resolve(String(++signed)))
    const numbered = (number: number) => ({ ...claims, id: String(number) })
    for (let number = 0; number < 10_001; number++) await receipts.issue(numbered(number))
    const again = await Promise.all([1, 10_000, 0, 0].map(async (number) => (await receipts.issue(numbered(number))).receipt))
    expect(again).toEqual(['2', '10001', '10002', '10003'])
    expect(await receipts.issue({ ...numbered(0), bodyHash: 'other' })).toMatchObject({ receipt: '10004', bodyHash: 'other' })
  })

  it('say what a key file must be, without showing it', () => {
    const broken = JSON.stringify({ keys: [{ kty: 'EC', crv: 'P-256', x: 'a', y: 'b', d: 'very-secret' }] })
    expect(() => parseSigningKeys(broken)).toThrow('STORMDOOR_SIGNING_KEYS')
    expect(() => parseSigningKeys(broken)).not.toThrow('very-secret')
  })
})
