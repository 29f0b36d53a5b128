import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { freshDatabase } from '../../../bin/test-support/fresh-database.ts'
import { freshRedis } from '../../../bin/test-support/fresh-redis.ts'
import { meSchema, myPremisesSchema, type Profile } from '../../../domain/me.ts'
import type { Problem } from '../../../domain/problem.ts'
import { sampleAccount, sampleHash, sampleMatch, sampleNewEvent, sampleReport } from '../../projector/sample-events.ts'
import { meFixture, type MeFixture, newId, someCustomer } from './me.fixture.ts'

const customers = { ana: someCustomer('ana'), ben: someCustomer('ben'), cleo: someCustomer('cleo'), dora: someCustomer('dora') }
const [home, shop, other] = [sampleAccount(1), sampleAccount(2), sampleAccount(3)]
const acceptedAt = new Date().toISOString()
const change = (changes: object = {}) => ({ changeId: newId(), basedOn: null, language: 'es', channels: ['sms'], quietHours: { from: '22:00', until: '06:30' }, phone: '(707) 555-0142', ...changes })

let fixture: MeFixture
beforeAll(async () => {
  fixture = await meFixture(customers, { databaseUrl: await freshDatabase(), redisUrl: await freshRedis() })
  await fixture.log.append([home, shop, other].map(sampleNewEvent))
  // Signed up long ago: where the account does not tell since when, nothing from before is shown.
  fixture.clock.aheadMs = -60_000
  await fixture.grant(customers.ana, home)
  await fixture.grant(customers.ana, shop)
  await fixture.grant(customers.ben, other)
  await fixture.grant(customers.cleo, home, 'invitation', 'may-report')
  fixture.clock.aheadMs = 0
  await fixture.log.append([sampleReport(10, { acceptedAt }), sampleMatch(10, 1), sampleReport(11, { acceptedAt }), sampleMatch(11, 3), sampleReport(12, { acceptedAt: '2020-01-01T00:00:00.000Z' }), sampleMatch(12, 1)].map(sampleNewEvent))
  const [noteId, entryId] = [newId(), newId()]
  const actor = { staffId: newId(), name: 'Some Agent' }
  await fixture.log.append([{ id: noteId, type: 'account.noted.v1', key: '4100000001', bodyHash: sampleHash('note'), data: { noteId, accountNumber: home.accountNumber, at: new Date().toISOString(), actor, personal: { text: 'Dog in the yard' } } }])
  await fixture.log.append([{ id: entryId, type: 'audit.recorded.v1', key: entryId, bodyHash: sampleHash('look'), data: { entries: [{ entryId, at: new Date().toISOString(), actor: { kind: 'staff', id: actor.staffId }, act: 'account.looked-at', subject: { kind: 'account', id: home.accountNumber } }] } }])
  await fixture.folded()
})
afterAll(() => fixture.close())

describe('what a signed-in customer sees @reads', () => {
  it('is nothing when nobody is signed in', async () => {
    for (const path of ['', '/premises', '/data']) {
      const response = await fixture.ask(fixture.doors.both, null, path)
      expect([response.status, response.headers.get('content-type'), response.headers.get('cache-control')]).toEqual([401, 'application/problem+json', 'no-store'])
    }
  })

  it('is their own accounts with what happens there, and nobody else’s; either store tells the same', async () => {
    const { redisOnly, postgresOnly } = fixture.doors
    const [fromRedis, fromPostgres] = [await fixture.me(redisOnly, 'ana'), await fixture.me(postgresOnly, 'ana')]
    expect(meSchema.parse(fromRedis)).toEqual(fromRedis)
    expect(fromPostgres.accounts.map(({ asOf: _when, outage: _state, ...account }) => account)).toEqual(fromRedis.accounts.map(({ asOf: _when, outage: _state, ...account }) => account))
    expect(fromRedis.accounts.map(({ accountNumber, role, premise, outage, reports }) => [accountNumber, role, premise.line1, outage.state, reports.length])).toEqual([
      [home.accountNumber, 'owner', '1 North Elm Street', 'reported', 1], [shop.accountNumber, 'owner', '2 North Elm Street', 'none-known', 0],
    ])
    expect(fromRedis.accounts[0]!.reports[0]).toEqual({ reportId: sampleReport(10).reportId, reference: '7K3F-92QD-XH', acceptedAt, state: 'matched' })
    const told = JSON.stringify([fromRedis, fromPostgres])
    for (const strange of [other.accountNumber, '3 North Elm', sampleReport(11).reportId, customers.ben.loginId]) expect(told).not.toContain(strange)
  })

  it('comes with its age and is kept by no cache', async () => {
    const response = await fixture.ask(fixture.doors.both, 'ana')
    expect([response.headers.get('cache-control'), response.headers.get('vary')]).toEqual(['no-store', 'cookie'])
    const { asOf, ageSeconds } = meSchema.parse(await response.json())
    expect(Date.now() - Date.parse(asOf)).toBeLessThan(60_000)
    expect(ageSeconds).toBeLessThan(60)
  })

  it('is for the report page where they may report', async () => {
    const premises = myPremisesSchema.parse(await (await fixture.ask(fixture.doors.both, 'cleo', '/premises')).json())
    expect(premises).toMatchObject({ loginId: customers.cleo.loginId, premises: [{ accountNumber: home.accountNumber, line1: '1 North Elm Street', city: 'Harbor' }] })
  })

  it('cannot be read with both stores dead, and says so', async () => {
    const response = await fixture.ask(fixture.doors.none, 'ana')
    expect([response.status, ((await response.json()) as Problem).type]).toEqual([503, 'urn:stormdoor:problem:reads-unavailable'])
  })
})

