import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createInterface } from 'node:readline'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock, systemRandom } from '../../../../domain/clock.ts'
import { uuidV7 } from '../../../../domain/uuid.ts'
import { sha256 } from '../../hash.ts'
import type { Partition } from '../event-log.ts'
import { LOG_ID, PARTITIONS, recordsOf } from './fold-until-killed.fixture.ts'
import { openLogIndex, type LogIndex, type LogIndexOptions } from './log-index.ts'

const KEEP_MS = 60_000
const START_MS = Date.UTC(2026, 0, 31)
const [A, B]: Partition[] = ['outages/0', 'outages/1']
const newId = () => uuidV7(systemClock, systemRandom)

let folder: string
let opened: LogIndex[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'log-index-'))
  opened = []
})
afterEach(() => {
  for (const index of opened) index.close()
  rmSync(folder, { recursive: true })
})

function open(options: Partial<LogIndexOptions> = {}): LogIndex {
  const index = openLogIndex({ path: join(folder, 'api.sqlite'), logId: 'log', keepMs: KEEP_MS, clock: systemClock, ...options })
  opened.push(index)
  return index
}

const record = (offset: number, id: string, body = 'body', timeMs = START_MS) => ({ offset, id, bodyHash: sha256(body), timeMs })
const standings = (index: LogIndex, ...batch: Parameters<LogIndex['fold']>) => index.fold(...batch).map(({ standing, firstOffset }) => `${standing} ${firstOffset}`)

describe('what counts', () => {
  test('the first record of an id, within one fold and over several; bodies after it are copies or conflicts', () => {
    const index = open({ path: null })
    const [id, other] = [newId(), newId()]
    expect(standings(index, A!, [record(0, id), record(1, id), record(2, id, 'x'), record(3, id, 'x'), record(5, other)], 6)).toEqual([
      'first 0', 'copy 0', 'conflict 0', 'known-conflict 0', 'first 5',
    ])
    expect(standings(index, A!, [record(6, id), record(7, id, 'x'), record(8, id, 'y'), record(9, other, 'x')], 12)).toEqual([
      'copy 0', 'known-conflict 0', 'conflict 0', 'conflict 5',
    ])
    expect(index.next(A!)).toBe(12)
    expect(index.find('outages', id)).toEqual({ partition: A, offset: 0, bodyHash: sha256('body') })
    expect(index.find('accounts', id)).toBeNull()
    expect(index.find('outages', newId())).toBeNull()
    expect(['x', 'y', 'z', 'body'].map((body) => index.hasConflict('outages', id, sha256(body)))).toEqual([true, true, false, false])
    expect(index.tally(A!)).toEqual({ records: 5, conflicts: 3 })
    expect([...index.notFirst(A!, 2, 8)]).toEqual([2, 3, 6, 7])
  })

  test('each partition has its own firsts, so that the order of folding changes nothing', () => {
    const id = newId()
    const found = [[A!, B!], [B!, A!]].map((order) => {
      const index = open({ path: null })
      for (const partition of order) expect(standings(index, partition, [record(partition === A ? 4 : 9, id, partition)], 10)).toEqual([`first ${partition === A ? 4 : 9}`])
      expect(index.hasConflict('outages', id, sha256(A!))).toBe(false)
      for (const partition of order) expect(standings(index, partition, [record(10, id, partition)], 11)).toEqual([`copy ${partition === A ? 4 : 9}`])
      return index.tally(A!)
    })
    expect(found).toEqual([{ records: 1, conflicts: 0 }, { records: 1, conflicts: 0 }])
  })

  test('ids and hashes that Stormdoor never makes are kept as they are', () => {
    const index = open({ path: null })
    const odd = (offset: number, id: string) => ({ offset, id, bodyHash: 'no hash', timeMs: START_MS })
    expect(standings(index, A!, [odd(0, 'no uuid'), odd(1, 'none either')], 2)).toEqual(['first 0', 'first 1'])
    expect(index.find('outages', 'no uuid')).toEqual({ partition: A, offset: 0, bodyHash: 'no hash' })
  })

  test('records that were folded or do not stand in order are refused and change nothing', () => {
    const index = open({ path: null })
    index.fold(A!, [record(3, newId())], 5)
    for (const [offsets, next] of [[[4], 6], [[6, 6], 8], [[6, 5], 8], [[6], 6], [[], 4]] as const) {
      expect(() => index.fold(A!, offsets.map((offset) => record(offset, newId())), next)).toThrow(RangeError)
    }
    expect([index.next(A!), index.tally(A!)]).toEqual([5, { records: 1, conflicts: 0 }])
    index.fold(A!, [], 8)
    expect(index.next(A!)).toBe(8)
  })
})

