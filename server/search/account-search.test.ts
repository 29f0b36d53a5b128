import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { demoCustomers } from '../../bin/demo/demo-customers.ts'
import type { Account } from '../../domain/account.ts'
import { systemClock, systemRandom } from '../../domain/clock.ts'
import type { NewEvent } from '../../domain/event.ts'
import { uuidV7 } from '../../domain/uuid.ts'
import type { EventLog } from '../platform/event-log/event-log.ts'
import { openEventLog } from '../platform/event-log/open-event-log.ts'
import { sha256 } from '../platform/hash.ts'
import { runAccountSearch, type RunningSearch } from './account-search.ts'
import { findInSearchFile } from './find-in-search-file.ts'
import { SearchStore } from './search-store.ts'

/** The machine may be busy with other tests. */
const PATIENT_MS = 30_000
const ASK_EVERY_MS = 2
const quiet = { warn: () => undefined, info: () => undefined }
let folder: string
let log: EventLog
let ends: (() => Promise<void>)[]

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'search-'))
  log = await openEventLog({ url: `sqlite:${join(folder, 'log.sqlite')}`, clock: systemClock, region: 'local', node: 'test' })
  ends = []
})
afterEach(async () => {
  for (const end of ends.toReversed()) await end()
  await log.close()
  rmSync(folder, { recursive: true, force: true })
})

const file = () => join(folder, 'search', 'node.sqlite')
function start(from: Pick<EventLog, 'partitions' | 'read' | 'end'> = log, logId = log.logId): RunningSearch {
  const store = new SearchStore(file(), logId)
  const search = runAccountSearch({ log: from, store, clock: systemClock, logger: quiet })
  ends.push(async () => {
    await search.stop()
    store.close()
  })
  return search
}
async function stopLast(): Promise<void> {
  await ends.pop()!()
}

const [first, second] = [...demoCustomers({ count: 2 })] as [Account, Account]
const named = (account: Account, name: string): Account => ({ ...account, personal: { ...account.personal, name } })
function event<T extends NewEvent['type']>(type: T, key: string, data: NewEvent<T>['data']): NewEvent<T> {
  return { id: uuidV7(systemClock, systemRandom), type, key, bodyHash: sha256(JSON.stringify(data)), data }
}
const upserted = (account: Account) => event('account.upserted.v1', account.accountNumber, account)
const numbersFor = (search: RunningSearch, typed: string) => search.ask(typed).accounts.map(({ accountNumber }) => accountNumber)

