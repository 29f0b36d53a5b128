import { describe, expect, it } from 'vitest'
import { coreAccountSchema } from './core-account.ts'
import { parseCoreAccount } from './parse-core-account.ts'

const row = coreAccountSchema.meta()!['example'] as { address: object }
const parse = (told: unknown) => parseCoreAccount(told, { country: 'US', language: 'es' })
const problemsOf = (told: unknown) => {
  const parsed = parse(told)
  return 'problems' in parsed ? parsed.problems.map(({ field, rule }) => `${field} ${rule}`) : []
}

describe('parseCoreAccount @core', () => {
  it('makes an account of a row, its phones normalised, and reads past what it does not know', () => {
    const parsed = parse({ ...row, language: null, ratePlan: 'R-1' })
    expect(parsed).toEqual({
      account: {
        accountNumber: '4100 0000 17', servicePoint: 'SP-000017', meterNumber: 'M-000017', circuit: 'C-012', transformer: 'T-0431', language: 'es',
        personal: {
          name: 'A. Customer', phones: ['+17075550142'], email: 'customer@example.com', latitude: 38.4405, longitude: -122.7144, medicalEquipment: false,
          address: { line1: '18 Orchard Street', line2: 'Unit 4', city: 'Santa Rosa', state: 'CA', postalCode: '95401' },
        },
      },
    })
  })

  it.each([
    [null, 'row is not an object'],
    [{ ...row, address: 'here' }, 'address is not an object'],
    [{ ...row, phones: '7075550142' }, 'phones is not a list'],
    [{ ...row, phones: ['secret 12'] }, 'phones holds something that is not a phone number'],
    [{ ...row, accountNumber: ' - ' }, 'accountNumber has only spaces and dashes'],
    [{ ...row, address: { ...row.address, line1: null } }, 'address.line1 is missing'],
    [{ ...row, address: { ...row.address, postalCode: '9'.repeat(20) } }, 'address.postalCode is longer than 16 characters'],
    [{ ...row, latitude: 91 }, 'latitude is greater than 90'],
    [{ ...row, longitude: null }, 'longitude is missing while the other coordinate is there'],
    [{ ...row, medicalEquipment: 'perhaps' }, 'medicalEquipment is neither yes nor no'],
    [{ ...row, circuit: { id: 3 } }, 'circuit is not text'],
  ])('says what is wrong with %j, in the row’s own names and none of its words', (told, problem) => {
    expect(problemsOf(told)).toContain(problem)
  })
})
