import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { freshRedis } from '../../../bin/test-support/fresh-redis.ts'
import { demoCustomers } from '../../../bin/demo/demo-customers.ts'
import { accountsFoundSchema, type AccountsFound } from '../../../domain/account-look-up.ts'
import { systemClock, systemRandom } from '../../../domain/clock.ts'
import type { StaffRole } from '../../../domain/staff-permissions.ts'
import type { AccountsLookedUp } from '../../../domain/event.ts'
import type { Problem } from '../../../domain/problem.ts'
import { putAccounts } from '../../../server/accounts/account-cache.ts'
import { auditLooks } from '../../../server/accounts/audit-looks.ts'
import { lookUpAccounts } from '../../../server/accounts/look-up-accounts.ts'
import { createStaffTokens, signStaffToken } from '../../../server/identity/staff-token.ts'
import { LogUnavailableError } from '../../../server/platform/errors.ts'
import type { EventLog } from '../../../server/platform/event-log/event-log.ts'
import { projectionKeys } from '../../../server/platform/projection-state.ts'
import { createReadSources, type ReadSources } from '../../../server/platform/read-sources.ts'
import { generateSigningKeys, parseSigningKeys } from '../../../server/platform/signing-keys.ts'
import { openDoor } from '../door/door-fixture.ts'
import { accounts } from './accounts.ts'

const NOWHERE = 'postgresql://nobody:none@127.0.0.1:1/none'
const keys = parseSigningKeys(generateSigningKeys())
const staffId = '019c0000-0000-7000-8000-000000000001'
const tokenFor = (scopes: ['accounts'] | [], role: StaffRole = 'agent') => signStaffToken(keys, systemClock, { staffId, role }, scopes, 1)
const asOf = '2026-01-31T04:05:06.789Z'
const within = { timeout: 20_000, interval: 20 }
const customers = Array.from(demoCustomers({ count: 40 }))
const [first] = customers
const withEmail = customers.find(({ personal }) => personal.email !== undefined)!

let sources: ReadSources
beforeAll(async () => {
  sources = createReadSources({ redisUrl: await freshRedis(), databaseUrl: NOWHERE })
  await vi.waitFor(() => expect(sources.redis.client.status).toBe('ready'), within)
  await putAccounts(sources.redis.client, customers.map((account) => ({ version: '1', asOf, account })))
  return () => sources.close()
})
const tellWhole = async (whole: boolean) => {
  const { client } = sources.redis
  await client.set(projectionKeys.logId, 'log')
  await client.hset(projectionKeys.currentAt, 'accounts/0', asOf)
  await (whole ? client.srem(projectionKeys.rebuilding, 'accounts/0') : client.sadd(projectionKeys.rebuilding, 'accounts/0'))
}

async function openAccounts(append?: EventLog['append']) {
  await tellWhole(true)
  const log: { append: EventLog['append'] | undefined } = { append }
  const audit = auditLooks({ log: { append: (events) => log.append!(events) }, clock: systemClock, random: systemRandom, logger: { error: () => undefined } })
  const door = await openDoor({
    alsoServe: (api) => accounts(api, { lookUpAccounts: (by) => lookUpAccounts(sources, by), tokens: createStaffTokens(keys, systemClock), audit, clock: systemClock, country: 'US' }),
  })
  log.append ??= (events) => door.log.append(events)
  onTestFinished(async () => {
    await audit.close()
    await door.close()
  })
  const ask = (path: string, token: string | null = tokenFor(['accounts'])) =>
    fetch(`${door.url}/api/v1/accounts${path}`, { headers: token === null ? {} : { authorization: `Bearer ${token}` } })
  const looks = async () => {
    const told: AccountsLookedUp['looks'] = []
    for await (const batch of door.log.read('identity/0', null, { signal: new AbortController().signal, follow: false })) {
      for (const { envelope } of batch) told.push(...(envelope.data as AccountsLookedUp).looks)
    }
    return told
  }
  return { ask, looks }
}

