import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { freshDatabase } from '../../../bin/test-support/fresh-database.ts'
import { freshRedis } from '../../../bin/test-support/fresh-redis.ts'
import { temporaryFolder } from '../../../bin/test-support/temporary-folder.ts'
import { accountNumberKey } from '../../../domain/account.ts'
import { type Clock, systemClock, systemRandom } from '../../../domain/clock.ts'
import { REVEALED_FOR_MS } from '../../../domain/desk-choices.ts'
import { formatUuid, uuidV7 } from '../../../domain/uuid.ts'
import { foldBatch } from '../../../processes/projector/fold-batch.ts'
import { createPostgresProjection } from '../../../processes/projector/postgres/postgres-projection.ts'
import { createRedisProjection } from '../../../processes/projector/redis/redis-projection.ts'
import { sampleAccount, sampleMatch, sampleNewEvent, sampleReport } from '../../../processes/projector/sample-events.ts'
import { utility } from '../../../utility.config.ts'
import { type AuditTrail, recordActs } from '../../audit/record-acts.ts'
import type { Staff, StaffRole } from '../../identity/staff.ts'
import { AuditUnavailableError, ConflictError, ForbiddenError, InvalidInputError, LogUnavailableError, NotFoundError, ReadsUnavailableError } from '../../platform/errors.ts'
import type { EventLog, Partition, Position } from '../../platform/event-log/event-log.ts'
import { openEventLog } from '../../platform/event-log/open-event-log.ts'
import { createReadSources, type ReadSources } from '../../platform/read-sources.ts'
import { AccountsIndex } from '../accounts-index.ts'
import { loadAccounts } from '../import/load-accounts.ts'
import { flagAccount } from './flag-account.ts'
import { followAccount, lookAtAccount } from './look-at-account.ts'
import { noteAccount } from './note-account.ts'
import { revealAccount } from './reveal-account.ts'

const newId = () => uuidV7(systemClock, systemRandom)
const someone = (name: string, role: StaffRole = 'agent'): Staff => ({ staffId: formatUuid(createHash('sha256').update(name).digest(), 7), name, role })
const agent = someone('First agent')

let log: EventLog
let sources: ReadSources
let audit: AuditTrail
let databaseUrl: string
let redisUrl: string
let number = 0
/** Of this test alone. */
let accountNumber: string
let accountKey: string

const newTrail = () => recordActs({ log, clock: systemClock, random: systemRandom, logger: { error: () => undefined } })

beforeAll(async () => {
  ;[databaseUrl, redisUrl] = await Promise.all([freshDatabase(), freshRedis()])
  log = await openEventLog({ url: `sqlite:${join(temporaryFolder(), 'log.sqlite')}`, clock: systemClock, region: 'test', node: 'test' })
  sources = createReadSources({ redisUrl, databaseUrl })
  audit = newTrail()
  await log.append(Array.from({ length: 20 }, (_, index) => [sampleNewEvent(sampleAccount(index)), sampleNewEvent(sampleReport(index)), sampleNewEvent(sampleMatch(index, index))]).flat())
  await fold()
})
afterAll(async () => {
  await audit.close()
  await sources.close()
  await log.close()
})
beforeEach(() => {
  accountNumber = sampleAccount(++number).accountNumber
  accountKey = accountNumberKey(accountNumber)
})

/** Folds all that the log has since the last time, and what the trail was told, into both stores or one. */
async function fold(...stores: ('postgres' | 'redis')[]): Promise<void> {
  await audit.close()
  audit = newTrail()
  const options = { logId: log.logId, clock: systemClock }
  for (const store of stores.length > 0 ? stores : (['postgres', 'redis'] as const)) {
    const projection = store === 'redis' ? createRedisProjection({ redisUrl, ...options }) : createPostgresProjection({ databaseUrl, ...options })
    for (const partition of ['accounts/0', 'outages/0', 'identity/0'] as const satisfies Partition[]) {
      let expected: Position | null = await projection.load(partition)
      for await (const records of log.read(partition, expected, { signal: new AbortController().signal, follow: false })) {
        const next = records.at(-1)!.position
        await projection.apply({ partition, expected, next, newestAt: records.at(-1)!.envelope.time }, foldBatch(records))
        expected = next
      }
      await projection.caughtUp(partition)
    }
    await projection.close()
  }
}

