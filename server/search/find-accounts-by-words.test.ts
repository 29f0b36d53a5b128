import { Redis } from 'ioredis'
import { describe, expect, it, vi } from 'vitest'
import { demoCustomers } from '../../bin/demo/demo-customers.ts'
import { freshRedis } from '../../bin/test-support/fresh-redis.ts'
import { temporaryFolder } from '../../bin/test-support/temporary-folder.ts'
import { SEARCH_CHARS, type SearchAnswer } from '../../domain/account-search.ts'
import { putAccounts } from '../accounts/account-cache.ts'
import type { Act } from '../audit/record-acts.ts'
import { AuditUnavailableError, ForbiddenError, ReadsUnavailableError } from '../platform/errors.ts'
import { type GuardedStore, StoreUnavailableError } from '../platform/guarded-store.ts'
import { projectionKeys } from '../platform/projection-state.ts'
import { createReadSources } from '../platform/read-sources.ts'
import { connectToSearch } from './connect-to-search.ts'
import { findAccountsByFact, findAccountsByWords, searchMark, type SearchContext } from './find-accounts-by-words.ts'
import { startSearchServer } from './search-server.ts'
import { SearchStore, searchStorePath } from './search-store.ts'

/** The machine may be busy with other tests. */
const PATIENT_MS = 10_000
const SECRET = 'a secret of the test, long enough to be one'
const agent = { staffId: '019c0000-0000-7000-8000-000000000001', name: 'Agent', role: 'agent' } as const
const answer: SearchAnswer = {
  accounts: [{ accountNumber: '4100000001', name: 'Ada Quillstone', street: '1 Oak St', town: 'Alder', phoneEnds: ['0101'], closed: false, flags: [], asOf: '2026-01-31T04:05:06.000Z', matched: ['ada'] }],
  complete: true,
  asOf: '2026-01-31T04:05:06.000Z',
}
const dead: GuardedStore<never> = { client: undefined as never, use: () => Promise.reject(new StoreUnavailableError('dead', { reason: 'open' })) }

function contextOf(search: SearchContext['search'], acts: Act[] = []): SearchContext {
  return { search, searchFile: null, sources: { redis: dead, prisma: dead, close: () => Promise.resolve() }, utility: { defaultCountry: 'US' }, audit: { check: () => undefined, take: (act) => void acts.push(act) }, sessionSecret: SECRET }
}

async function withServer(work: (search: NonNullable<SearchContext['search']>, typed: string[], url: string) => Promise<void>): Promise<void> {
  const typed: string[] = []
  const server = await startSearchServer({ ask: (text) => (typed.push(text), text === '' ? { ...answer, accounts: [] } : answer) }, 0, SECRET)
  const url = `http://127.0.0.1:${server.port}`
  const search = connectToSearch({ url, sessionSecret: SECRET, timeoutMs: PATIENT_MS })
  try {
    await work(search, typed, url)
  } finally {
    search.close()
    await server.close()
  }
}