describe('forgetting', () => {
  test('an id is known for its time by the log and not by the hour of folding; tallies and old stretches stay', () => {
    const index = open({ path: null })
    const [id, other] = [newId(), newId()]
    index.fold(A!, [record(0, id), record(1, id, 'x'), record(2, other, 'body', START_MS + KEEP_MS)], 3)
    expect(index.find('outages', id)).not.toBeNull()
    expect(standings(index, A!, [record(3, newId(), 'body', START_MS + KEEP_MS + 1_000)], 4)).toEqual(['first 3'])
    expect(index.find('outages', id)).toBeNull()
    expect(index.hasConflict('outages', id, sha256('x'))).toBe(false)
    expect(standings(index, A!, [record(4, id, 'x', START_MS + KEEP_MS + 1_000), record(5, other)], 6)).toEqual(['first 4', 'copy 2'])
    expect(index.tally(A!)).toEqual({ records: 5, conflicts: 1 })
    expect([...index.notFirst(A!, 0, 6)]).toEqual([1, 5])
  })

  test('one id that is too old stands in nobody\'s way before it is removed, and then does not take its successor along', () => {
    const index = open({ path: null })
    const id = newId()
    // Offset 0 claims a time that holds up the removal of offset 1 behind it.
    index.fold(A!, [record(0, newId(), 'body', START_MS + KEEP_MS), record(1, id), record(2, id, 'x')], 3)
    const laterMs = START_MS + KEEP_MS + 1_000
    expect(standings(index, A!, [record(3, id, 'y', laterMs)], 4)).toEqual(['first 3'])
    expect(standings(index, A!, [record(4, id, 'x', laterMs)], 5)).toEqual(['conflict 3'])
    index.fold(A!, Array.from({ length: 5 }, (_, at) => record(5 + at, newId(), 'body', START_MS + 2 * KEEP_MS + 1_000)), 10)
    expect(index.find('outages', id)).toMatchObject({ offset: 3 })
  })

  test('a fold forgets at the most two for each that it brings, and what is forgotten leaves the file', () => {
    const index = open()
    index.fold(A!, Array.from({ length: 100 }, (_, offset) => record(offset, newId(), String(offset))), 100)
    index.fold(A!, [record(100, newId(), 'body', START_MS + 2 * KEEP_MS)], 101)
    for (let at = 101; at < 141; at++) index.fold(A!, [record(at, newId(), 'body', START_MS + 2 * KEEP_MS)], at + 1)
    index.close()
    const database = new DatabaseSync(join(folder, 'api.sqlite'))
    const counted = ['ids', 'firsts'].map((table) => database.prepare(`SELECT count(*) AS rows FROM ${table}`).get()?.['rows'])
    database.close()
    expect(counted).toEqual([59, 59])
  })

  test('a record from the future does not make the index forget', () => {
    const index = open({ path: null, clock: { ...systemClock, nowMs: () => START_MS + 1_000 } })
    const id = newId()
    index.fold(A!, [record(0, id), record(1, newId(), 'body', START_MS + 365 * 86_400_000)], 2)
    expect(standings(index, A!, [record(2, id)], 3)).toEqual(['copy 0'])
  })
})