describe('the search of accounts @search', () => {
  it('finds what the log has, and each change as it comes', async () => {
    await log.append([upserted(named(first, 'Ada Quillstone'))])
    const search = start()
    await search.complete
    expect(numbersFor(search, 'quilstone')).toEqual([first.accountNumber])
    await log.append([upserted(named(second, 'Bea Quillstone')), upserted(named(first, 'Ada Marrow'))])
    await expect.poll(() => numbersFor(search, 'quillstone')).toEqual([second.accountNumber])
    expect(numbersFor(search, 'marrow')).toEqual([first.accountNumber])
    expect(search.ask('marrow').complete).toBe(true)
    expect(Date.parse(search.ask('marrow').asOf!)).toBeGreaterThan(systemClock.nowMs() - 60_000)
  })

  it('shows as much as it takes to choose, with flags, and a closed account as closed', async () => {
    await log.append([upserted(named(first, 'Ada Quillstone'))])
    const search = start()
    await search.complete
    await log.append([event('account.flagged.v1', first.accountNumber, { flaggingId: uuidV7(systemClock, systemRandom), accountNumber: first.accountNumber, basedOn: null, flags: ['safety-risk'], at: new Date(systemClock.nowMs()).toISOString(), actor: { staffId: uuidV7(systemClock, systemRandom), name: 'Staff' } })])
    await log.append([event('account.closed.v1', first.accountNumber, { accountNumber: first.accountNumber })])
    await expect.poll(() => search.ask('quillstone').accounts[0]?.closed).toBe(true)
    const [shown] = search.ask('ada quilstone').accounts
    expect(shown).toMatchObject({ name: 'Ada Quillstone', flags: ['safety-risk'], matched: ['ada', 'quillstone'], phoneEnds: first.personal.phones.map((phone) => phone.slice(-4)) })
    expect(JSON.stringify(shown)).not.toContain(first.personal.phones[0]!.slice(0, -4))
    expect(JSON.stringify(shown)).not.toContain(first.personal.email ?? first.meterNumber)
  })

  it('takes an older word for none, whichever comes first', async () => {
    const envelopes: NewEvent[] = [upserted(named(first, 'Ada Quillstone'))]
    await log.append(envelopes)
    const [partition] = await log.partitions('accounts')
    const [record] = (await readAll(log, partition!)) as [Awaited<ReturnType<typeof readAll>>[number]]
    const older = { ...record, position: `${record.position}9`, envelope: { ...record.envelope, hlc: '0'.repeat(16), data: named(first, 'Ada Marrow') } }
    const search = start({
      partitions: () => Promise.resolve([partition!]),
      end: () => Promise.resolve(null),
      read: async function* (_partition, after) {
        if (after === null) yield [record, older]
        await Promise.resolve()
      },
    })
    await search.complete
    expect([numbersFor(search, 'quillstone'), numbersFor(search, 'marrow')]).toEqual([[first.accountNumber], []])
  })

  it('passes over what cannot be read', async () => {
    const { personal: _left, ...rest } = first
    for (const type of ['account.upserted.v1', 'account.closed.v1', 'account.flagged.v1'] as const) {
      await log.append([event(type, first.accountNumber, rest as unknown as Account), event(type, first.accountNumber, null as unknown as Account)])
    }
    await log.append([upserted(named(second, 'Bea Quillstone'))])
    const search = start()
    await search.complete
    expect(numbersFor(search, 'quillstone')).toEqual([second.accountNumber])
  })

  it('goes on where it was when it is started again, also after it was stopped half-way, and says so while it reads', async () => {
    const accounts = [...demoCustomers({ count: 1_200 })]
    await log.append(accounts.map(upserted))
    const readFrom: (string | null)[] = []
    const gate = Promise.withResolvers<void>()
    const slow: Pick<EventLog, 'partitions' | 'read' | 'end'> = {
      partitions: (topic) => log.partitions(topic),
      end: (partition) => log.end(partition),
      read: async function* (partition, after, options) {
        readFrom.push(after)
        let batches = 0
        for await (const batch of log.read(partition, after, options)) {
          yield batch
          if (++batches === 2) await Promise.race([gate.promise, new Promise((resolve) => options.signal.addEventListener('abort', resolve, { once: true }))])
          if (options.signal.aborted) return
        }
      },
    }
    const begun = start(slow)
    const known = accounts[0]!
    await expect.poll(() => numbersFor(begun, known.accountNumber)[0]).toBe(known.accountNumber)
    expect(begun.ask(known.accountNumber)).toMatchObject({ complete: false, asOf: null })
    await stopLast()
    gate.resolve()
    const again = start(slow)
    await again.complete
    expect(readFrom[0]).toBeNull()
    expect(readFrom[1]).not.toBeNull()
    const last = accounts.at(-1)!
    expect([last, known].map(({ accountNumber }) => numbersFor(again, accountNumber)[0])).toEqual([last.accountNumber, known.accountNumber])
  })

  it('makes its file anew when it is damaged, or of another log', async () => {
    await log.append([upserted(named(first, 'Ada Quillstone'))])
    await start().complete
    await stopLast()
    for (const name of readdirSync(join(folder, 'search'))) writeFileSync(join(folder, 'search', name), 'x'.repeat(statSync(join(folder, 'search', name)).size))
    const afterDamage = start()
    await afterDamage.complete
    expect(numbersFor(afterDamage, 'quillstone')).toEqual([first.accountNumber])
    await stopLast()
    const empty: Pick<EventLog, 'partitions' | 'read' | 'end'> = { partitions: () => Promise.resolve([]), end: () => Promise.resolve(null), read: () => { throw new Error('Nothing to read') } }
    const ofAnother = start(empty, 'another-log')
    await ofAnother.complete
    expect(numbersFor(ofAnother, 'quillstone')).toEqual([])
  })

  it('gives the memory of what was replaced back while it goes on answering', async () => {
    const accounts = [...demoCustomers({ count: 300 })]
    await log.append(accounts.map(upserted))
    await log.append([upserted(named(first, 'Ada Quillstone'))])
    const search = start()
    await search.complete
    expect(search.inMemory()).toEqual({ accounts: 301, replaced: 1 })
    // Each of them once more, and one of them all the time.
    let answers = 0
    let missed = 0
    const asking = new AbortController()
    const agent = (async () => {
      while (!asking.signal.aborted) {
        answers++
        if (numbersFor(search, 'quillstone')[0] !== first.accountNumber) missed++
        await systemClock.sleep(ASK_EVERY_MS)
      }
    })()
    for (let at = 0; at < accounts.length; at += 100) await log.append(accounts.slice(at, at + 100).map((account) => upserted(named(account, account.accountNumber === first.accountNumber ? 'Ada Quillstone' : `${account.personal.name} Marrow`))))
    const last = accounts.at(-1)!
    await log.append([upserted(named(last, 'Bea Fennimore'))])
    await expect.poll(() => numbersFor(search, 'fennimore'), { timeout: PATIENT_MS }).toEqual([last.accountNumber])
    await expect.poll(() => search.inMemory().replaced, { timeout: PATIENT_MS }).toBeLessThan(250)
    expect(numbersFor(search, 'fennimore')).toEqual([last.accountNumber])
    asking.abort()
    await agent
    expect(answers).toBeGreaterThan(1)
    expect(missed).toBe(0)
    const { accounts: inMemory, replaced } = search.inMemory()
    expect(inMemory - replaced).toBe(accounts.length)
  })
})

