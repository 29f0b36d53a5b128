import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { temporaryFolder } from '../../../bin/test-support/temporary-folder.ts'
import { systemClock } from '../../../domain/clock.ts'
import { sampleAccount, sampleMatch, sampleNewEvent, sampleReport, seededFraction, shuffled } from '../../../processes/projector/sample-events.ts'
import { copyCursor } from './copy-cursor.ts'
import { copyLog, CopyRefusedError, type CopyOptions, type LogCopy } from './copy-log.ts'
import type { EventLog, LogRecord } from './event-log.ts'
import { openEventLog } from './open-event-log.ts'
import { readTopic } from './topic-digest.ts'
import { CorruptRecordError } from './verify-record.ts'

const REPORTS = 1_400
const ACCOUNTS = 500
const CONFLICTS = 30
const never = new AbortController().signal

let folder: string
let from: EventLog
let to: EventLog
const opened: EventLog[] = []

async function open(name: string, node = name): Promise<EventLog> {
  const log = await openEventLog({ url: `sqlite:${join(folder, name)}.sqlite`, clock: systemClock, region: 'test', node })
  opened.push(log)
  return log
}

beforeEach(async () => {
  folder = temporaryFolder()
  ;[from, to] = [await open('from'), await open('to')]
})
afterEach(async () => {
  await Promise.all(opened.splice(0).map((log) => log.close()))
})

/** Two topics by two writers, with conflicts among them; a seed chooses the order. */
async function fill(log: EventLog, other: EventLog): Promise<void> {
  const reports = Array.from({ length: REPORTS }, (_, number) => sampleNewEvent(sampleReport(number)))
  const accounts = Array.from({ length: ACCOUNTS }, (_, number) => sampleNewEvent(sampleAccount(number)))
  const conflicts = Array.from({ length: CONFLICTS }, (_, number) => sampleNewEvent(sampleReport(number * 7, { bodyHash: sampleNewEvent(sampleMatch(number, 1)).bodyHash })))
  const events = shuffled([...reports, ...accounts, ...conflicts], seededFraction(11))
  for (let start = 0; start < events.length; start += 500) await (start % 1_000 === 0 ? log : other).append(events.slice(start, start + 500))
}

function copy(options: Partial<CopyOptions> = {}): Promise<LogCopy> {
  return copyLog({ from, to, progressFolder: join(folder, 'progress'), signal: never, ...options })
}

async function all(log: EventLog, topic: 'accounts' | 'outages'): Promise<Pick<LogRecord, 'first' | 'envelope'>[]> {
  const records: Pick<LogRecord, 'first' | 'envelope'>[] = []
  for await (const batch of readTopic(log, topic, never)) records.push(...batch.map(({ first, envelope }) => ({ first, envelope })))
  return records
}

function edit(name: string, sql: string): void {
  const file = new DatabaseSync(join(folder, `${name}.sqlite`))
  file.exec(sql)
  file.close()
}

