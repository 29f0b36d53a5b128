import { expect, it } from 'vitest'
import { accountNumberKey, accountSchema, type Account } from '../../../domain/account.ts'
import { demoCustomers } from '../../../bin/demo/demo-customers.ts'
import { seededFraction } from '../../../processes/projector/sample-events.ts'
import { packAccountKey, unpackAccountKey } from './account-key-bytes.ts'
import { decodeRecord, encodeRecord } from './account-record.ts'

const ALPHABETS = ['0123456789', 'ABCXYZ019', 'aé中😀 -#|', '\u0001\u007F\u00FF~']
const VERSION = '0000019c1234abcd.us-west.import-7f3a'
const AS_OF = '2026-01-31T04:00:00.123Z'

/** Any account that the schema lets through: with and without each optional part, at the bounds of each text and number. */
function anyAccount(fraction: () => number): Account {
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(fraction() * choices.length)]!
  const text = (max: number): string => {
    const characters = Array.from(pick(ALPHABETS))
    const length = 1 + Math.floor(fraction() ** 3 * (max - 1))
    // Trimmed by the schema, so not of blanks alone, nor longer in UTF-16 than it may be.
    return `x${Array.from({ length }, () => pick(characters)).join('')}`.slice(0, max).toWellFormed().trim()
  }
  const maybe = <K extends string, V>(name: K, value: V): Partial<Record<K, V>> => (fraction() < 0.5 ? {} : ({ [name]: value } as Record<K, V>))
  const degrees = (most: number): number => pick([0, -0, most, -most, fraction() * most, Math.round(fraction() * most * 1e6) / 1e6, -1e-7, Number.MIN_VALUE])
  return accountSchema.parse({
    accountNumber: pick([text(32), `4100-${String(Math.floor(fraction() * 1e6))}`, String(Math.floor(fraction() * 1e15)), '007', '--']),
    servicePoint: text(32), meterNumber: text(32), circuit: text(32), transformer: text(32), language: pick(['en', 'es']),
    ...maybe('movedInOn', pick(['1999-12-31', '2026-02-28'])), ...maybe('movedOutOn', '2026-11-21'), ...maybe('meterSince', '2024-02-29'),
    personal: {
      name: text(160),
      phones: Array.from({ length: Math.floor(fraction() * 9) }, () => `+${1 + Math.floor(fraction() * 9)}${String(Math.floor(fraction() * 1e14)).padStart(6, '0')}`),
      ...maybe('email', `someone.${Math.floor(fraction() * 1e6)}@example.com`),
      address: { line1: text(120), ...maybe('line2', text(120)), city: text(80), ...maybe('state', text(40)), postalCode: text(16) },
      ...maybe('latitude', degrees(90)), ...maybe('longitude', degrees(180)), medicalEquipment: fraction() < 0.5,
    },
  })
}

it('gives back any account, with its version and age', () => {
  const fraction = seededFraction(1)
  const accounts = [...Array.from({ length: 1_000 }, () => anyAccount(fraction)), ...demoCustomers({ count: 200 })]
  for (const account of accounts) {
    const key = packAccountKey(accountNumberKey(account.accountNumber))
    const known = decodeRecord(key, encodeRecord({ version: VERSION, asOf: AS_OF, account }))
    expect(known).toStrictEqual({ version: VERSION, asOf: AS_OF, account })
    expect(unpackAccountKey(key)).toBe(accountNumberKey(account.accountNumber))
  }
})

it('keeps long versions, and that an account is closed', () => {
  const version = `${VERSION}${'n'.repeat(200)}`
  const record = encodeRecord({ version, asOf: AS_OF, accountNumber: '4100-1', closed: true })
  expect(decodeRecord(packAccountKey('41001'), record)).toEqual({ version, asOf: AS_OF, account: null })
  expect(() => encodeRecord({ version: 'n'.repeat(256), asOf: AS_OF, accountNumber: '4100-1', closed: true })).toThrow(RangeError)
})

it('takes a record of an encoding that it does not know for none', () => {
  const [account] = demoCustomers({ count: 1 })
  const record = encodeRecord({ version: VERSION, asOf: AS_OF, account: account! })
  record[0] = 200
  expect(decodeRecord(packAccountKey('1'), record)).toBeNull()
})

it('orders packed keys as their texts', () => {
  const keys = ['0', '00', '0041', '4100000015', '41000000150', '4100000016', '41A', '42', 'A', 'A1', 'AB', 'B', 'Z9']
  expect(keys.map(packAccountKey).sort((one, other) => Buffer.compare(one, other)).map(unpackAccountKey)).toEqual(keys)
})
