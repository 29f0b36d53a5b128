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
    expect(match({ address, phone: '1' }, { phone: [home] })).toBeNull()
  })
  it.each([
    '12 North Elm Street, Harbor Valley CA 95401', '12 N ELM ST. 95401-1234', '12 north elm street', '12 N Elm St, Harbor Valley', '12 N Elm St Harbor Valley CA USA',
    '12 N Elm St, the blue house, 95401',
  ])('sees that %s is this place', (address) => {
    expect(match({ address }, { address: [home] })).toEqual(['4100', 'address'])
  })
  it.each(['12 elm st', 'Elm 12', '12 N Elm St, Springfield'])('sees that %s is this place only beside its phone', (address) => {
    expect(match({ address }, { address: [home] })).toBeNull()
    expect(match({ address, phone: '1' }, { phone: [home] })).toEqual(['4100', 'phone'])
  })
  it('tells a street in two towns apart by town, state or postal code, and takes none without them', () => {
    const place = (number: string, city: string, postalCode: string, state?: string): Account => {
      const there = account(number, '12 Elm Street', { postalCode })
      return { ...there, personal: { ...there.personal, address: { ...there.personal.address, city, ...(state && { state }) } } }
    }
    const elms = [place('1', 'Springfield', '01101', 'MA'), place('2', 'North Springfield', '01102', 'MA'), place('3', 'Springfield', '62701', 'IL')]
    const found = (address: string) => match({ address }, { address: elms })?.[0]
    expect(found('12 Elm Street')).toBeUndefined()
    expect(found('12 Elm Street, Springfield')).toBeUndefined()
    expect(found('12 Elm Street, Springfield, MA')).toBe('1')
    expect(found('12 Elm St, Springfield, IL, USA')).toBe('3')
    expect(found('12 Elm St, North Springfield')).toBe('2')
    expect(found('12 Elm St 01102')).toBe('2')
    expect(found('12 Elm St, Shelbyville')).toBeUndefined()
    expect(found('12 Elm St, Springfield, OR')).toBeUndefined()
    expect(match({ address: '12 Elm St, Springfield' }, { address: elms.slice(0, 2) })?.[0]).toBe('1')
    const longer = { ...place('4', 'Springfield', '01101', 'MA') }
    longer.personal = { ...longer.personal, address: { ...longer.personal.address, line1: '12 Elm Street North' } }
    expect(match({ address: '12 Elm St North Springfield' }, { address: [...elms, longer] })).toBeNull()
  })
  it('tells flats apart by their unit, and takes none without it', () => {
    const flats = [account('1', '5 Oak Lane', { line2: 'Apt 1' }), account('2', '5 Oak Lane', { line2: '#2' }), account('3', '5 Oak Lane Unit 3')]
    expect(match({ address: '5 Oak Ln #2 95401' }, { address: flats })).toEqual(['2', 'address'])
    expect(match({ address: '5 Oak Lane, Suite 3' }, { address: flats })).toEqual(['3', 'address'])
    expect(match({ address: 'Apt. #1, 5 Oak Lane, Harbor Valley' }, { address: flats })).toEqual(['1', 'address'])
    expect(match({ address: '5 Oak Lane' }, { address: flats })).toBeNull()
    expect(match({ address: '5 Oak Lane' }, { address: flats.slice(0, 1) })).toBeNull()
    expect(match({ address: '5 Oak Lane' }, { address: [account('4', '5 Oak Lane'), ...flats] })).toBeNull()
    expect(match({ address: '5 Oak Lane Apt 4' }, { address: flats })).toBeNull()
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
  it('try the longest line first, without the postal code and with the unit', () => {
    expect(addressQueries('12 North Elm Street, Apt. 4, 95401-1234')).toEqual(['12 n elm st apt 4', '12 n elm apt 4', '12 n apt 4'])
    expect(addressQueries('Unit #4, 12 Elm Street, Springfield')).toEqual(['12 elm st springfield apt 4', '12 elm st apt 4', '12 elm apt 4'])
  })
  it('need no postal code, and take a long house number for none', () => {
    expect(addressQueries('12345 Elm St')).toEqual(['12345 elm st', '12345 elm'])
  })
  it('are few, however much is typed', () => {
    expect(addressQueries('12 Elm Street, the blue house behind the old church, Springfield')).toHaveLength(7)
    expect(addressQueries('Elm')).toEqual([])
  })
})