describe('the file that the search leaves @search', () => {
  const typedFor = (typed: string) => findInSearchFile(file(), typed)?.accounts.map(({ accountNumber }) => accountNumber)

  it('answers by words as they stand and the beginning of the last, with its age, and forgets what was', async () => {
    await log.append([upserted(named(first, 'José Quillstone')), upserted(named(second, 'Bea Marrow'))])
    await start().complete
    await stopLast()
    const { accountNumber, meterNumber, personal } = first
    const phone = personal.phones[0]!.slice(-10)
    const typed = ['quillstone', 'quil', 'jose quil', 'quillstone jose', accountNumber, accountNumber.slice(0, -2), meterNumber, phone, `(${phone.slice(0, 3)}) ${phone.slice(3, 6)}-${phone.slice(6, 8)}`, phone.slice(3), personal.address.line1, `${personal.address.line1.split(' ')[0]!} quillst`]
    expect(typed.map((words) => typedFor(words)?.includes(accountNumber))).toEqual(typed.map(() => true))
    expect(['qu', 'quillstone bea', 'quilstone', '"', 'quillstone OR marrow', '', 'a*'].map(typedFor)).toEqual(Array.from({ length: 7 }, () => []))
    const answer = findInSearchFile(file(), 'quil')!
    expect(answer.accounts[0]).toMatchObject({ name: 'José Quillstone', matched: ['quillstone'] })
    expect(Math.abs(systemClock.nowMs() - Date.parse(answer.asOf!))).toBeLessThan(60_000)
    await log.append([upserted(named(first, 'José Fennimore'))])
    await start().complete
    await stopLast()
    expect([typedFor('quil'), typedFor('fenni')]).toEqual([[], [accountNumber]])
    expect(readdirSync(join(folder, 'search')).filter((name) => readFileSync(join(folder, 'search', name)).includes('quillstone'))).toEqual([])
  })

  it('is none when it is missing, damaged, or was never read into', () => {
    expect(findInSearchFile(file(), 'quil')).toBeNull()
    new SearchStore(file(), log.logId).close()
    expect(findInSearchFile(file(), 'quil')).toBeNull()
    writeFileSync(file(), 'x'.repeat(10_000))
    expect(findInSearchFile(file(), 'quil')).toBeNull()
  })
})

async function readAll(from: EventLog, partition: Parameters<EventLog['read']>[0]) {
  const records = []
  for await (const batch of from.read(partition, null, { signal: new AbortController().signal, follow: false })) records.push(...batch)
  return records
}