describe('everything that is held about a person @reads', () => {
  it('is a file, with the account of an owner in full and no secret', async () => {
    const response = await fixture.ask(fixture.doors.both, 'ana', '/data')
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="my-data.json"')
    const text = await response.text()
    expect(JSON.parse(text)).toMatchObject({
      login: { email: 'ana@example.com' }, access: [{ role: 'owner' }, { role: 'owner' }],
      accounts: [{ accountNumber: home.accountNumber, personal: home.personal, reports: [{ reportId: sampleReport(10).reportId, personal: { place: { address: '10 North Elm Street' } } }] }, { accountNumber: shop.accountNumber }],
    })
    expect(JSON.parse(text)).toMatchObject({ accounts: [{ notes: [{ text: 'Dog in the yard' }], flags: [] }, { notes: [] }] })
    expect((JSON.parse(text) as { acts: { act: string; times: number }[] }).acts).toContainEqual({ what: expect.any(String), act: 'account.looked-at', times: 1, last: expect.stringMatching(/^20/) })
    expect(text).not.toContain('Some Agent')
    for (const secret of [/hash/i, sampleReport(10).secretHash, other.accountNumber]) expect(text).not.toMatch(secret)
    expect(fixture.acts.at(-1)).toMatchObject({ act: 'login.data-downloaded', actor: { kind: 'customer', id: customers.ana.loginId } })
  })

  it('is asked of who signed in long ago only after they do so again: by a link the browser is led there, an erasure is not begun', async () => {
    fixture.clock.aheadMs = 10 * 60_000 + 1_000
    onTestFinished(() => void (fixture.clock.aheadMs = 0))
    const link = await fixture.ask(fixture.doors.both, 'ana', '/data', { headers: { accept: 'text/html,*/*' }, redirect: 'manual' })
    expect([link.status, link.headers.get('location')]).toEqual([303, '/account/sign-in?told=again'])
    const refused = [await fixture.ask(fixture.doors.both, 'ana', '/data'), await fixture.send('ana', 'POST', '/erasure', { requestId: newId(), email: 'ana@example.com' })]
    for (const answer of refused) expect([answer.status, ((await answer.json()) as Problem).type]).toEqual([403, 'urn:stormdoor:problem:sign-in-again'])
    expect(await fixture.me(fixture.doors.both, 'ana')).toMatchObject({ erasureRequestedAt: null })
    expect(fixture.erased).toEqual([])
    expect((await fixture.ask(fixture.doors.both, 'ana', '/premises')).status, 'what is less at stake goes on').toBe(200)
  })

  it('is of a household member what the account lets them see', async () => {
    const text = await (await fixture.ask(fixture.doors.both, 'cleo', '/data')).text()
    expect(text).toContain('1 North Elm Street')
    for (const owners of [home.personal.name, home.personal.phones[0]!, home.personal.email!]) expect(text).not.toContain(owners)
  })
})

