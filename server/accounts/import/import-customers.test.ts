import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../../bin/test-support/temporary-folder.ts'
import { systemClock } from '../../../domain/clock.ts'
import type { EventLog } from '../../platform/event-log/event-log.ts'
import { openEventLog } from '../../platform/event-log/open-event-log.ts'
import { AccountsIndex, accountsIndexPath } from '../accounts-index.ts'
import { CUSTOMER_COLUMNS, type CustomerColumn } from '../customer-columns.ts'
import { exportCustomers } from '../export/export-customers.ts'
import { importCustomers } from './import-customers.ts'
import { ImportFileError } from './import-file-error.ts'

const HEADER = CUSTOMER_COLUMNS.join(',')
const GOOD: Record<CustomerColumn, string> = {
  account_number: '4100-1', name: 'Ana Ortega', phones: '(707) 555-0142; 707 555 0143', email: 'Ana@Example.com', address_line1: '12 Elm Street',
  address_line2: '', city: 'Harbor Valley', state: 'CA', postal_code: '95401', service_point: 'SP1', meter_number: 'M1', circuit: 'C1',
  transformer: 'T1', latitude: '38.44', longitude: '-122.7', language: 'es', medical_equipment: 'yes', moved_in_on: '', moved_out_on: '', meter_since: '',
}
const quote = (cell: string) => `"${cell.replaceAll('"', '""')}"`
const row = (values: Partial<Record<CustomerColumn, string>> = {}) => CUSTOMER_COLUMNS.map((column) => quote({ ...GOOD, ...values }[column])).join(',')
const csv = (...rows: Partial<Record<CustomerColumn, string>>[]) => [HEADER, ...rows.map(row), ''].join('\n')

let folder: string
let log: EventLog
let index: AccountsIndex

async function openAll() {
  const url = `sqlite:${join(folder, 'event-log.sqlite')}`
  log = await openEventLog({ url, clock: systemClock, region: 'test', node: 'import' })
  index = new AccountsIndex(accountsIndexPath(url), log.logId)
}

async function closeAll() {
  index.close()
  await log.close()
}

const openFresh = async () => {
  folder = temporaryFolder()
  await openAll()
}

/** In pieces of an awkward length, so that characters and line ends are cut everywhere. */
async function* pieces(content: string | Buffer, length = 7): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(content)
  for (let start = 0; start < bytes.length; start += length) yield bytes.subarray(start, start + length)
}

const load = (content: string | Buffer, length?: number) =>
  importCustomers({
    source: pieces(content, length), name: 'customers.csv', log, index, workFolder: folder, rejectsPath: join(folder, 'customers.rejects.csv'),
    utility: { defaultCountry: 'US', locales: ['en', 'es'] },
  })

async function exported(format: 'csv' | 'ndjson' = 'csv'): Promise<string> {
  let text = ''
  await exportCustomers({ log, index, format, write: async (piece) => void (text += piece) })
  return text
}

const events = async () => (await log.statistics('accounts')).events
const rejects = () => readFileSync(join(folder, 'customers.rejects.csv'), 'utf8')