describe('copyLog', () => {
  test('brings every record as it is, and proves it by counts and digests', async () => {
    await fill(from, await open('from', 'second'))
    const result = await copy()
    expect(result).toMatchObject({ written: REPORTS + ACCOUNTS + CONFLICTS, resumed: false, grew: [], verified: true })
    const outages = result.topics.find(({ topic }) => topic === 'outages')!
    expect(outages).toMatchObject({ equal: true, source: { records: REPORTS + CONFLICTS, firsts: REPORTS, conflicts: CONFLICTS } })
    expect(outages.target).toEqual(outages.source)
    for (const topic of ['accounts', 'outages'] as const) expect(await all(to, topic)).toEqual(await all(from, topic))
    expect(await to.statistics('outages')).toEqual({ events: REPORTS + CONFLICTS, distinctIds: REPORTS, conflicts: CONFLICTS })
  })

  test('what is appended to the copy comes after all that was copied, also what nobody has read there', async () => {
    const ahead = await openEventLog({ url: `sqlite:${join(folder, 'from')}.sqlite`, clock: { ...systemClock, nowMs: () => Date.now() + 20_000 }, region: 'test', node: 'ahead' })
    opened.push(ahead)
    await ahead.append([sampleNewEvent(sampleReport(1))])
    await from.append([sampleNewEvent(sampleReport(2)), sampleNewEvent(sampleReport(3))])
    await copy()
    const unread = await open('unread')
    await unread.restore('outages', await all(from, 'outages'))
    const newest = (await all(to, 'outages')).map(({ envelope }) => envelope.hlc).sort((a, b) => (a < b ? -1 : 1)).at(-1)!
    for (const [index, log] of [unread, to, await open('to', 'later')].entries()) {
      const [appended] = await log.append([sampleNewEvent(sampleReport(4 + index))])
      expect(appended!.first.envelope.hlc > newest).toBe(true)
    }
  })

  test('goes on where it was stopped, and reads little again', async () => {
    await fill(from, from)
    const stop = new AbortController()
    const stopped = copy({ signal: stop.signal, onProgress: ({ done }) => done >= 1_000 && stop.abort(new Error('stopped')) })
    await expect(stopped).rejects.toThrow('stopped')
    const stoppedAt = (await to.statistics('outages')).events + (await to.statistics('accounts')).events
    expect(stoppedAt).toBeLessThan(REPORTS + ACCOUNTS)
    expect(stoppedAt).toBeGreaterThanOrEqual(1_000)
    const read = { checking: 0, copying: 0, verifying: 0 }
    const result = await copy({ onProgress: ({ phase, done }) => (read[phase] = done) })
    expect(result).toMatchObject({ verified: true, resumed: true, written: REPORTS + ACCOUNTS + CONFLICTS - stoppedAt })
    expect(read).toMatchObject({ checking: 0, copying: result.written })
    const again = await copy({ onProgress: ({ phase, done }) => (read[phase] = done) })
    expect(again).toEqual({ ...result, written: 0 })
    rmSync(join(folder, 'progress'), { recursive: true })
    expect(await copy(), 'without its progress it reads all again').toEqual(again)
  })

  test('a target that was brought back from an older backup is filled up again', async () => {
    await from.append([sampleNewEvent(sampleReport(1))])
    await copy()
    await to.close()
    edit('to', 'VACUUM INTO \'' + join(folder, 'backup.sqlite') + '\'')
    to = await open('to')
    await from.append([sampleNewEvent(sampleReport(2)), sampleNewEvent(sampleReport(3))])
    expect(await copy()).toMatchObject({ written: 2, verified: true })
    const backup = await open('backup')
    expect(backup.logId).toBe(to.logId)
    expect(await copy({ to: backup })).toMatchObject({ written: 2, resumed: true, verified: true })
  })

  test('stops at a record that is not what was once written, and names it', async () => {
    await fill(from, from)
    const [victim] = (await all(from, 'outages')).slice(-5)
    edit('from', `UPDATE records SET envelope = replace(envelope, 'Elm', 'Oak') WHERE envelope LIKE '%"id":"${victim!.envelope.id}"%'`)
    await expect(copy()).rejects.toThrow(CorruptRecordError)
    await expect(copy()).rejects.toThrow(victim!.envelope.id)
    expect((await all(to, 'outages')).map(({ envelope }) => envelope.id)).not.toContain(victim!.envelope.id)
  })

  test('finds a record of the target that was edited after it was copied', async () => {
    await from.append([1, 2, 3].map((number) => sampleNewEvent(sampleReport(number))))
    await copy()
    edit('to', `UPDATE records SET envelope = replace(envelope, '"node":"from.', '"node":"elsewhere.') WHERE position = 2`)
    expect(await copy()).toMatchObject({ verified: false, topics: [{ equal: true }, { topic: 'outages', equal: false, source: { firsts: 3 }, target: { firsts: 3 } }, {}, {}, {}, {}] })
    edit('to', `UPDATE records SET envelope = replace(envelope, 'Elm', 'Oak')`)
    await expect(copy()).rejects.toThrow(CorruptRecordError)
  })

  test('finds that the first and the conflict of an id have changed places', async () => {
    const event = sampleNewEvent(sampleReport(1))
    await from.append([event, { ...event, bodyHash: sampleNewEvent(sampleReport(2)).bodyHash }])
    const records = await all(from, 'outages')
    await to.restore('outages', records.toReversed())
    expect((await copy()).topics[1]).toMatchObject({ equal: false, source: { firsts: 1, conflicts: 1 }, target: { firsts: 1, conflicts: 1 } })
  })

  test('refuses a target that holds what the source does not, before anything is written', async () => {
    await fill(from, from)
    await to.append([sampleNewEvent(sampleReport(1))])
    await expect(copy()).rejects.toThrow(CopyRefusedError)
    expect(await to.statistics('accounts')).toMatchObject({ events: 0 })
  })

  test('restores no record whose id no log would keep', async () => {
    await from.append([sampleNewEvent(sampleReport(1))])
    const [record] = await all(from, 'outages')
    await expect(to.restore('outages', [{ envelope: { ...record!.envelope, id: 'no uuid' } }])).rejects.toThrow(TypeError)
    expect(await to.restore('outages', [])).toBe(0)
  })

  test('refuses a copy that was put to use before it was whole', async () => {
    await from.append([1, 2, 3].map((number) => sampleNewEvent(sampleReport(number))))
    await copy()
    await from.append([sampleNewEvent(sampleReport(4))])
    await to.append([sampleNewEvent(sampleReport(5))])
    await expect(copy()).rejects.toThrow('outages')
    expect(await to.statistics('outages')).toMatchObject({ events: 4 })
  })

  test('refuses an empty source and a log into itself', async () => {
    await expect(copy()).rejects.toThrow('no event')
    await to.append([sampleNewEvent(sampleReport(1))])
    await expect(copy({ from: to, to: await open('to', 'again') })).rejects.toThrow('same log')
  })

  test.each(['source', 'target'] as const)('says that the %s grew meanwhile, and proves nothing', async (which) => {
    await fill(from, from)
    let grown: Promise<unknown> | undefined
    const grow = (): Promise<unknown> => (which === 'source' ? from : to).append([sampleNewEvent(sampleAccount(ACCOUNTS + 1))])
    const result = await copy({
      onProgress: ({ phase, topic }) => {
        // The accounts have been compared by then.
        if (phase === 'verifying' && topic === 'outages') grown ??= grow()
      },
    })
    await grown
    expect(result).toMatchObject({ verified: false, grew: [which] })
    expect(result.topics.every(({ equal }) => equal)).toBe(true)
    if (which === 'source') expect(await copy()).toMatchObject({ verified: true, written: 1, grew: [] })
  })
})

describe('copyCursor', () => {
  const positions = async (log: EventLog): Promise<string[]> => {
    const found: string[] = []
    for await (const batch of readTopic(log, 'outages', never)) found.push(...batch.map(({ position }) => position))
    return found
  }

  test('puts a consumer that was at the end at the end, one that was behind before what it has not seen, and one that never ran nowhere', async () => {
    await from.append([1, 2, 3, 4].map((number) => sampleNewEvent(sampleReport(number))))
    await copy()
    const [source, target] = [await positions(from), await positions(to)]
    await from.saveCursor('current', 'outages/0', source[3]!)
    await from.saveCursor('slow', 'outages/0', source[1]!)
    expect(await copyCursor(from, to, 'current', 'outages', never)).toBe('at-end')
    expect(await copyCursor(from, to, 'slow', 'outages', never)).toBe('behind')
    expect(await copyCursor(from, to, 'new', 'outages', never)).toBe('none')
    expect(await Promise.all(['current', 'slow', 'new'].map((consumer) => to.loadCursor(consumer, 'outages/0')))).toEqual([target[3], target[1], null])
  })
})
