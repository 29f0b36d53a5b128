import { describe, expect, it } from 'vitest'
import type { Account } from './account.ts'
import { addressQueries, decideMatch, MAX_CANDIDATES, type MatchEvidence } from './matching.ts'

function account(accountNumber: string, line1: string, more: { line2?: string; postalCode?: string; latitude?: number } = {}): Account {
  return {
    accountNumber, servicePoint: `SP-${accountNumber}`, meterNumber: `M-${accountNumber}`, circuit: 'C1', transformer: 'T1', language: 'en',
    personal: {
      name: 'Someone', phones: ['+17075550142'], medicalEquipment: false, latitude: more.latitude ?? 38.44, longitude: -122.7,
      address: { line1, line2: more.line2, city: 'Harbor Valley', postalCode: more.postalCode ?? '95401' },
    },
  }
}

const home = account('4100', '12 North Elm Street')
const cabin = account('4200', '7 Bay Road', { latitude: 38.46 })
const nothing: MatchEvidence = { accountNumber: [], phone: [], address: [] }
const match = (place: Parameters<typeof decideMatch>[0], evidence: Partial<MatchEvidence>) => {
  const decided = decideMatch(place, { ...nothing, ...evidence })
  return decided && [decided.account.accountNumber, decided.matchedBy]
}

describe('a report is matched to one account or to none', () => {
  it('takes the account number however it is written, before everything else', () => {
    expect(match({ accountNumber: '41-00', phone: '1', address: '7 Bay Rd' }, { accountNumber: [home], phone: [cabin] })).toEqual(['4100', 'account-number'])
  })
  it('does not trust a look-up that returned another number', () => {
    expect(match({ accountNumber: '4300' }, { accountNumber: [home] })).toBeNull()
  })
  it('takes a phone of one premise', () => {
    expect(match({ phone: '1' }, { phone: [home, home] })).toEqual(['4100', 'phone'])
  })
  it('leaves a phone of two premises alone', () => {
    expect(match({ phone: '1' }, { phone: [home, cabin] })).toBeNull()
  })
  it('decides a phone of two premises by the address', () => {
    expect(match({ phone: '1', address: '12 n elm' }, { phone: [home, cabin] })).toEqual(['4100', 'address'])
    expect(match({ phone: '1', address: 'somewhere else' }, { phone: [home, cabin] })).toBeNull()
  })
  it("believes the address over the phone: a daughter reports for her mother's house", () => {
    expect(match({ phone: '1', address: '12 N Elm St, 95401' }, { phone: [cabin], address: [home] })).toEqual(['4100', 'address'])
    expect(match({ phone: '1', address: '99 Oak Ave' }, { phone: [cabin] })).toBeNull()
  })
  it.each(['12 S Elm St', '12 N Elm Ave', '13 N Elm St', '12 N Elm St 95402', '12 N Elm St Apt 4', '12 N Elmwood St'])('sees that %s is another place', (address) => {
    expect(match({ address }, { address: [home] })).toBeNull()
  })
  it.each(['12 North Elm Street, Harbor Valley CA 95401', '12 elm st', 'Elm 12', '12 N ELM ST. 95401-1234'])('sees that %s is this place', (address) => {
    expect(match({ address }, { address: [home] })).toEqual(['4100', 'address'])
  })
  it('tells flats apart by their unit, and takes none without it', () => {
    const flats = [account('1', '5 Oak Lane', { line2: 'Apt 1' }), account('2', '5 Oak Lane', { line2: '#2' }), account('3', '5 Oak Lane Unit 3')]
    expect(match({ address: '5 Oak Ln #2 95401' }, { address: flats })).toEqual(['2', 'address'])
    expect(match({ address: '5 Oak Lane, Suite 3' }, { address: flats })).toEqual(['3', 'address'])
    expect(match({ address: '5 Oak Lane' }, { address: flats })).toBeNull()
  })
  it('believes no list that may be cut off', () => {
    const many = Array.from({ length: MAX_CANDIDATES }, (_, index) => account(String(index), '5 Oak Lane', { line2: `Apt ${index}` }))
    expect(match({ address: '5 Oak Ln Apt 3' }, { address: many })).toBeNull()
    expect(match({ address: '5 Oak Ln Apt 3' }, { address: many.slice(1) })).toEqual(['3', 'address'])
  })
  it('decides a phone of two premises by a good location near one of them', () => {
    const location = { latitude: 38.4402, longitude: -122.7, accuracyMeters: 20 }
    expect(match({ phone: '1', location }, { phone: [home, cabin] })).toEqual(['4100', 'location'])
    expect(match({ phone: '1', location: { ...location, accuracyMeters: 500 } }, { phone: [home, cabin] })).toBeNull()
    expect(match({ phone: '1', location: { ...location, latitude: 38.45 } }, { phone: [home, cabin] })).toBeNull()
    expect(match({ phone: '1', location }, { phone: [home, account('4300', '14 North Elm Street', { latitude: 38.4408 })] })).toBeNull()
    expect(match({ location }, {})).toBeNull()
  })
})

describe('the queries for a typed address', () => {
  it('tries the longest line first, with the postal code', () => {
    expect(addressQueries('12 North Elm Street, Apt. 4, 95401-1234')).toEqual([
      '12 n elm st apt 4 95401', '12 n elm st apt 95401', '12 n elm st 95401', '12 n elm 95401', '12 n 95401',
    ])
  })
  it('takes a long house number for no postal code', () => {
    expect(addressQueries('12345 Elm St')).toEqual([])
  })
})