describe('a customer file is loaded', () => {
  beforeEach(openFresh)
  afterEach(closeAll)

  it('with phones as E.164, and exported byte for byte the same each time', async () => {
    expect(await load(csv({}))).toEqual({ rows: 1, loaded: 1, unchanged: 0, superseded: 0, rejected: 0 })
    const line = '4100-1,Ana Ortega,+17075550142;+17075550143,ana@example.com,12 Elm Street,,Harbor Valley,CA,95401,SP1,M1,C1,T1,38.44,-122.7,es,yes,,,'
    expect(await exported()).toBe(`${HEADER}\n${line}\n`)
  })

  it.each([
    ['CRLF', Buffer.from(csv({}, { account_number: '2' }).replaceAll('\n', '\r\n'))],
    ['a byte-order mark', Buffer.from(`\ufeff${csv({}, { account_number: '2' })}`)],
    ['gzip', gzipSync(csv({}, { account_number: '2' }))],
    ['blank lines and rows', Buffer.from(`\n${csv({})}\n\n${','.repeat(CUSTOMER_COLUMNS.length - 1)}\n${row({ account_number: '2' })}`)],
    ['no columns of dates', Buffer.from(csv({}, { account_number: '2' }).replaceAll(/,"","",""$/gm, '').replace(',moved_in_on,moved_out_on,meter_since', ''))],
    ['another order of columns', Buffer.from([[...CUSTOMER_COLUMNS].reverse().join(','), ...['1', '2'].map((account) => [...CUSTOMER_COLUMNS].reverse().map((column) => quote({ ...GOOD, account_number: account }[column])).join(','))].join('\n'))],
    ['NDJSON', Buffer.from(['1', '2'].map((account) => JSON.stringify({ ...GOOD, account_number: account, phones: ['7075550142'], latitude: 38.44, medical_equipment: true })).join('\n'))],
  ])('with %s', async (_, content) => {
    expect(await load(content)).toMatchObject({ rows: 2, loaded: 2, rejected: 0 })
  })

  it('twice, and nothing is appended; changed and changed back, and each is an event', async () => {
    await load(csv({}, { account_number: '2' }))
    expect(await load(csv({}, { account_number: '2' }))).toMatchObject({ loaded: 0, unchanged: 2 })
    expect(await load(csv({ name: 'Ana Reyes' }))).toMatchObject({ loaded: 1 })
    expect(await load(csv({}))).toMatchObject({ loaded: 1 })
    expect(await load(csv({}))).toMatchObject({ loaded: 0 })
    // The two that changed it come after one each that tells what.
    expect(await events()).toBe(6)
  })

  it('with an account twice in it: the later row wins, and a second run still appends nothing', async () => {
    const content = csv({ name: 'First' }, { account_number: '2' }, { account_number: '41001', name: 'Later' })
    expect(await load(content)).toMatchObject({ rows: 3, loaded: 2, superseded: 1 })
    expect(await load(content)).toMatchObject({ loaded: 0, unchanged: 2, superseded: 1 })
    expect(await exported()).toContain('Later')
    expect(await exported()).not.toContain('First')
  })

  it('when the index is lost or damaged: it is folded from the log again', async () => {
    await load(csv({}))
    const before = await exported()
    await closeAll()
    writeFileSync(join(folder, 'accounts-index.sqlite'), 'this is not a database, and long enough to be taken for one'.repeat(50))
    await openAll()
    expect(await load(csv({}))).toMatchObject({ loaded: 0, unchanged: 1 })
    expect(await exported()).toBe(before)
  })

  it('by two imports at once, and no event is doubled', async () => {
    const content = csv(...Array.from({ length: 40 }, (_, number) => ({ account_number: String(number) })))
    const other = new AccountsIndex(join(folder, 'accounts-index.sqlite'), log.logId)
    await Promise.all([load(content), load(content), load(content)])
    other.close()
    expect(await log.statistics('accounts')).toEqual({ events: 40, distinctIds: 40, conflicts: 0 })
  })
})

