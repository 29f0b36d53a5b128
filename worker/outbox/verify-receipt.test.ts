import { beforeAll, describe, expect, test } from 'vitest'
import { type SimulatedDoor, simulatedDoor } from './outbox.fixture.ts'
import { parseKeys, type PublicKey, verifyReceipt } from './verify-receipt.ts'

const report = { id: '01980f6e-7a4c-7cc3-98d5-0a1b2c3d4e5f', bodyHash: 'h'.repeat(43) }
let door: SimulatedDoor
let keys: PublicKey[]

beforeAll(async () => {
  door = await simulatedDoor()
  keys = parseKeys({ keys: door.published })!
})

describe('a receipt @outbox', () => {
  test('is verified when it is signed, of its type, and about this report', async () => {
    const receipt = await door.receiptFor(report)
    expect(await verifyReceipt(receipt, report, keys)).toEqual({ kind: 'verified', acceptedAt: '2026-01-31T04:00:01.000Z' })
  })

  test('about another report or another body proves nothing', async () => {
    for (const other of [{ ...report, id: '01980f6e-7a4c-7cc3-98d5-0a1b2c3d4e60' }, { ...report, bodyHash: 'x'.repeat(43) }]) {
      expect(await verifyReceipt(await door.receiptFor(other), report, keys)).toEqual({ kind: 'rejected' })
    }
  })

  test('of another type proves nothing', async () => {
    expect(await verifyReceipt(await door.receiptFor(report, { typ: 'JWT' }), report, keys)).toEqual({ kind: 'rejected' })
  })

  test('with one character changed proves nothing', async () => {
    const [head, payload, signature] = (await door.receiptFor(report)).split('.') as [string, string, string]
    const flipped = (signature[10] === 'A' ? 'B' : 'A') + signature.slice(11)
    expect(await verifyReceipt(`${head}.${payload}.${signature.slice(0, 10)}${flipped}`, report, keys)).toEqual({ kind: 'rejected' })
  })

  test('signed by a stranger under our key id proves nothing', async () => {
    const stranger = await simulatedDoor()
    expect(await verifyReceipt(await stranger.receiptFor(report), report, keys)).toEqual({ kind: 'rejected' })
  })

  test('signed with an unknown key may be true: the keys have to be fetched', async () => {
    expect(await verifyReceipt(await door.receiptFor(report), report, [])).toEqual({ kind: 'unknown-key' })
  })

  test.each(['', 'a', 'a.b', 'a.b.c', '....', `${btoa('{"alg":"none"}')}.${btoa('{}')}.`])('malformed (%s) is rejected, not thrown', async (receipt) => {
    expect(await verifyReceipt(receipt, report, keys)).toEqual({ kind: 'rejected' })
  })
})

describe('published keys @outbox', () => {
  test('anything but a set with a usable key is none', () => {
    for (const document of [null, 'page', {}, { keys: [] }, { keys: [{ kty: 'RSA', kid: 'r' }, null] }]) expect(parseKeys(document)).toBeNull()
  })

  test('unusable keys beside a usable one are passed over', () => {
    expect(parseKeys({ keys: [{ kty: 'RSA', kid: 'r' }, ...door.published] })).toHaveLength(1)
  })
})
