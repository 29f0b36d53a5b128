import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../../domain/clock.ts'
import { describeManyNodes } from './conformance-many-nodes.ts'
import { describeEventLog, readAll } from './conformance.ts'
import { openEmbeddedEventLog, type EmbeddedEventLogOptions } from './embedded-event-log.ts'
import type { EventLog } from './event-log.ts'
import { matchedEvent } from './matched-event.fixture.ts'
import { openEventLog } from './open-event-log.ts'
import { CorruptRecordError, verifyRecord } from './verify-record.ts'

const PATIENTLY = { timeout: 20_000, interval: 10 }

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'stormdoor-log-'))

describeEventLog('embedded', async () => {
  const folder = newFolder()
  return { url: `sqlite:${folder}/event-log.sqlite`, dispose: async () => rmSync(folder, { recursive: true }) }
})

describeManyNodes('embedded', async () => {
  const folder = newFolder()
  const path = join(folder, 'event-log.sqlite')
  let deaf = false
  const muffle = (thread: Worker): void => {
    const emit = thread.emit.bind(thread)
    thread.emit = (name: string, ...values: unknown[]) => (deaf && name === 'message') || emit(name as 'message', ...(values as [unknown]))
  }
  process.on('worker', muffle)
  return {
    open: (node, options) => openEmbeddedEventLog({ path, clock: systemClock, region: 'test', node, answerBoundMs: options?.appendBoundMs }),
    loseAnswers() {
      deaf = true
      return async () => {
        deaf = false
      }
    },
    async dispose() {
      process.off('worker', muffle)
      rmSync(folder, { recursive: true })
    },
  }
})