describe('the file', () => {
  test('goes on where it stood', () => {
    const id = newId()
    const before = open()
    before.fold(A!, [record(0, id), record(1, id, 'x'), record(2, id)], 3)
    before.close()
    const index = open()
    expect([index.next(A!), index.tally(A!), [...index.notFirst(A!, 0, 9)]]).toEqual([3, { records: 2, conflicts: 1 }, [1, 2]])
    expect(standings(index, B!, [record(0, id)], 1)).toEqual(['first 0'])
    expect(standings(index, A!, [record(3, id, 'x')], 4)).toEqual(['known-conflict 0'])
  })

  test('of another log or another format is emptied', () => {
    for (const spoil of [null, 'PRAGMA user_version = 99', 'DROP TABLE log; PRAGMA user_version = 0']) {
      const before = open({ logId: 'one' })
      before.fold(A!, [record(0, newId())], 1)
      before.close()
      if (spoil !== null) {
        const database = new DatabaseSync(before.path!)
        database.exec(spoil)
        database.close()
      }
      const index = open({ logId: spoil === null ? 'two' : 'one' })
      expect([index.next(A!), index.tally(A!)]).toEqual([0, { records: 0, conflicts: 0 }])
      index.close()
    }
    expect(readdirSync(folder)).toEqual(['api.sqlite'])
  })

  test('belongs to one: a second takes another name, and the first name again once it is free', () => {
    const names = [open(), open(), open()].map(({ path }) => path!.slice(folder.length + 1))
    expect(names).toEqual(['api.sqlite', 'api-2.sqlite', 'api-3.sqlite'])
    opened[1]!.close()
    expect(open().path).toBe(join(folder, 'api-2.sqlite'))
  })

  test('that is damaged is made anew, with a warning', () => {
    const warnings: string[] = []
    const logger = pino({ level: 'warn' }, { write: (line: string) => warnings.push(line) })
    writeFileSync(join(folder, 'api.sqlite'), 'this is no database, '.repeat(1_000))
    expect(open({ logger }).next(A!)).toBe(0)
    expect(warnings).toEqual([expect.stringContaining('damaged')])
  })

  test('that turns out damaged in use is removed, so that the next start folds it anew', () => {
    const before = open()
    before.fold(A!, Array.from({ length: 2_000 }, (_, offset) => record(offset, newId())), 2_000)
    before.close()
    const size = 4_096
    const database = new DatabaseSync(before.path!)
    const root = Number(database.prepare(`SELECT rootpage FROM sqlite_schema WHERE name = 'ids'`).get()?.['rootpage'])
    database.close()
    overwrite(before.path!, (root - 1) * size, Buffer.alloc(size, 0xee))
    const index = open()
    expect(() => index.find('outages', newId())).toThrow(/malformed/)
    expect(existsSync(before.path!)).toBe(false)
    index.close()
    expect(open().next(A!)).toBe(0)
  })
})

test('kill -9 while folding: what is found again is what a fold from nothing gives @full', { timeout: 120_000 }, async () => {
  const path = join(folder, 'api.sqlite')
  const keepMs = 86_400_000
  let folded = 0
  for (const lines of [1, 23, 41, 5, 60]) {
    await foldUntilKilled(path, lines)
    const found = open({ path, logId: LOG_ID, keepMs })
    expect(found.path).toBe(path)
    const anew = open({ path: null, logId: LOG_ID, keepMs })
    for (const partition of PARTITIONS) {
      const next = found.next(partition)
      const records = recordsOf(partition, 0, next)
      anew.fold(partition, records, next)
      expect(found.tally(partition)).toEqual(anew.tally(partition))
      expect(found.notFirst(partition, 0, next)).toEqual(anew.notFirst(partition, 0, next))
      const topic = partition.startsWith('outages') ? 'outages' : 'accounts'
      for (const { id, bodyHash } of records) {
        expect(found.find(topic, id)).toEqual(anew.find(topic, id))
        expect(found.hasConflict(topic, id, bodyHash)).toBe(anew.hasConflict(topic, id, bodyHash))
      }
      folded += next
    }
    found.close()
  }
  expect(folded).toBeGreaterThan(1_000)
})

/** Kills the child right after it has told of so many folds: mostly within the next one. */
async function foldUntilKilled(path: string, lines: number): Promise<void> {
  const child = spawn(process.execPath, [`${import.meta.dirname}/fold-until-killed.fixture.ts`, path], { stdio: ['ignore', 'pipe', 'inherit'] })
  const closed = once(child, 'close')
  let told = 0
  createInterface({ input: child.stdout }).on('line', () => {
    if (++told === lines) child.kill('SIGKILL')
  })
  await closed
  expect(child.signalCode).toBe('SIGKILL')
}

function overwrite(path: string, at: number, bytes: Uint8Array): void {
  const file = openSync(path, 'r+')
  writeSync(file, bytes, 0, bytes.length, at)
  closeSync(file)
}