describe('a change of how a person is reached @reads', () => {
  it('is taken from a page of the portal alone', async () => {
    const strangers: Record<string, string>[] = [{}, { origin: 'https://evil.example' }, { origin: 'https://portal.example', 'sec-fetch-site': 'cross-site' }]
    for (const headers of strangers) {
      expect((await fixture.send('ben', 'PUT', '/profile', change(), headers)).status).toBe(403)
    }
    expect((await fixture.ask(fixture.doors.both, null, '/profile', { method: 'PUT', body: JSON.stringify(change()), headers: { origin: 'https://portal.example', 'content-type': 'application/json' } })).status).toBe(401)
  })

  it('names the field that is wrong', async () => {
    for (const [wrong, field] of [[{ quietHours: { from: '25:00', until: '06:00' } }, '/quietHours/from'], [{ phone: 'none' }, '/phone'], [{ channels: ['pigeon'] }, '/channels/0']] as const) {
      const response = await fixture.send('ben', 'PUT', '/profile', change(wrong))
      expect([response.status, ((await response.json()) as Problem).errors?.[0]?.field]).toEqual([422, field])
    }
  })

  it('is one when it is sent again, and one of fifty that saw the same', async () => {
    const mine = change()
    const rivals = Array.from({ length: 49 }, (_, index) => change({ name: `Rival ${index}` }))
    const answers = await Promise.all([mine, ...rivals].map((one) => fixture.send('ben', 'PUT', '/profile', one)))
    const winner = answers.findIndex(({ status }) => status === 200)
    expect(answers.map(({ status }) => status).filter((status) => status === 409)).toHaveLength(49)
    const again = await fixture.send('ben', 'PUT', '/profile', [mine, ...rivals][winner])
    const profile = (await again.json()) as Profile
    expect([again.status, profile]).toEqual([200, await answers[winner]!.json()])
    expect(profile.phone).toBe('+17075550142')
    await fixture.folded()
    for (const door of [fixture.doors.redisOnly, fixture.doors.postgresOnly]) expect((await fixture.me(door, 'ben')).profile).toEqual(profile)
    expect((await fixture.me(fixture.doors.both, 'ana')).profile.version, 'nobody else’s changed').toBeNull()

    const next = await fixture.send('ben', 'PUT', '/profile', change({ basedOn: profile.version, channels: [], quietHours: null, phone: undefined }))
    expect([next.status, ((await next.json()) as Profile).channels]).toEqual([200, []])
    const stale = await fixture.send('ben', 'PUT', '/profile', change({ basedOn: profile.version }))
    expect([stale.status, ((await stale.json()) as Problem).type]).toEqual([409, 'urn:stormdoor:problem:changed-meanwhile'])
  })
})

describe('to be forgotten @reads', () => {
  it('takes the email typed again; then access, profile, login and sessions are gone', async () => {
    await fixture.grant(customers.dora, shop)
    expect((await fixture.send('dora', 'PUT', '/profile', change({ name: 'Forget Me' }))).status).toBe(200)
    await fixture.folded()
    expect((await fixture.me(fixture.doors.both, 'dora')).accounts).toHaveLength(1)
    expect((await fixture.send('dora', 'POST', '/erasure', { requestId: newId(), email: 'ana@example.com' })).status).toBe(422)
    const request = { requestId: newId(), email: ' Dora@Example.com ' }
    for (const attempt of [1, 2]) expect([attempt, (await fixture.send('dora', 'POST', '/erasure', request)).status]).toEqual([attempt, 202])
    await fixture.folded()
    for (const door of [fixture.doors.redisOnly, fixture.doors.postgresOnly]) {
      expect(await fixture.me(door, 'dora')).toMatchObject({ accounts: [], profile: { version: null }, erasureRequestedAt: expect.stringMatching(/^20/) })
    }
    expect(fixture.erased).toEqual([customers.dora.loginId, customers.dora.loginId])
    const revoked = []
    for await (const batch of fixture.log.read('ops/0', null, { signal: new AbortController().signal, follow: false })) revoked.push(...batch)
    expect(revoked.filter(({ first, envelope }) => first && envelope.type === 'sessions.revoked.v1').map(({ envelope }) => envelope.data)).toMatchObject([{ personId: customers.dora.loginId, sessionId: null, why: 'erased' }])
    expect((await fixture.me(fixture.doors.both, 'ana')).accounts, 'others keep theirs').toHaveLength(2)
  })
})