describe('GET /api/v1/accounts @reads', () => {
  it('finds an account by number, phone, meter, email and address, with its age, and keeps who looked', async () => {
    const { ask, looks } = await openAccounts()
    const { accountNumber, meterNumber, personal } = first!
    const spaced = `${accountNumber.slice(0, 4)} ${accountNumber.slice(4)}`
    const national = personal.phones[0]!.slice(2)
    const questions = {
      [`/${spaced}`]: ['account-number', first],
      [`?phone=${national}`]: ['phone', first],
      [`?phone=%2B1${national}`]: ['phone', first],
      [`?meter=${meterNumber}`]: ['meter', first],
      [`?email=${withEmail.personal.email!.toUpperCase()}`]: ['email', withEmail],
      [`?address=${encodeURIComponent(`${personal.address.line1} ${personal.address.line2 ?? ''}`)}`]: ['address', first],
    } as const
    for (const [path, [, account]] of Object.entries(questions)) {
      const answer = await ask(path)
      expect([answer.status, answer.headers.get('cache-control'), answer.headers.get('content-type')], path).toEqual([200, 'no-store', 'application/json'])
      const found = accountsFoundSchema.parse(await answer.json())
      expect(found, path).toMatchObject({ asOf, source: 'redis' })
      expect(found.accounts, path).toContainEqual({ ...account, asOf })
      expect(found.ageSeconds).toBeGreaterThanOrEqual(0)
    }
    await vi.waitFor(async () => expect(await looks()).toHaveLength(6), within)
    for (const [at, [by, account]] of Object.values(questions).entries()) {
      expect((await looks())[at]).toMatchObject({ actor: staffId, how: 'look-up', by, traceId: expect.any(String) })
      expect((await looks())[at]!.accountNumbers).toContain(account!.accountNumber)
    }
  })

  it('says that there is none only while the cache is whole', async () => {
    const { ask, looks } = await openAccounts()
    expect((await ask('/9999999999')).status).toBe(404)
    const none = await ask('?meter=M1')
    expect([none.status, (await none.json()) as AccountsFound]).toEqual([200, { accounts: [], asOf: null, ageSeconds: null, source: null }])
    await vi.waitFor(async () => expect((await looks()).map(({ accountNumbers }) => accountNumbers)).toEqual([[], []]), within)
    await tellWhole(false)
    for (const path of ['/9999999999', '?meter=M2']) {
      const answer = await ask(path)
      expect([answer.status, answer.headers.get('retry-after')], path).toEqual([503, '10'])
    }
    expect((await ask(`/${first!.accountNumber}`)).status).toBe(200)
  })

  it('is for staff whose token is for it', async () => {
    const { ask, looks } = await openAccounts()
    for (const path of [`/${first!.accountNumber}`, `?meter=${first!.meterNumber}`, '?nothing=1']) {
      const without = await ask(path, null)
      expect([without.status, without.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
      expect((await ask(path, 'another')).status).toBe(401)
      expect((await ask(path, tokenFor([]))).status).toBe(403)
    }
    expect(await looks()).toEqual([])
  })

  it('lets a program do what the role of its token may do at the desk, and no more', async () => {
    const { ask } = await openAccounts()
    const auditors = tokenFor(['accounts'], 'auditor')
    expect((await ask(`/${first!.accountNumber}`, auditors)).status).toBe(200)
    const search = await ask(`?meter=${first!.meterNumber}`, auditors)
    expect([search.status, await search.text()]).toEqual([403, expect.not.stringContaining(first!.personal.name)])
  })

  it('says what is wrong with a question that it does not take', async () => {
    const { ask } = await openAccounts()
    for (const path of ['', '?phone=1&meter=2', '?name=x', '?phone=123', '?email=', '?phone=7075550100&phone=7075550101', `/${'1'.repeat(33)}`, '/%20']) {
      const answer = await ask(path)
      const problem = (await answer.json()) as Problem
      expect([answer.status, problem.type], path).toEqual([400, 'urn:stormdoor:problem:invalid-query'])
      expect(problem.errors?.length, path).toBeGreaterThan(0)
    }
  })

  it('shows nothing that cannot be audited', async () => {
    const state = { away: true }
    const kept: unknown[] = []
    const { ask } = await openAccounts((events) => {
      if (state.away) return Promise.reject(new LogUnavailableError('away'))
      kept.push(...events)
      return Promise.resolve([])
    })
    const asked = vi.spyOn(systemClock, 'monotonicMs')
    expect((await ask(`/${first!.accountNumber}`)).status).toBe(200)
    const untilMs = performance.now() + 10_500
    asked.mockImplementation(() => untilMs)
    const refused = await ask(`/${first!.accountNumber}`)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5'])
    expect((await refused.json()) as Problem).toMatchObject({ type: 'urn:stormdoor:problem:audit-unavailable' })
    asked.mockRestore()
    state.away = false
    await vi.waitFor(() => expect(kept).toHaveLength(1), within)
    expect((await ask(`/${first!.accountNumber}`)).status).toBe(200)
  })
})
