import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Account } from '../../../domain/account.ts'
import { addressKey } from '../../../domain/address-key.ts'
import { systemClock } from '../../../domain/clock.ts'
import type { Look } from '../../../server/accounts/audit-looks.ts'
import { AuditUnavailableError, ReadsUnavailableError } from '../../../server/platform/errors.ts'
import type { GuestLookUpContext } from '../../../server/outages/guest-look-up.ts'
import { openDoor, type TestDoor } from '../door/door-fixture.ts'
import { guestLookUps } from './guest-look-ups.ts'
import { createLookUpLimit, MISSES_PER_HOUR } from './look-up-limit.ts'

const accountOf = (house: number): Account => ({
  accountNumber: `4100-${house}`, servicePoint: 'SP', meterNumber: 'M', circuit: 'C-7', transformer: 'T', language: 'en',
  personal: { name: 'A Person', phones: [`+1707555${String(house).padStart(4, '0')}`], address: { line1: `${house} North Elm Street`, city: 'Town', postalCode: '95404' }, medicalEquipment: false },
})
const accounts = Array.from({ length: 1_000 }, (_, house) => accountOf(house))
const asOf = '2026-01-31T04:05:06.789Z'

/** Reads over a street of accounts: the stores' own behaviour is tested beside their verbs. */
const looks: Look[] = []
const street: Omit<GuestLookUpContext, 'limit'> = {
  audit: { check: () => undefined, take: (look) => void looks.push(look), close: () => Promise.resolve() },
  actorKey: new Uint8Array(32),
  lookUpAccounts: (by) =>
    Promise.resolve(
      accounts
        .filter(({ accountNumber, personal }) =>
          'accountNumber' in by ? by.accountNumber === accountNumber
          : 'phone' in by ? personal.phones.includes(by.phone)
          : addressKey(by.address) === addressKey(personal.address.line1))
        .map((value) => ({ value, version: '1', asOf, source: 'redis' as const })),
    ),
  getNearby: (circuit) => Promise.resolve({ nearby: circuit === 'C-7' ? 'reported' : 'none-known', asOf }),
  clock: systemClock,
  country: 'US',
}
const hurried = { ...street, clock: { ...systemClock, sleep: () => Promise.resolve() } }