describe('a bad row', () => {
  // One log for all: each row is of an account that no other test has.
  beforeAll(openFresh)
  afterAll(closeAll)
  let accounts = 0
  const another = () => ({ account_number: String(++accounts) })

  it.each([
    ['account_number', '- -', 'spaces and dashes'],
    ['name', ' ', 'is missing'],
    ['name', 'x'.repeat(161), 'longer than 160'],
    ['name', 'a\u0000b', 'control character'],
    ['phones', '707 555 0142; 12', '"12", which is not a phone number'],
    ['email', 'ana at home', 'not an email'],
    ['moved_in_on', '11/21/2026', 'not a date like 2026-11-21'],
    ['moved_out_on', '2026-02-30', 'not a date'],
    ['latitude', '91', 'greater than 90'],
    ['latitude', '38,44', 'not a number'],
    ['longitude', '', 'while the other coordinate'],
    ['language', 'fr', 'none of en, es'],
    ['medical_equipment', 'perhaps', 'neither yes nor no'],
    ['transformer', '', 'is missing'],
  ] as const)('%s %j goes to the rejects with its line and reason, and the others are loaded', async (column, value, reason) => {
    const summary = await load(csv(another(), { ...another(), name: 'Over\ntwo lines' }, { ...another(), [column]: value }, another()))
    expect(summary).toMatchObject({ rows: 4, loaded: 3, rejected: 1 })
    expect(rejects().split('\n')[1]).toMatch(new RegExp(`^5,${column},`))
    expect(rejects()).toContain(reason.replaceAll('"', '""'))
  })

  it('of another number of cells is rejected too, with its line after CRLF inside quotes', async () => {
    await load(`${HEADER}\r\n${row({ address_line2: 'a\r\nb\r\n' })}\r\nonly,three,cells\r\n`)
    expect(rejects()).toContain('\n5,row,has 3 cells where the header has 20,only,three,cells,')
  })

  it('of NDJSON that is no JSON or has an unknown field is rejected', async () => {
    const summary = await load(`${JSON.stringify({ ...GOOD, ...another() })}\n{"account_number": \n${JSON.stringify({ ...GOOD, fax: '1' })}\n`)
    expect(summary).toMatchObject({ loaded: 1, rejected: 2 })
    expect(rejects()).toMatch(/\n2,row,"is not JSON.*\n3,fax,is not a known field/)
  })

  it('corrected in the rejects file is loaded from there, and a clean run takes the file away', async () => {
    await load(csv(another(), { ...another(), email: '=cmd()', name: '-=Bob' }))
    expect(rejects()).toContain("'=cmd()")
    expect(await load(rejects().replace("'=cmd()", 'bob@example.com'))).toMatchObject({ loaded: 1, rejected: 0 })
    expect(await exported('ndjson')).toContain('"-=Bob"')
    expect(readdirSync(folder).filter((name) => name.includes('rejects'))).toEqual([])
  })
})

describe('a file that cannot be read as a whole loads nothing and says why', () => {
  beforeAll(openFresh)
  afterAll(closeAll)

  const good = csv({}, { account_number: '2' })
  it.each<[string, string | Buffer, RegExp]>([
    ['empty', '', /is empty/],
    ['only a byte-order mark', '\ufeff', /is empty/],
    ['only blank lines', '\n \n', /is empty/],
    ['semicolons', good.replaceAll('","', '";"').replace(HEADER, HEADER.replaceAll(',', ';')), /separated by semicolons/],
    ['tabs', good.replace(HEADER, HEADER.replaceAll(',', '\t')), /separated by tabs/],
    ['UTF-16 with a mark', Buffer.from(`\ufeff${good}`, 'utf16le'), /UTF-16;.*\n.*iconv -f UTF-16 /],
    ['UTF-16 without a mark', Buffer.from(good, 'utf16le'), /iconv -f UTF-16LE/],
    ['a column twice', good.replace('email', 'name'), /column twice.*"name"/],
    ['a column missing', good.replace('email,', ''), /lacks a column.*email/],
    ['an unknown column', good.replace('email', 'e-mail'), /unknown column.*"e-mail"/],
    ['no header', row(), /does not begin with a header/],
    ['a quote inside', good.replace('"12 Elm', 'x"12 Elm'), /near line 2: a broken quote/],
    ['a quote never closed', `${good}"x,`, /near line 4: a quote is opened/],
    ['a broken quote after many bad rows', `${csv(...Array.from({ length: 700 }, () => ({ email: 'none' })))}x"y`, /broken quote/],
    ['a line without end', `${good}${'x'.repeat(70_000)}`, /near line 4.*lines have no end/],
    ['an NDJSON line without end', `{"a":"${'x'.repeat(70_000)}`, /line 1.*have no end/],
    ['a JSON array', '[{}]', /jq -c/],
    ['gzip cut off', gzipSync(good).subarray(0, -20), /cut off/],
    ['gzip damaged', Buffer.concat([gzipSync(good).subarray(0, 60), Buffer.alloc(400, 0xff)]), /damaged/],
    ['Latin-1', Buffer.from(good.replace('Ana Ortega', 'Ana Núñez'), 'latin1'), /not valid UTF-8 \(line 2\)/],
    ['UTF-8 cut inside a character', Buffer.concat([Buffer.from(good), Buffer.from([0xf0, 0x9f, 0x92])]), /not valid UTF-8 \(line 4\)/],
  ])('%s', async (_, content, message) => {
    const failed = await load(content, 1_000).catch((error: unknown) => error)
    expect(failed).toBeInstanceOf(ImportFileError)
    expect((failed as Error).message).toMatch(message)
    expect(await events()).toBe(0)
    expect(readdirSync(folder).filter((name) => !name.includes('sqlite'))).toEqual([])
  })
})

describe('round trips', () => {
  beforeEach(openFresh)
  afterEach(closeAll)

  const AWKWARD = ['"', '""', ',', ';', '\n', '\r', '\r\n', "'", "'=", '=1+1', '+', '-', '@x', '\t', 'é', 'e\u0301', '😀', '👩‍👩‍👧', '名', '\u2028', 'ß', ' ', 'a', '\\', '\ufeff']
  it('of awkward text come back byte for byte, in CSV and NDJSON, and append nothing', async () => {
    let state = 42
    const random = (below: number) => (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) % 65_536 % below
    const text = () => `${Array.from({ length: 1 + random(6) }, () => AWKWARD[random(AWKWARD.length)]).join('')}x`
    const rows = Array.from({ length: 300 }, (_, number) => ({
      ...GOOD, account_number: String(number), name: text(), address_line1: text(), address_line2: text(), city: text(), state: text(), circuit: text(),
    }))
    expect(await load(rows.map((values) => JSON.stringify(values)).join('\n'), 1_000)).toMatchObject({ loaded: 300, rejected: 0 })
    const [first, asJson] = [await exported(), await exported('ndjson')]
    const names = new Map(asJson.trim().split('\n').map((line) => JSON.parse(line) as Record<string, string>).map((values) => [values['account_number'], values['name']]))
    for (const { account_number, name } of rows) expect(names.get(account_number)).toBe(name.trim())
    expect(await load(first)).toMatchObject({ rows: 300, loaded: 0, unchanged: 300 })
    expect(await load(asJson, 1_000)).toMatchObject({ rows: 300, loaded: 0, unchanged: 300 })
    await closeAll()
    folder = temporaryFolder()
    await openAll()
    expect(await load(first)).toMatchObject({ loaded: 300, rejected: 0 })
    expect(await exported()).toBe(first)
    expect(await exported('ndjson')).toBe(asJson)
  })
})