const looking = () => ({ sources, audit, clock: systemClock, utility })
const writing = () => ({ log, sources, clock: systemClock })
const noteOf = (text: string) => ({ noteId: newId(), accountNumber, text })
const flaggingOf = (basedOn: string | null, flags: string[]) => ({ flaggingId: newId(), accountNumber, basedOn, flags })
const revealOf = () => ({ revealId: newId(), accountNumber, why: 'caller-verified', words: 'caller named meter and street' })

describe('an account at the desk @desk @audit', () => {
  it('shows no detail of how to reach somebody, and tells the trail of each opening', async () => {
    const seen = await lookAtAccount(looking(), agent, accountNumber)
    expect(seen).toMatchObject({ accountNumber, name: `Customer ${number}`, masked: { phones: [`••• 0${number}`], email: 'c•••@•••.com', street: '••• North Elm Street', town: 'Harbor, 95404' } })
    expect(seen.timeline.items).toMatchObject([{ kind: 'report', reportId: sampleReport(number).reportId, delivery: 'waiting' }])
    expect(JSON.stringify(seen)).not.toMatch(/555100000|customer\d+@|\d North Elm/)
    await lookAtAccount(looking(), agent, accountNumber)
    await followAccount(looking(), agent, accountNumber, null)
    await fold()
    const later = await followAccount(looking(), agent, accountNumber, null)
    const looks = later.timeline.items.filter((item) => item.kind === 'act')
    expect(looks.map(({ act }) => act)).toEqual(['account.looked-at', 'account.looked-at'])
  })

  it('tells the trail also of whoever asks without a page, and of numbers that are none', async () => {
    const other = someone('Without a page')
    await followAccount(looking(), other, accountNumber, null)
    await expect(lookAtAccount(looking(), other, '4100-999999')).rejects.toThrow(NotFoundError)
    await fold()
    expect(await acts(other)).toEqual([['account.looked-at', accountKey], ['account.looked-at', '4100999999']])
  })

  it('is for the roles that may, and for nobody while looks cannot be kept', async () => {
    const auditor = someone('Auditor', 'auditor')
    await expect(lookAtAccount(looking(), auditor, accountNumber)).resolves.toBeDefined()
    await expect(revealAccount({ audit, sources, clock: systemClock }, auditor, revealOf())).rejects.toThrow(ForbiddenError)
    await expect(noteAccount(writing(), auditor, noteOf('x'))).rejects.toThrow(ForbiddenError)
    await expect(flagAccount(writing(), auditor, flaggingOf(null, []))).rejects.toThrow(ForbiddenError)
    const refusing = { ...audit, check: () => { throw new AuditUnavailableError('away') } }
    await expect(lookAtAccount({ ...looking(), audit: refusing }, agent, accountNumber)).rejects.toThrow(AuditUnavailableError)
  })
})

describe('what the core system changed @desk @audit', () => {
  it('stands in the timeline with the fields that differ, never with what they hold', async () => {
    const index = new AccountsIndex(join(temporaryFolder(), 'index.sqlite'), log.logId)
    onTestFinished(() => index.close())
    const account = sampleAccount(number)
    const accounts = [{ ...account, meterNumber: 'M-other', personal: { ...account.personal, phones: ['+15555550188'] } }]
    expect(await loadAccounts({ log, index, accounts })).toEqual({ loaded: 1, unchanged: 0 })
    await fold()
    const { timeline } = await followAccount(looking(), agent, accountNumber, null)
    expect(timeline.items.filter((item) => item.kind === 'act' && item.act === 'account.changed')).toMatchObject([{ actorKind: 'system', name: null, fields: ['phones', 'meterNumber'] }])
    expect(JSON.stringify(timeline)).not.toMatch(/5550188|M-other/)
  })
})

