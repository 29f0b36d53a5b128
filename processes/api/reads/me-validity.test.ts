import { afterAll, beforeAll, expect, it } from 'vitest'
import { freshDatabase } from '../../../bin/test-support/fresh-database.ts'
import { freshRedis } from '../../../bin/test-support/fresh-redis.ts'
import type { Account } from '../../../domain/account.ts'
import { lookUpAccounts } from '../../../server/accounts/look-up-accounts.ts'
import { createReadSources } from '../../../server/platform/read-sources.ts'
import { sampleAccount, sampleMatch, sampleNewEvent, sampleReport } from '../../projector/sample-events.ts'
import { meFixture, type MeFixture, someCustomer } from './me.fixture.ts'

const DAY_MS = 86_400_000
const customers = { old: someCustomer('old'), young: someCustomer('young') }
const dateIn = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10)
const stores = { databaseUrl: '', redisUrl: '' }

/** One premise, service point and meter; the customer of account 1 moves out and that of account 2 moves in. */
const place: Pick<Account, 'servicePoint' | 'meterNumber' | 'circuit' | 'transformer'> = { servicePoint: 'SP-HOUSE', meterNumber: 'M-OLD', circuit: 'C7', transformer: 'T7' }
const address = { address: { line1: '7 Quay Street', city: 'Harbor', postalCode: '95404' } }
const first = (changes: Partial<Account> = {}) => sampleAccount(1, { ...place, movedInOn: dateIn(-400), ...changes, personal: address })
const second = (changes: Partial<Account> = {}) => sampleAccount(2, { ...place, movedInOn: dateIn(2), ...changes, personal: address })
const reported = (report: number, account: number, days: number) => [
  sampleNewEvent(sampleReport(report, { acceptedAt: new Date(Date.now() + days * DAY_MS).toISOString() })), sampleNewEvent(sampleMatch(report, account, { servicePoint: 'SP-HOUSE', circuit: 'C7' })),
]

let fixture: MeFixture
beforeAll(async () => {
  Object.assign(stores, { databaseUrl: await freshDatabase(), redisUrl: await freshRedis() })
  fixture = await meFixture(customers, stores)
  await fixture.log.append([sampleNewEvent(first()), ...reported(1, 1, -300), ...reported(2, 1, -500)])
  await fixture.grant(customers.old, first())
  await fixture.folded()
})
afterAll(() => fixture.close())

/** What each sees at the premise in this many days: of each account its number, meter and reports. */
async function seen(who: 'old' | 'young', inDays: number) {
  fixture.clock.aheadMs = inDays * DAY_MS
  const told = []
  for (const door of [fixture.doors.redisOnly, fixture.doors.postgresOnly]) {
    const { accounts } = await fixture.me(door, who)
    told.push(accounts.map(({ accountNumber, meterNumber, reports }) => [accountNumber, meterNumber, reports.map(({ reportId }) => reportId)]))
  }
  fixture.clock.aheadMs = 0
  expect(told[0], 'Redis alone and Postgres alone').toEqual(told[1])
  return told[0]
}
const [one, two] = [sampleAccount(1).accountNumber, sampleAccount(2).accountNumber]
const [fromBefore, atHome, afterMove] = [sampleReport(2), sampleReport(1), sampleReport(3)].map(({ reportId }) => reportId)

it('shows what was visible then to nobody after: move-out, move-in of another customer, meter exchange @reads', async () => {
  expect(await seen('old', 0), 'all since the move-in, and nothing from before').toEqual([[one, 'M-OLD', [atHome]]])
  expect(JSON.stringify(await seen('old', 0))).not.toContain(fromBefore)

  // The core system tells of the move ahead of it.
  await fixture.log.append([sampleNewEvent(first({ movedOutOn: dateIn(1) })), sampleNewEvent(second())])
  await fixture.grant(customers.young, second())
  await fixture.folded()
  expect(await seen('old', 0)).toEqual([[one, 'M-OLD', [atHome]]])
  expect(await seen('young', 0), 'not yet').toEqual([])
  await fixture.log.append(reported(3, 2, 3))
  await fixture.folded()
  expect(await seen('old', 4)).toEqual([])
  expect(await seen('young', 4), 'nothing of whoever lived there before').toEqual([[two, 'M-OLD', [afterMove]]])
  const download = await (await fixture.ask(fixture.doors.both, 'young', '/data')).text()
  expect(download).not.toContain(atHome)

  await fixture.log.append([sampleNewEvent(second({ meterNumber: 'M-NEW', meterSince: dateIn(3) }))])
  await fixture.folded()
  expect(await seen('young', 4)).toEqual([[two, 'M-NEW', [afterMove]]])

  // A utility that gives the number of an account to the next customer there.
  await fixture.log.append([sampleNewEvent(second({ meterNumber: 'M-NEW', movedInOn: dateIn(10) }))])
  await fixture.folded()
  expect(await seen('young', 11), 'access from before the move-in of another').toEqual([])
}, 60_000)

it('finds nothing by the meter that was there before @reads', async () => {
  await fixture.log.append([sampleNewEvent(first({ meterNumber: 'M-NEW' }))])
  await fixture.folded()
  for (const urls of [{ ...stores, databaseUrl: 'postgresql://nobody:none@127.0.0.1:1/none' }, { ...stores, redisUrl: 'redis://127.0.0.1:9' }]) {
    const sources = createReadSources(urls)
    const found = async (meterNumber: string) => (await lookUpAccounts(sources, { meterNumber })).map(({ value }) => value.accountNumber)
    await expect.poll(() => found('M-NEW').catch(() => null), { timeout: 20_000 }).toEqual([one, two])
    expect(await found('M-OLD')).toEqual([])
    await sources.close()
  }
})
