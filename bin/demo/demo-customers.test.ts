import { join } from 'node:path'
import { parsePhoneNumberFromString } from 'libphonenumber-js/min'
import { describe, expect, it } from 'vitest'
import { accountSchema, type Account } from '../../domain/account.ts'
import { addressKey } from '../../domain/address-key.ts'
import { systemClock } from '../../domain/clock.ts'
import { openEventLog } from '../../server/platform/event-log/open-event-log.ts'
import { utility } from '../../utility.config.ts'
import { temporaryFolder } from '../test-support/temporary-folder.ts'
import { demoCustomers } from './demo-customers.ts'
import { loadDemoUtility } from './load-demo-utility.ts'

const COUNT = 4_830
const customers = [...demoCustomers({ count: COUNT })]

function groups(keyOf: (account: Account) => string): Account[][] {
  return [...Map.groupBy(customers, keyOf).values()]
}

const withUnit = ({ personal: { address } }: Account) => addressKey(`${address.line1} ${address.line2 ?? ''} ${address.postalCode}`)
const share = (test: (account: Account) => boolean) => customers.filter(test).length / COUNT

describe('the demo utility', () => {
  it('is the same for the same seed, another for another, and valid as accounts', () => {
    expect([...demoCustomers({ count: COUNT, seed: 1 })]).toEqual(customers)
    expect([...demoCustomers({ count: 10, seed: 2 })]).not.toEqual(customers.slice(0, 10))
    for (const customer of customers) expect(accountSchema.parse(customer)).toEqual(customer)
  })

  it('gives every customer an account number, phones, meter, service point and address of their own', () => {
    const phones = customers.flatMap(({ personal }) => personal.phones)
    expect(new Set(phones).size).toBe(phones.length)
    for (const phone of phones) expect(parsePhoneNumberFromString(phone)?.isValid(), phone).toBe(true)
    for (const keyOf of [(a: Account) => a.accountNumber, (a: Account) => a.meterNumber, (a: Account) => a.servicePoint, withUnit]) expect(groups(keyOf)).toHaveLength(COUNT)
  })

  it('hangs 8 to 15 homes on a transformer, all of one circuit, street and block, in houses counted along it', () => {
    for (const homes of groups(({ transformer }) => transformer)) {
      expect(homes.length).toBeGreaterThanOrEqual(8)
      expect(homes.length).toBeLessThanOrEqual(15)
      expect(new Set(homes.map(({ circuit }) => circuit)).size).toBe(1)
      expect(new Set(homes.map(({ personal }) => personal.address.line1.replace(/^\d+ /, ''))).size).toBe(1)
      const numbers = [...new Set(homes.map(({ personal }) => Number.parseInt(personal.address.line1, 10)))]
      expect(numbers).toEqual(numbers.map((_, place) => numbers[0]! + place))
    }
  })

  it('stands inside the service area, farther east with a higher house number, each flat where its house is', () => {
    const { south, west, north, east } = utility.serviceArea
    for (const { personal } of customers) {
      expect(personal.latitude! > south && personal.latitude! < north && personal.longitude! > west && personal.longitude! < east).toBe(true)
    }
    const street = customers.filter(({ personal }) => /^\d+ Alder Street$/.test(personal.address.line1))
    const along = street.toSorted((a, b) => Number.parseInt(a.personal.address.line1, 10) - Number.parseInt(b.personal.address.line1, 10)).map(({ personal }) => personal.longitude!)
    expect(along).toEqual(along.toSorted((a, b) => a - b))
    for (const house of groups(({ personal: { address } }) => `${address.line1} ${address.postalCode}`)) {
      expect(new Set(house.map(({ personal }) => `${personal.latitude} ${personal.longitude}`)).size).toBe(1)
    }
  })

  it('stays inside the service area with three million', () => {
    const { south, north } = utility.serviceArea
    const [first] = demoCustomers({ count: 3_000_000 })
    expect(first!.personal.latitude! > south && first!.personal.latitude! < north).toBe(true)
  })

  it('has its shares of medical equipment, Spanish, flats and households', () => {
    expect(share(({ personal }) => personal.medicalEquipment)).toBeCloseTo(0.02, 1.9)
    expect(share(({ language }) => language === 'es')).toBeCloseTo(0.2, 1)
    expect(share(({ personal }) => personal.address.line2 !== undefined)).toBeGreaterThan(0.05)
    expect(new Set(customers.map(({ personal }) => personal.phones.length))).toEqual(new Set([1, 2, 3]))
  })

  it('is loaded once, however often', async () => {
    const eventLogUrl = `sqlite:${join(temporaryFolder(), 'event-log.sqlite')}`
    const progress: number[] = []
    expect(await loadDemoUtility({ eventLogUrl, count: 700, onProgress: (done) => progress.push(done) })).toEqual({ accounts: 700 })
    expect(await loadDemoUtility({ eventLogUrl, count: 700 })).toEqual({ accounts: 700 })
    expect(progress.at(-1)).toBe(700)
    const log = await openEventLog({ url: eventLogUrl, clock: systemClock, region: 'test', node: 'test' })
    expect((await log.statistics('accounts')).events).toBe(700)
    await log.close()
  })
})