describe('a reveal @desk @audit', () => {
  it('is in the log with its reason before anything is shown; without the log nothing is', async () => {
    const shown = await revealAccount({ audit, sources, clock: systemClock }, agent, revealOf())
    expect(shown).toMatchObject({ phones: sampleAccount(number).personal.phones, email: `customer${number}@example.com`, address: { line1: `${number} North Elm Street` } })
    const away = { append: () => Promise.reject(new LogUnavailableError('away')) }
    await expect(revealAccount({ audit: away, sources, clock: systemClock }, agent, revealOf())).rejects.toThrow(LogUnavailableError)
    await fold()
    expect(await acts(agent)).toContainEqual(['account.revealed', accountKey])
    expect((await lookAtAccount(looking(), agent, accountNumber)).timeline.items).toContainEqual(expect.objectContaining({ reason: 'caller-verified: caller named meter and street' }))
  })

  it('wants a reason in words, and takes one for one time only', async () => {
    const context = { audit, sources, clock: systemClock }
    await expect(revealAccount(context, agent, { ...revealOf(), words: ' x ' })).rejects.toThrow(InvalidInputError)
    await expect(revealAccount(context, agent, { ...revealOf(), why: 'curious' })).rejects.toThrow(InvalidInputError)
    const once = revealOf()
    await revealAccount(context, agent, once)
    await expect(revealAccount(context, agent, once)).resolves.toBeDefined()
    const later: Clock = { ...systemClock, nowMs: () => systemClock.nowMs() + REVEALED_FOR_MS }
    await expect(revealAccount({ ...context, clock: later }, agent, once)).rejects.toThrow(ConflictError)
    const another = someone('Another')
    await revealAccount(context, another, once)
    await fold()
    expect(await acts(another), 'an id seen with somebody else takes nothing from anybody').toEqual([['account.revealed', accountKey]])
  })
})

describe('a note @desk', () => {
  it('is written once, however often it is sent, and seen by others', async () => {
    const note = noteOf('Dog in the yard.')
    const [first, again] = [await noteAccount(writing(), agent, note), await noteAccount(writing(), agent, note)]
    expect(again).toEqual(first)
    await expect(noteAccount(writing(), agent, { ...note, text: 'Something else' })).rejects.toThrow(ConflictError)
    const other = { ...note, accountNumber: sampleAccount(0).accountNumber, text: 'By another, under the same id' }
    await expect(noteAccount(writing(), someone('Third agent'), other)).resolves.toMatchObject({ text: other.text })
    await expect(noteAccount(writing(), agent, { ...noteOf('x'), accountNumber: '4100-999999' })).rejects.toThrow(NotFoundError)
    await fold()
    const { timeline } = await followAccount(looking(), someone('Second agent'), accountNumber, null)
    expect(timeline.items.filter((item) => item.kind === 'note')).toMatchObject([{ name: 'First agent', text: 'Dog in the yard.' }])
  })

  it('is seen as soon as either store has it, once', async () => {
    const notes = async () => (await followAccount(looking(), agent, accountNumber, null)).timeline.items.flatMap((item) => (item.kind === 'note' ? [item.text] : []))
    await noteAccount(writing(), agent, noteOf('In Redis first.'))
    await fold('redis')
    expect(await notes()).toEqual(['In Redis first.'])
    await fold('postgres')
    await noteAccount(writing(), agent, noteOf('In Postgres first.'))
    await fold('postgres')
    expect(await notes()).toEqual(['In Postgres first.', 'In Redis first.'])
    await fold('redis')
  })

  it('is paged without a gap or a repeat, also when many are of one moment', async () => {
    const at = systemClock.nowMs()
    const still: Clock = { ...systemClock, nowMs: () => at }
    for (let number = 0; number < 40; number++) await noteAccount({ log, sources, clock: still }, agent, noteOf(`Note ${number}`))
    await fold()
    const seen: string[] = []
    for (let next: string | null = null, pages = 0; pages === 0 || next !== null; pages++) {
      const page: Awaited<ReturnType<typeof followAccount>> = await followAccount(looking(), agent, accountNumber, next)
      seen.push(...page.timeline.items.flatMap((item) => (item.kind === 'note' ? [item.text] : [])))
      next = page.timeline.next
    }
    expect(seen.toSorted()).toEqual(Array.from({ length: 40 }, (_, number) => `Note ${number}`).toSorted())
  })
})