let door: TestDoor
const open = async (context: Omit<GuestLookUpContext, 'limit'>, trustedProxies?: string[]) => {
  door = await openDoor({ trustedProxies, alsoServe: (api) => guestLookUps(api, { ...context, limit: createLookUpLimit(null) }) })
}
const ask = (body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${door.url}/api/v1/guest-look-ups`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) })
const statuses = async (questions: unknown[], headers?: Record<string, string>) => {
  const counted: Record<number, number> = {}
  for (const question of questions) {
    const { status } = await ask(question, headers)
    counted[status] = (counted[status] ?? 0) + 1
  }
  return counted
}
const wrong = (index: number) => ({ accountNumber: `9999-${index}`, houseNumber: '1' })
const right = (house: number) => ({ accountNumber: `4100-${house}`, houseNumber: String(house) })

afterEach(() => door.close())

describe('what a guest is told @reads', () => {
  beforeEach(() => open(street))

  it('is whether neighbors reported, for two facts that agree or a full address', async () => {
    for (const facts of [right(12), { phone: '(707) 555-0012', houseNumber: '12' }, { address: '12 N. Elm St, 95404' }]) {
      expect(await (await ask(facts)).json()).toEqual({ nearby: 'reported', asOf })
    }
  })

  it.each(['12 N Elm St', '12 N Elm St 95405', '12 N Elm St, Town', '13 N Elm St 9', '95404', '12 95404'])('is nothing for %s, which is no full address', async (address) => {
    expect(await (await ask({ address })).json()).toEqual({ nearby: 'none-known', asOf })
  })

  it('has the same status, headers and shape, and comes in the same steps of time, when nothing matched', async () => {
    const shapes = []
    for (const facts of [right(12), { accountNumber: '4100-12', houseNumber: '13' }, wrong(1), { phone: 'no number', houseNumber: '1' }]) {
      const startedMs = performance.now()
      const response = await ask(facts)
      const tookMs = performance.now() - startedMs
      const body = (await response.json()) as object
      expect(tookMs).toBeGreaterThan(140)
      shapes.push({ status: response.status, body: Object.keys(body), length: [...response.headers.keys()] })
    }
    for (const shape of shapes) expect(shape).toEqual(shapes[0])
    expect(await (await ask({ accountNumber: '4100-12', houseNumber: '13' })).json()).toEqual({ nearby: 'none-known', asOf })
  })

  it.each([
    [{ accountNumber: '4100-12' }],
    [{ phone: '7075550012' }],
    [{ houseNumber: '12' }],
    [{ accountNumber: '4100-12', phone: '7075550012' }],
    [{ accountNumber: '4100-12', phone: '7075550012', houseNumber: '12' }],
    [{ address: '12 N Elm St 95404', houseNumber: '12' }],
    [{ name: 'A Person', houseNumber: '12' }],
    [{}],
    [[]],
  ])('is nothing for %j: one fact alone could be tried from a list', async (facts) => {
    expect((await ask(facts)).status).toBe(422)
  })
})

describe('the audit of guests @reads', () => {
  it('keeps each try, matched or not, under a name that tells no address and is the same for a network', async () => {
    looks.length = 0
    await open(hurried, ['127.0.0.1'])
    for (const facts of [right(12), { accountNumber: '4100-12', houseNumber: '13' }, { address: '12 N. Elm St, 95404' }]) await ask(facts, { 'x-forwarded-for': '203.0.113.7' })
    await ask({ phone: '(707) 555-0012', houseNumber: '12' }, { 'x-forwarded-for': '203.0.113.8' })
    expect(looks.map(({ how, by, accountNumbers }) => [how, by, accountNumbers])).toEqual([
      ['match', 'account-number', ['4100-12']], ['match', 'account-number', []], ['match', 'address', ['4100-12']], ['match', 'phone', ['4100-12']],
    ])
    const actors = looks.map(({ actor }) => actor)
    expect(new Set(actors.slice(0, 3)).size).toBe(1)
    expect(new Set(actors).size).toBe(2)
    expect(JSON.stringify(looks)).not.toContain('203.0.113')
    for (const actor of actors) expect(actor).toMatch(/^guest:[\w-]{22}$/)
  })

  it('is what nothing is said without', async () => {
    const check = () => {
      throw new AuditUnavailableError('away')
    }
    await open({ ...hurried, audit: { ...hurried.audit, check } })
    const answers = await Promise.all([right(12), wrong(1)].map((facts) => ask(facts)))
    expect(answers.map(({ status }) => status)).toEqual([503, 503])
  })
})

describe('the limit of look-ups @reads', () => {
  it('stops a thief with a list', async () => {
    await open(hurried)
    const list = Array.from({ length: 200 }, (_, index) => wrong(index))
    expect(await statuses(list)).toEqual({ 200: MISSES_PER_HOUR, 429: 200 - MISSES_PER_HOUR })
    const refused = await ask(right(1))
    expect([refused.status, Number(refused.headers.get('retry-after')) > 60]).toEqual([429, true])
  })

  it('does not slow a street behind one address', async () => {
    await open(hurried)
    const typos = Array.from({ length: 25 }, (_, index) => wrong(index))
    expect(await statuses([...Array.from({ length: 500 }, (_, house) => right(house)), ...typos, ...typos, ...Array.from({ length: 100 }, () => right(3))])).toEqual({ 200: 650 })
  })

  it('counts spellings of one mistake once, and one own account once', async () => {
    await open(hurried)
    const spellings = ['9999-1', '99991', '9 9 9 9 1'].flatMap((accountNumber) => Array.from({ length: 30 }, () => ({ accountNumber, houseNumber: '1' })))
    expect(await statuses(spellings)).toEqual({ 200: 90 })
    await statuses(Array.from({ length: 50 }, () => right(1)))
    expect(await statuses(Array.from({ length: 40 }, (_, index) => wrong(100 + index)))).toEqual({ 200: 30, 429: 10 })
  })

  it('goes by the network of a home, as a trusted proxy tells it, and believes nobody else', async () => {
    await open(hurried, ['127.0.0.1'])
    const list = Array.from({ length: 40 }, (_, index) => wrong(index))
    expect(await statuses(list.slice(0, 20), { 'x-forwarded-for': '2001:db8:1:2::1' })).toEqual({ 200: 20 })
    expect(await statuses(list.slice(20), { 'x-forwarded-for': '2001:db8:1:2::99' })).toEqual({ 200: 10, 429: 10 })
    expect((await ask(right(1), { 'x-forwarded-for': '2001:db8:1:3::1' })).status).toBe(200)
    await door.close()
    await open(hurried)
    for (const [index, question] of list.entries()) await ask(question, { 'x-forwarded-for': `203.0.113.${index}` })
    expect((await ask(right(1), { 'x-forwarded-for': '203.0.113.200' })).status).toBe(429)
  })
})

describe('with the stores dead @reads', () => {
  it('says that it does not know, matched or not', async () => {
    await open({ ...hurried, lookUpAccounts: () => Promise.reject(new ReadsUnavailableError('both down')) })
    const response = await ask(right(1))
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '10'])
    expect(await response.json()).toMatchObject({ type: 'urn:stormdoor:problem:reads-unavailable' })
  })
})
