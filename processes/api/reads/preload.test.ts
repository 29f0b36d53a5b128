import { hash } from 'node:crypto'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { freshRedis } from '../../../bin/test-support/fresh-redis.ts'
import { coreRows, ownCoreSim } from '../../../bin/test-support/own-core-sim.ts'
import { coreOf } from '../../../bin/test-support/own-sync.ts'
import { systemClock, systemRandom } from '../../../domain/clock.ts'
import type { EventEnvelope } from '../../../domain/event.ts'
import type { AccountsSynced } from '../../../domain/operations.ts'
import { putAccounts } from '../../../server/accounts/account-cache.ts'
import { judgeRow } from '../../../server/accounts/sync/judge-row.ts'
import { syncedEventId } from '../../../server/accounts/sync/request-full-load.ts'
import type { CoreSystem } from '../../../server/core-system/core-system.ts'
import { DropFolder } from '../../../server/core-system/file-drop/file-drop.fixture.ts'
import { guardCoreSystem } from '../../../server/core-system/guard-core-system.ts'
import { parseServiceTokens } from '../../../server/identity/service-token.ts'
import { sha256 } from '../../../server/platform/hash.ts'
import { createReadSources } from '../../../server/platform/read-sources.ts'
import { utility } from '../../../utility.config.ts'
import type { CoreSim } from '../../core-sim/start-core-sim.ts'
import { openDoor } from '../door/door-fixture.ts'
import { preload } from './preload.ts'

const NOWHERE = 'postgresql://nobody:none@127.0.0.1:1/none'
const rows = coreRows(30)
const numberOf = (at: number) => rows[at]!.accountNumber
const tokens = parseServiceTokens(`tool:preload:${hash('sha256', 'a-token')},staff-tool:preload+accept-difference:${hash('sha256', 'staff-token')}`)

async function openPreload(core: CoreSim) {
  return openPreloadFrom(coreOf(core))
}

async function openPreloadFrom(connected: CoreSystem) {
  const sources = createReadSources({ redisUrl: await freshRedis(), databaseUrl: NOWHERE })
  const door = await openDoor({
    alsoServe: (api) => preload(api, { log: { append: (events) => door.log.append(events), find: (topic, id) => door.log.find(topic, id) }, core: connected, sources, utility, clock: systemClock, random: systemRandom, tokens }),
  })
  onTestFinished(async () => {
    await door.close()
    await connected.close()
    await sources.close()
  })
  const ask = (body: unknown, token = 'a-token') =>
    fetch(`${door.url}/api/v1/preload`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }, body: JSON.stringify(body) })
  const events = async () => {
    const envelopes: EventEnvelope[] = []
    for await (const batch of door.log.read('accounts/0', null, { signal: new AbortController().signal, follow: false })) envelopes.push(...batch.map(({ envelope }) => envelope))
    return envelopes
  }
  const get = (runId: string) => fetch(`${door.url}/api/v1/preload/${runId}`, { headers: { authorization: 'Bearer a-token' } })
  return { door, connected, sources, ask, events, get }
}