describe('flags @desk', () => {
  it('of fifty changes at once exactly one counts, and each of the others is told whose', async () => {
    const changes = Array.from({ length: 50 }, (_, number) => ({ staff: someone(`Agent ${number}`), input: flaggingOf(null, number % 2 === 0 ? ['do-not-call'] : ['safety-risk']) }))
    const results = await Promise.all(changes.map(({ staff, input }) => flagAccount(writing(), staff, input)))
    const winner = results.findIndex(({ outcome }) => outcome === 'saved')
    expect(results.filter(({ outcome }) => outcome === 'saved')).toHaveLength(1)
    for (const { flags } of results) expect(flags.changed?.actor.name).toBe(`Agent ${winner}`)
    await fold()
    const { flags, timeline } = await lookAtAccount(looking(), agent, accountNumber)
    expect(flags).toEqual(results[winner]!.flags)
    expect(timeline.items.filter((item) => item.kind === 'flags')).toHaveLength(1)
  })

  it('go on from what stands, at once and sent again; what is based on nothing known counts for nothing', async () => {
    const first = await flagAccount(writing(), agent, flaggingOf(null, ['safety-risk', 'do-not-call', 'safety-risk']))
    const next = flaggingOf(first.flags.changed!.flaggingId, [])
    expect(await flagAccount(writing(), agent, next)).toMatchObject({ outcome: 'saved', flags: { flags: [] } })
    expect(await flagAccount(writing(), agent, next)).toMatchObject({ outcome: 'saved', flags: { flags: [] } })
    expect(await flagAccount(writing(), agent, flaggingOf(newId(), ['do-not-call']))).toMatchObject({ outcome: 'overtaken', flags: { flags: [] } })
    expect(first.flags.flags).toEqual(['safety-risk', 'do-not-call'])
    await fold()
    expect(await flagsBefore()).toEqual([{ basedOn: null, flags: [] }, { basedOn: first.flags.changed!.flaggingId, flags: ['safety-risk', 'do-not-call'] }])
  })
})

describe('without a store @desk', () => {
  it('without Postgres: details, flags, notes and reports from Redis, and says what is missing; without both: nothing', async () => {
    await noteAccount(writing(), agent, noteOf('Dog in the yard.'))
    await flagAccount(writing(), agent, flaggingOf(null, ['do-not-call']))
    await fold()
    const without = createReadSources({ redisUrl, databaseUrl: 'postgres://nobody@127.0.0.1:1/none' })
    onTestFinished(() => without.close())
    await vi.waitFor(() => expect(without.redis.client.status).toBe('ready'))
    const seen = await lookAtAccount({ ...looking(), sources: without }, agent, accountNumber)
    expect(seen).toMatchObject({ source: 'redis', flags: { flags: ['do-not-call'] }, timeline: { missing: ['older-notes', 'acts'] } })
    expect(seen.timeline.items.map(({ kind }) => kind).toSorted()).toEqual(['flags', 'note', 'report'])
    const neither = createReadSources({ redisUrl: 'redis://127.0.0.1:1', databaseUrl: 'postgres://nobody@127.0.0.1:1/none' })
    onTestFinished(() => neither.close())
    await expect(lookAtAccount({ ...looking(), sources: neither }, agent, accountNumber)).rejects.toThrow(ReadsUnavailableError)
  })
})

async function rowsOf<R extends object>(sql: string, values: unknown[]): Promise<R[]> {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  const { rows } = await client.query<R>(sql, values)
  await client.end()
  return rows
}

async function acts(staff: Staff): Promise<[string, string][]> {
  const rows = await rowsOf<{ act: string; subject_id: string }>('SELECT act, subject_id FROM portal.audit_entry WHERE actor_id = $1 ORDER BY at, entry_id', [staff.staffId])
  return rows.map(({ act, subject_id: subject }) => [act, subject])
}

async function flagsBefore(): Promise<unknown[]> {
  const rows = await rowsOf<{ before: unknown }>("SELECT before FROM portal.audit_entry WHERE act = 'account.flagged' AND subject_id = $1 ORDER BY version", [accountKey])
  return rows.map((row) => row.before)
}