describe('embedded event log', () => {
  let folder: string
  let path: string
  let opened: EventLog[]
  const open = async (options: Partial<EmbeddedEventLogOptions> = {}): Promise<EventLog> => {
    const log = await openEmbeddedEventLog({ path, clock: systemClock, region: 'test', node: 'tester', ...options })
    opened.push(log)
    return log
  }

  beforeEach(() => {
    folder = newFolder()
    path = join(folder, 'deep', 'event-log.sqlite')
    opened = []
  })
  afterEach(async () => {
    await Promise.all(opened.map((log) => log.close()))
    rmSync(folder, { recursive: true, force: true })
  })

  test('a held lock is waited for only so long; then surely nothing is written, and it works again once free', async () => {
    const log = await open({ busyBoundMs: 50 })
    const holder = new DatabaseSync(path)
    holder.exec('BEGIN IMMEDIATE')
    await expect(log.append([matchedEvent('blocked')])).rejects.toMatchObject({ code: 'log-unavailable' })
    holder.exec('ROLLBACK')
    await log.append([matchedEvent('free')])
    holder.close()
    expect((await readAll(log)).map(({ envelope }) => envelope.data)).toMatchObject([{ circuit: 'free' }])
  })

  test('an append waits for a lock that is let go in time, without blocking the event loop', async () => {
    const log = await open()
    const holder = new DatabaseSync(path)
    holder.exec('BEGIN IMMEDIATE')
    let turns = 0
    const count = setInterval(() => (turns += 1), 1)
    const append = log.append([matchedEvent('patient')])
    await expect.poll(() => turns, { timeout: 20_000, interval: 5 }).toBeGreaterThan(10)
    holder.close()
    await expect(append).resolves.toMatchObject([{ outcome: 'appended' }])
    clearInterval(count)
  })

  test('no answer in time is indeterminate; a new writer serves the next append', async () => {
    const log = await open({ busyBoundMs: 60_000, answerBoundMs: 300 })
    const holder = new DatabaseSync(path)
    holder.exec('BEGIN IMMEDIATE')
    await expect(log.append([matchedEvent('silent')])).rejects.toMatchObject({ code: 'indeterminate' })
    holder.close()
    await expect.poll(() => log.append([matchedEvent('later')]).then(() => 'written', () => 'refused'), { timeout: 20_000 }).toBe('written')
  })

  test('a writer that dies makes what it held indeterminate; what still waited goes to the next one', async () => {
    const threads: Worker[] = []
    const remember = (thread: Worker): unknown => threads.push(thread)
    process.on('worker', remember)
    const log = await open({ busyBoundMs: 60_000 })
    const holder = new DatabaseSync(path)
    holder.exec('BEGIN IMMEDIATE')
    const whole = (name: string): Promise<string> =>
      log.append(Array.from({ length: 1_500 }, () => matchedEvent(name))).then(() => 'written', (error: { code: string }) => error.code)
    const fates = [whole('first'), whole('second'), whole('third')]
    await new Promise(setImmediate)
    await threads[0]!.terminate()
    holder.close()
    expect(await Promise.all(fates)).toEqual(['indeterminate', 'indeterminate', 'written'])
    expect(threads).toHaveLength(2)
    process.off('worker', remember)
  })

  test('a full disk refuses, keeps all that was answered, and still reads', async () => {
    const log = await open({ maxPages: 40 })
    const answered: string[] = []
    const fill = async (): Promise<never> => {
      for (;;) {
        const events = Array.from({ length: 20 }, () => matchedEvent('fill'))
        await log.append(events)
        answered.push(...events.map(({ id }) => id))
      }
    }
    await expect(fill()).rejects.toMatchObject({ code: 'log-unavailable', message: expect.stringContaining('full') })
    expect(answered.length).toBeGreaterThan(0)
    expect((await readAll(log)).map(({ envelope }) => envelope.id)).toEqual(answered)
    expect(await log.append([matchedEvent('fill', answered[0])])).toMatchObject([{ outcome: 'repeated' }])
  })

  test('counts that do not fit the records refuse, overwrite nothing, and hold up nothing after they are mended', async () => {
    const log = await open()
    await log.append([matchedEvent('first'), matchedEvent('second')])
    const file = new DatabaseSync(path)
    file.exec(`UPDATE topics SET records = 1`)
    await expect(log.append([matchedEvent('over')])).rejects.toMatchObject({ code: 'log-unavailable' })
    file.exec(`UPDATE topics SET records = 2`)
    file.close()
    await log.append([matchedEvent('third')])
    expect((await readAll(log)).map(({ envelope }) => envelope.data)).toMatchObject([{ circuit: 'first' }, { circuit: 'second' }, { circuit: 'third' }])
  })

  test('what is not in the main file yet stays small while processes append and readers follow', async () => {
    const [one, other] = await Promise.all([open(), open()])
    const stop = new AbortController()
    let readRecords = 0
    const follow = async (log: EventLog, maxRecords: number): Promise<void> => {
      for await (const batch of log.read('outages/0', null, { signal: stop.signal, maxRecords })) readRecords += batch.length
    }
    const readers = [follow(one, 50), follow(other, 500)]
    const append = async (log: EventLog): Promise<void> => {
      for (let call = 0; call < 100; call++) await log.append(Array.from({ length: 200 }, () => matchedEvent('x'.repeat(1_000))))
    }
    await Promise.all([append(one), append(other)])
    await expect.poll(() => readRecords, PATIENTLY).toBe(2 * 100 * 200 * 2)
    stop.abort()
    await Promise.all(readers)
    const inMainFile = statSync(path).size
    expect(inMainFile).toBeGreaterThan(50_000_000)
    // How much it was at most is a matter of turns; held back by a reader it is more than all of it.
    expect(statSync(`${path}-wal`).size).toBeLessThan(inMainFile / 2)
  })

  test('a file of a newer Stormdoor is left alone', async () => {
    await (await open()).close()
    const file = new DatabaseSync(path)
    file.exec('PRAGMA user_version = 2')
    file.close()
    await expect(open()).rejects.toMatchObject({ code: 'log-unavailable', message: expect.stringContaining('newer Stormdoor') })
  })

  test('a file that is no log is refused', async () => {
    const file = new DatabaseSync(join(folder, 'other.sqlite'))
    file.exec('CREATE TABLE log (something TEXT)')
    file.close()
    await expect(open({ path: join(folder, 'other.sqlite') })).rejects.toMatchObject({ code: 'log-unavailable' })
    await expect(open({ path: folder })).rejects.toMatchObject({ code: 'log-unavailable' })
  })

  test('a log that was deleted under the process takes nothing more, and no empty one appears in its place', async () => {
    const log = await open()
    await log.append([matchedEvent('north')])
    for (const end of ['', '-wal', '-shm']) rmSync(`${path}${end}`)
    await expect(log.append([matchedEvent('south')])).rejects.toMatchObject({ code: 'log-unavailable' })
    expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined()
  })

  test('a clock far behind the log issues nothing', async () => {
    const log = await open()
    await log.append([matchedEvent('north')])
    const behind = await open({ clock: { ...systemClock, nowMs: () => Date.now() - 3_600_000 } })
    await expect(behind.append([matchedEvent('south')])).rejects.toMatchObject({ code: 'log-unavailable', message: expect.stringContaining('clock') })
    expect(await readAll(log)).toHaveLength(1)
  })

  test('an event that was read makes the next one later than it', async () => {
    const ahead = await open({ clock: { ...systemClock, nowMs: () => Date.now() + 30_000 } })
    const log = await open()
    const [seen] = await ahead.append([matchedEvent('north')])
    await readAll(log)
    const [next] = await log.append([matchedEvent('south')])
    expect(next!.first.envelope.hlc > seen!.first.envelope.hlc).toBe(true)
  })

  test('an edited record is found by its hash', async () => {
    const log = await open()
    await log.append([matchedEvent('north')])
    const file = new DatabaseSync(path)
    file.exec(`UPDATE records SET envelope = replace(envelope, 'north', 'south')`)
    file.close()
    const [record] = await readAll(log)
    expect(() => verifyRecord(record!)).toThrow(CorruptRecordError)
  })

  test('is readable by its owner alone, and made once by those who open it together', async () => {
    const logs = await Promise.all([open(), open(), open()])
    expect(new Set(logs.map(({ logId }) => logId)).size).toBe(1)
    expect(statSync(path).mode & 0o077).toBe(0)
    await logs[0].append([matchedEvent('north')])
    expect(statSync(`${path}-wal`).mode & 0o077).toBe(0)
  })

  test('positions and partitions of another log are refused', async () => {
    const log = await open()
    await expect(log.saveCursor('matching', 'outages/0', 'abc')).rejects.toThrow(TypeError)
    await expect(log.countAfter('outages/7', null)).rejects.toThrow(TypeError)
    expect(() => openEventLog({ url: 'kafka://elsewhere', clock: systemClock, region: 'test', node: 'tester' })).toThrow(TypeError)
  })
})