describe('POST /api/v1/preload @reads @sync', () => {
  it('puts no older word over one that came while it was fetched', async () => {
    const { connected, sources, ask, events } = await openPreload(await ownCoreSim(20))
    const [older, newer] = [rows[2]!, { ...rows[2]!, name: 'Newer' }].map((row) => judgeRow(row, { country: 'US', language: 'en' }))
    if (!('account' in older!) || !('account' in newer!)) throw new Error('a demo row is an account')
    const asOf = '2026-01-31T04:00:00.000Z'
    await vi.waitFor(() => expect(sources.redis.client.status).toBe('ready'))
    await putAccounts(sources.redis.client, [{ version: '1', asOf, account: older.account }])
    vi.spyOn(connected, 'account').mockImplementationOnce(async () => {
      await putAccounts(sources.redis.client, [{ version: '2', asOf, account: newer.account }])
      return rows[2]!
    })
    expect(await (await ask({ accountNumbers: [numberOf(2)] })).json()).toEqual({ accounts: [{ accountNumber: numberOf(2), outcome: 'unchanged' }] })
    expect(await events()).toEqual([])
  })

  it('brings accounts by their numbers and says of each what became of it', async () => {
    const core = await ownCoreSim(20)
    core.history.append([{ accountNumber: numberOf(3), row: { ...rows[3]!, phones: ['none'] } }])
    const { sources, ask, events } = await openPreload(core)
    const judged = judgeRow(rows[2], { country: 'US', language: 'en' })
    if (!('account' in judged)) throw new Error('a demo row is an account')
    await vi.waitFor(() => expect(sources.redis.client.status).toBe('ready'), { timeout: 20_000 })
    await putAccounts(sources.redis.client, [{ version: '1', asOf: '2026-01-31T04:00:00.000Z', account: judged.account }])

    const spaced = `${numberOf(1).slice(0, 4)} ${numberOf(1).slice(4)}`
    const answer = await ask({ accountNumbers: [numberOf(1), numberOf(2), numberOf(3), numberOf(25), numberOf(1)] })
    expect(answer.status).toBe(200)
    expect(await answer.json()).toEqual({
      accounts: [
        { accountNumber: numberOf(1), outcome: 'loaded' },
        { accountNumber: numberOf(2), outcome: 'unchanged' },
        { accountNumber: numberOf(3), outcome: 'rejected', field: 'phones', rule: 'holds something that is not a phone number' },
        { accountNumber: numberOf(25), outcome: 'unknown' },
        { accountNumber: numberOf(1), outcome: 'loaded' },
      ],
    })
    expect((await events()).map(({ type, partitionkey }) => `${type} ${partitionkey}`)).toEqual([`account.upserted.v1 ${numberOf(1)}`])
    await Promise.all(Array.from({ length: 5 }, () => ask({ accountNumbers: [numberOf(1)] })))
    expect(await events(), 'asked again before it is in the cache').toHaveLength(1)
    expect((await ask({ accountNumbers: [spaced] })).status).toBe(200)
  }, 60_000)

  it('looks for no account in files beside the door, and says what to ask for instead', async () => {
    const folder = new DropFolder()
    onTestFinished(() => folder.remove())
    folder.putSnapshot('s', 'ndjson', rows)
    const { connected, ask, events } = await openPreloadFrom(guardCoreSystem(folder.connect()))
    const account = vi.spyOn(connected, 'account')
    const answer = await ask({ accountNumbers: [numberOf(1)] })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([422, 'application/problem+json'])
    const fix = 'This core system gives files: ask for a full load, {"full":true}'
    expect(await answer.json()).toMatchObject({ type: 'urn:stormdoor:problem:invalid-input', errors: [{ field: '/accountNumbers', rule: 'full-load-only', fix }] })
    expect(account).not.toHaveBeenCalled()
    expect(await events()).toEqual([])
    expect((await ask({ full: true })).status).toBe(202)
  }, 60_000)

  it('is refused without a token, with another one, and for what is no request', async () => {
    const { door, ask } = await openPreload(await ownCoreSim(1))
    const without = await fetch(`${door.url}/api/v1/preload`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"full":true}' })
    expect([without.status, without.headers.get('www-authenticate'), without.headers.get('content-type')]).toEqual([401, 'Bearer', 'application/problem+json'])
    expect((await ask({ full: true }, 'another')).status).toBe(401)
    for (const body of [{}, { full: false }, { accountNumbers: [] }, { accountNumbers: ['1'], full: true }, { accountNumbers: Array.from({ length: 1_001 }, () => '1') }]) {
      expect((await ask(body)).status).toBe(422)
    }
  }, 60_000)

  it('lets no program accept a difference but those whose token is for that', async () => {
    const { door, ask } = await openPreload(await ownCoreSim(1))
    const refused = await ask({ full: true, acceptDifference: true })
    expect([refused.status, refused.headers.get('content-type')]).toEqual([403, 'application/problem+json'])
    expect(await refused.json()).toMatchObject({ type: 'urn:stormdoor:problem:forbidden', detail: 'This token is not for accept-difference' })
    expect((await ask({ full: true, acceptDifference: false })).status).toBe(202)

    const taken = await ask({ full: true, acceptDifference: true }, 'staff-token')
    expect(taken.status).toBe(202)
    const { runId } = (await taken.json()) as { runId: string }
    expect((await door.log.find('ops', runId))?.envelope.data).toMatchObject({ acceptDifference: true, by: 'staff-tool' })
  }, 60_000)

  it('answers 503 with Retry-After while the core system is away, and keeps what it had fetched', async () => {
    const core = await ownCoreSim(5)
    const { ask, events } = await openPreload(core)
    core.troubles.mode = { mode: 'maintenance' }
    const answer = await ask({ accountNumbers: [numberOf(1)] })
    expect([answer.status, Number(answer.headers.get('retry-after')) > 0]).toEqual([503, true])
    expect(await answer.json()).toMatchObject({ type: 'urn:stormdoor:problem:core-system-away' })
    expect(await events()).toEqual([])
  }, 60_000)

  it('asks for a full load, and tells how it goes from the log', async () => {
    const { door, ask, get } = await openPreload(await ownCoreSim(1))
    const answer = await ask({ full: true })
    const { runId } = (await answer.json()) as { runId: string }
    expect([answer.status, answer.headers.get('location')]).toEqual([202, `/api/v1/preload/${runId}`])
    expect((await door.log.find('ops', runId))?.envelope.data).toMatchObject({ requestId: runId, kind: 'full', acceptDifference: false, by: 'tool' })
    expect(await (await get(runId)).json()).toEqual({ runId, state: 'under-way' })
    expect((await get('019c0000-0000-7000-8000-000000000000')).status).toBe(404)
    expect((await get('none')).status).toBe(404)

    const at = '2026-01-31T04:00:00.000Z'
    const told = { runId, outcome: 'refused' as const, startedAt: at, endedAt: at, asOf: null, rows: 3, loaded: 0, unchanged: 0, closed: 0, rejected: 0, rejectedRows: [], reasons: [{ code: 'digest-differs', detail: {} }], nextRunAt: null }
    const data: AccountsSynced = { ...told, kind: 'full', cursor: 'secret', etag: 'tag' }
    await door.log.append([{ id: syncedEventId(runId), type: 'accounts.synced.v1', key: 'sync', bodyHash: sha256('x'), data }])
    expect(await (await get(runId)).json()).toEqual({ ...told, state: 'ended' })
  }, 60_000)
})
