import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { AccountDigest, canonicalText } from './account-digest.ts'
import { coreAccountSchema } from './core-account.ts'

const row = coreAccountSchema.meta()!['example'] as object
const rows = Array.from({ length: 50 }, (_, index) => ({ ...row, accountNumber: `4100 ${index}` }))
const digestOf = (...told: unknown[]) => {
  const digest = new AccountDigest()
  for (const one of told) digest.add(one)
  return digest
}

describe('AccountDigest @core', () => {
  it('is the sum modulo 2^256 of SHA-256 of the canonical texts', () => {
    const sum = rows.reduce((total, one) => total + BigInt(`0x${createHash('sha256').update(canonicalText(one)).digest('hex')}`), 0n)
    expect(digestOf(...rows).toString()).toBe((sum % 2n ** 256n).toString(16).padStart(64, '0'))
  })

  it('minds no order, and lets a row be taken out again', () => {
    expect(digestOf(...rows.toReversed()).toString()).toBe(digestOf(...rows).toString())
    expect(digestOf(...rows).remove(rows[7]).toString()).toBe(digestOf(...rows.toSpliced(7, 1)).toString())
    expect(digestOf(rows[0]).remove(rows[1]).add(rows[1]).remove(rows[0]).toString()).toBe('0'.repeat(64))
  })

  it('goes on from where it stopped', () => {
    const first = digestOf(...rows.slice(0, 20)).toString()
    const resumed = new AccountDigest(first)
    for (const one of rows.slice(20)) resumed.add(one)
    expect(resumed.toString()).toBe(digestOf(...rows).toString())
    expect(() => new AccountDigest('f00')).toThrow(TypeError)
  })

  it('takes what is absent for null, whatever order the fields came in, and minds every field', () => {
    expect(canonicalText(row)).toBe('["4100 0000 17","A. Customer",["(707) 555-0142"],"customer@example.com","18 Orchard Street","Unit 4","Santa Rosa","CA","95401",38.4405,-122.7144,"SP-000017","M-000017","C-012","T-0431","en",false]')
    expect(canonicalText(Object.fromEntries(Object.entries({ ...row, email: undefined }).reverse()))).toBe(canonicalText({ ...row, email: null, unknown: 1 }))
    expect(canonicalText({ ...row, movedOutOn: '2026-11-21' })).toBe(canonicalText(row).replace(/]$/, ',null,"2026-11-21",null]'))
    for (const odd of [null, undefined, 7, 'row', [], {}, { address: null }, { address: 'here' }]) expect(canonicalText(odd)).toBe(canonicalText({}))
  })
})
