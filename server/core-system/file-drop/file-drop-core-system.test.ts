import { appendFileSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { gzipSync } from 'node:zlib'
import { describeCoreSystem } from '../conformance.ts'
import { coreAccountSchema, type CoreAccount } from '../core-account.ts'
import { CoreAnswerError, CoreGoneError } from '../core-errors.ts'
import type { CoreCall, CoreChanges } from '../core-system.ts'
import { DropFolder, openDropFolder } from './file-drop.fixture.ts'

describeCoreSystem('a folder of NDJSON', () => openDropFolder('ndjson'))
describeCoreSystem('a folder of packed CSV', () => openDropFolder('csv.gz'))

const call: CoreCall = { signal: new AbortController().signal }
const example = coreAccountSchema.meta()!['example'] as CoreAccount
const rows = Array.from({ length: 10 }, (_, index): CoreAccount => ({ ...example, accountNumber: `4100 ${index}` }))
const failure = async (promise: Promise<unknown>): Promise<unknown> => promise.then((value) => expect.fail(`resolved with ${JSON.stringify(value)}`), (error: unknown) => error)

function opened() {
  const folder = new DropFolder()
  const core = folder.connect()
  onTestFinished(async () => {
    await core.close()
    folder.remove()
  })
  const changes = async (since: string, limit = 100) => (await core.accountChanges(since, limit, null, call)) as CoreChanges
  return { folder, core, changes }
}
const closing = (accountNumber: string) => `${JSON.stringify({ type: 'closed', accountNumber })}\n`
const numbersOf = ({ changes }: CoreChanges) => changes.map((change) => (change.type === 'closed' ? change.accountNumber : change.account))

describe('snapshots of a folder @core', () => {
  it('takes none before its manifest is whole, and none whose file is still being copied', async () => {
    const { folder, core } = opened()
    expect(await failure(core.snapshot(null, call))).toMatchObject({ name: 'CoreUnavailableError', kind: 'no-snapshot', throttled: true })
    folder.putSnapshot('old', 'ndjson', rows.slice(0, 3), { asOf: '2026-01-30T04:00:00Z' })
    folder.putSnapshot('new', 'ndjson.gz', rows, { asOf: '2026-01-31T04:00:00Z' })
    const manifest = join(folder.inbox, 'accounts-new.manifest.json')
    const whole = readFileSync(manifest)
    expect(await core.snapshot(null, call)).toMatchObject({ snapshotId: 'new', accounts: 10, changesFrom: '1-0' })
    truncateSync(manifest, whole.length - 9)
    expect(await core.snapshot(null, call)).toMatchObject({ snapshotId: 'old' })
    const bytes = readFileSync(join(folder.inbox, 'accounts-new.ndjson.gz')).length
    for (const [told, snapshotId] of [[bytes + 1, 'old'], [bytes, 'new']] as const) {
      writeFileSync(manifest, JSON.stringify({ ...(JSON.parse(whole.toString()) as object), bytes: told }))
      expect(await core.snapshot(null, call)).toMatchObject({ snapshotId })
    }
    rmSync(join(folder.inbox, 'accounts-new.ndjson.gz'))
    expect(await core.snapshot(null, call)).toMatchObject({ snapshotId: 'old' })
  })

  it('reads a page from its own place in the file, packed or not, and unpacks once', async () => {
    const { folder, core } = opened()
    folder.putSnapshot('s', 'ndjson.gz', rows)
    const first = await core.snapshotPage('s', null, 4, call)
    const unpacked = join(folder.inbox, 'accounts-s.ndjson.unpacked')
    const plain = readFileSync(unpacked, 'utf8')
    expect(Number(first.next)).toBe(Buffer.byteLength(plain.split('\n').slice(0, 4).join('\n')) + 1)
    // What stands before the page is not looked at.
    writeFileSync(unpacked, plain.replace(/^.{20}/, ' '.repeat(20)))
    expect((await core.snapshotPage('s', first.next, 4, call)).rows).toEqual(rows.slice(4, 8))
    expect(readFileSync(unpacked, 'utf8').startsWith(' ')).toBe(true)
    const later = new Date(Date.now() + 60_000)
    folder.put('accounts-s.ndjson.gz', gzipSync(`${JSON.stringify(rows[0])}\n`))
    utimesSync(join(folder.inbox, 'accounts-s.ndjson.gz'), later, later)
    expect(await core.snapshotPage('s', null, 4, call)).toEqual({ rows: [rows[0]], next: null })
    expect(await failure(core.snapshotPage('s', first.next, 4, call))).toBeInstanceOf(CoreGoneError)
    rmSync(join(folder.inbox, 'accounts-s.ndjson.gz'))
    folder.putSnapshot('t', 'ndjson.gz', rows)
    await core.snapshotPage('t', null, 4, call)
    expect(readdirSync(folder.inbox).filter((name) => name.endsWith('.unpacked'))).toEqual(['accounts-t.ndjson.unpacked'])
  })

  it.each(['ndjson', 'csv'] as const)('reads %s of any length, wherever its rows are cut', async (kind) => {
    const { folder, core } = opened()
    const many = Array.from({ length: 1_500 }, (_, index): CoreAccount => ({ ...example, accountNumber: `4100 ${index}`, name: `Line\n"${index}" ${'ü'.repeat(index % 60)}` }))
    folder.putSnapshot('s', kind, many)
    const told: unknown[] = []
    for (let after: string | null = null, more = true; more;) {
      const page = await core.snapshotPage('s', after, 600, call)
      told.push(...page.rows)
      after = page.next
      more = after !== null
    }
    expect(told.map((row) => (row as CoreAccount).name)).toEqual(many.map(({ name }) => name))
    expect(await core.account('4100 1499', call)).toMatchObject({ name: many[1_499]!.name })
  })

  it('judges a bad line by itself, in NDJSON and in CSV', async () => {
    const { folder, core } = opened()
    folder.putSnapshot('s', 'ndjson', rows)
    folder.put('accounts-s.ndjson', Buffer.concat([Buffer.from(`${JSON.stringify(rows[0])}\n{broken\n\n"text"\n`), Buffer.from('{"name":"\xe9"}\n', 'latin1'), Buffer.from(JSON.stringify(rows[1]))]))
    expect(await core.snapshotPage('s', null, 10, call)).toEqual({ rows: [rows[0], null, 'text', null, rows[1]], next: null })

    folder.putSnapshot('c', 'csv', rows.slice(0, 3))
    const [header, ...lines] = readFileSync(join(folder.inbox, 'accounts-c.csv'), 'utf8').split('\r\n')
    folder.put('accounts-c.csv', [header, lines[0], 'too,few', `qu"o"ted,${lines[1]}`, lines[2]].join('\n'))
    const { rows: told } = await core.snapshotPage('c', null, 10, call)
    expect(told.map((row) => (row as CoreAccount | null)?.accountNumber)).toEqual(['4100 0', undefined, undefined, '4100 2'])
    expect(told[0]).toMatchObject({ phones: ['(707) 555-0142'], latitude: 38.4405, medicalEquipment: 'no' })
  })

  it('believes no file that cannot be one: another header, a quote without an end, gzip that is cut off', async () => {
    const { folder, core } = opened()
    for (const [kind, content] of [['csv', 'account_number,name\n1,2\n'], ['csv', ''], ['csv.gz', gzipSync('x'.repeat(10_000)).subarray(0, 20)]] as const) {
      folder.putSnapshot('s', kind, rows)
      folder.put(`accounts-s.${kind}`, content)
      expect(await failure(core.snapshotPage('s', null, 5, call))).toBeInstanceOf(CoreAnswerError)
      rmSync(join(folder.inbox, `accounts-s.${kind}`))
    }
    folder.putSnapshot('s', 'csv', rows)
    appendFileSync(join(folder.inbox, 'accounts-s.csv'), `"${'never closed\n'.repeat(40_000)}`)
    expect((await core.snapshotPage('s', null, 5, call)).rows).toHaveLength(5)
    expect(await failure(core.snapshotPage('s', null, 100, call))).toBeInstanceOf(CoreAnswerError)
    expect(await failure(core.snapshotPage('x/../accounts-s', null, 5, call))).toBeInstanceOf(CoreGoneError)
  })
})

describe('changes of a folder @core', () => {
  it('takes a growing file as far as it is whole, and its half line once the next file stands there', async () => {
    const { folder, changes } = opened()
    expect(await changes('1-0')).toMatchObject({ changes: [], next: '1-0', more: false })
    folder.put('changes-1.ndjson', `${closing('a')}${closing('b').slice(0, -5)}`)
    const half = await changes('1-0')
    expect(numbersOf(half)).toEqual(['a'])
    appendFileSync(join(folder.inbox, 'changes-1.ndjson'), closing('b').slice(-5, -1))
    expect(await changes(half.next)).toMatchObject({ changes: [] })
    folder.put('changes-2.ndjson', closing('c'))
    expect(numbersOf(await changes(half.next))).toEqual(['b', 'c'])
  })

  it('tells an account by its last change after the snapshot', async () => {
    const { folder, core } = opened()
    folder.putSnapshot('s', 'ndjson', rows)
    const upsert = (name: string) => `${JSON.stringify({ type: 'upsert', account: { ...rows[1]!, name } })}\n`
    folder.put('changes-1.ndjson', `${upsert('First')}${closing('4100 1')}${upsert('Second')}${closing('4100 2')}`)
    expect(await core.account('4100 1', call)).toMatchObject({ name: 'Second' })
    expect(await core.account('4100 2', call)).toBeNull()
    expect(await core.account('4100 3', call)).toEqual(rows[3])
  })

  it('hands a line that says nothing clear on as a row to reject', async () => {
    const { folder, changes } = opened()
    folder.put('changes-1.ndjson', `{"type":"moved"}\nnonsense\n${closing('a')}`)
    expect(numbersOf(await changes('1-0'))).toEqual([null, null, 'a'])
  })

  it('goes on after files that were read and taken away, and is gone when unread ones were', async () => {
    const { folder, changes } = opened()
    folder.put('changes-1.ndjson', closing('a') + closing('b'))
    const [middle, end] = [await changes('1-0', 1), await changes('1-0')]
    rmSync(join(folder.inbox, 'changes-1.ndjson'))
    expect(await changes(end.next)).toMatchObject({ changes: [], next: end.next })
    expect(await failure(changes(middle.next))).toBeInstanceOf(CoreGoneError)
    folder.put('changes-2.ndjson', closing('c'))
    expect(numbersOf(await changes(end.next))).toEqual(['c'])
    for (const since of ['1-0', middle.next, '2-99999', 'nonsense']) expect(await failure(changes(since)), since).toBeInstanceOf(CoreGoneError)
    renameSync(join(folder.inbox, 'changes-2.ndjson'), join(folder.inbox, 'changes-3.ndjson'))
    expect(await failure(changes(end.next))).toBeInstanceOf(CoreGoneError)
  })

  it('waits, and says so, while a number is missing between others', async () => {
    const { folder, changes } = opened()
    folder.put('changes-1.ndjson', closing('a'))
    folder.put('changes-3.ndjson', closing('c'))
    const first = await changes('1-0')
    expect(numbersOf(first)).toEqual(['a'])
    expect(await failure(changes(first.next))).toMatchObject({ name: 'CoreUnavailableError', kind: 'missing-changes', throttled: true })
    folder.put('changes-2.ndjson', closing('b'))
    expect(numbersOf(await changes(first.next))).toEqual(['b', 'c'])
  })
})

describe('the outbox of a folder @core', () => {
  const id = '01980f6e-7a4c-7cc3-98d5-0a1b2c3d4e5f'
  const report = { id, reportId: id, kind: 'report', body: Buffer.from('{"a":1}') } as const

  it('holds each delivery’s own bytes under its id, and nothing half-written', async () => {
    const { folder, core } = opened()
    expect(await core.deliverReport(report, call)).toEqual({ reference: id, repeated: false })
    expect(readFileSync(join(folder.outbox, `${id}.json`), 'utf8')).toBe('{"a":1}')
    await failure(core.deliverReport({ ...report, body: Buffer.from('{"a":2}') }, call))
    expect(readdirSync(folder.outbox)).toEqual([`${id}.json`])
    expect(await failure(core.deliverReport({ ...report, id: '../escape' }, call))).toBeInstanceOf(TypeError)
  })

  it('makes no folder where a share may not be mounted', async () => {
    const { folder, core } = opened()
    rmSync(folder.outbox, { recursive: true })
    expect(await failure(core.deliverReport(report, call))).toMatchObject({ name: 'CoreUnavailableError', kind: 'ENOENT', throttled: false })
    expect(await failure(core.reach(call))).toMatchObject({ kind: 'ENOENT' })
    expect(existsSync(folder.outbox)).toBe(false)
  })
})