describe('finding accounts by words @search @desk', () => {
  it('answers as the search does, and keeps who saw which accounts but not what was typed', async () => {
    await withServer(async (search, typed) => {
      const acts: Act[] = []
      expect(await findAccountsByWords(contextOf(search, acts), agent, 'Ada Quilstone 12')).toEqual({ kind: 'all', ...answer })
      expect(typed).toEqual(['Ada Quilstone 12'])
      expect(acts).toEqual([{
        actor: { kind: 'staff', id: agent.staffId, role: 'agent' }, act: 'search.asked', subject: { kind: 'search', id: searchMark(SECRET, 'ada  QUILSTONE, 12') },
        after: { typed: 'aaa aaaaaaaaa 00', shown: ['4100000001'] },
      }])
      expect(JSON.stringify(acts).toLowerCase()).not.toContain('quil')
    })
  })

  it('asks for no more than is typed, whatever comes', async () => {
    await withServer(async (search, typed) => {
      await findAccountsByWords(contextOf(search), agent, `${'ñ'.repeat(10_000)}\0`)
      expect(typed[0]).toHaveLength(SEARCH_CHARS)
    })
  })

  it('is for roles that search, and refuses while looks cannot be kept', async () => {
    await expect(findAccountsByWords(contextOf(null), { ...agent, role: 'auditor' }, 'ada')).rejects.toThrow(ForbiddenError)
    const full = { ...contextOf(null), audit: { check: () => { throw new AuditUnavailableError('full') }, take: () => undefined } }
    await expect(findAccountsByWords(full, agent, 'ada')).rejects.toThrow(AuditUnavailableError)
  })

  it('looks up whole facts when the search is dead, and says when nobody can answer', async () => {
    await expect(findAccountsByWords(contextOf(null), agent, '4100000001')).rejects.toThrow(ReadsUnavailableError)
    await withServer(async (_search, _typed, url) => {
      const refused = connectToSearch({ url, sessionSecret: `${SECRET} of another`, timeoutMs: PATIENT_MS })
      expect(await findAccountsByWords(contextOf(refused), agent, 'ada')).toEqual({ kind: 'exact-only', complete: false, asOf: null, accounts: [] })
      refused.close()
    })
  })

  it('answers from the file of a dead search by beginnings, with its age, though Redis and Postgres are dead as well', async () => {
    const folder = temporaryFolder()
    const path = searchStorePath(folder, 'search')
    const [account] = demoCustomers({ count: 1 })
    const { accountNumber, meterNumber, personal } = account!
    const store = new SearchStore(path, 'log')
    const kept = { accountNumber, meterNumber, name: 'Ada Quillstone', phones: personal.phones, closed: false, asOf: answer.asOf!, flags: [], ...personal.address }
    store.apply('accounts/0', '1', answer.asOf!, () => store.put(accountNumber, '1', kept))
    store.close()
    const acts: Act[] = []
    const context = { ...contextOf(null, acts), searchFile: path }
    for (const typed of ['quill', 'ada quill', accountNumber.slice(0, 7), personal.phones[0]!]) {
      expect(await findAccountsByWords(context, agent, typed)).toMatchObject({ kind: 'beginnings', asOf: answer.asOf, accounts: [{ accountNumber, name: 'Ada Quillstone' }] })
    }
    expect(acts).toHaveLength(4)
    expect(await findAccountsByWords(context, agent, 'nobody so')).toEqual({ kind: 'beginnings', complete: false, asOf: answer.asOf, accounts: [] })
  })

  it('keeps who looked a caller up by one fact, and lets nobody whose role does not search', async () => {
    const [account] = demoCustomers({ count: 1 })
    const redisUrl = await freshRedis()
    const redis = new Redis(redisUrl)
    await putAccounts(redis, [{ version: '1', asOf: '2026-01-31T04:05:06.789Z', account: account! }])
    // Whole: what is not there does not exist.
    await redis.set(projectionKeys.logId, 'log')
    await redis.hset(projectionKeys.currentAt, 'accounts/0', '2026-01-31T04:05:06.789Z')
    redis.disconnect()
    const sources = createReadSources({ redisUrl, databaseUrl: 'postgresql://nobody:none@127.0.0.1:1/none' })
    try {
      await vi.waitFor(() => expect(sources.redis.client.status).toBe('ready'), { timeout: PATIENT_MS })
      const acts: Act[] = []
      const context = { ...contextOf(null, acts), sources }
      const found = await vi.waitFor(() => findAccountsByFact(context, agent, account!.accountNumber), { timeout: PATIENT_MS })
      expect(found.map(({ value }) => value.accountNumber)).toEqual([account!.accountNumber])
      expect(acts).toMatchObject([{ actor: { id: agent.staffId }, act: 'search.asked', after: { shown: [account!.accountNumber] } }])
      await expect(findAccountsByFact(context, { ...agent, role: 'auditor' }, account!.accountNumber)).rejects.toThrow(ForbiddenError)
      expect(acts).toHaveLength(1)
    } finally {
      await sources.close()
    }
  })

  it('tells names to nobody without the token', async () => {
    await withServer(async (_search, typed, url) => {
      const ask = (headers: HeadersInit, path = '/search') => fetch(`${url}${path}`, { method: 'POST', headers, body: 'ada' }).then(({ status }) => status)
      expect(await ask({})).toBe(401)
      expect(await ask({ authorization: 'Bearer x' })).toBe(401)
      expect(typed).toEqual([])
    })
  })
})
