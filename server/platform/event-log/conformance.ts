import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../../domain/clock.ts'
import { describeCrashes } from './conformance-crashes.ts'
import type { Appended, EventLog, LogRecord, Partition } from './event-log.ts'
import { matchedEvent } from './matched-event.fixture.ts'
import { openEventLog } from './open-event-log.ts'
import { verifyRecord } from './verify-record.ts'

const PATIENTLY = { timeout: 20_000, interval: 10 }

/** A new, empty log of one test. */
export interface LogUnderTest {
  url: string
  dispose(): Promise<void>
}

/** Every record of a topic up to its tail, partition by partition. */
export async function readAll(log: EventLog): Promise<LogRecord[]> {
  const records: LogRecord[] = []
  for (const partition of await log.partitions('outages')) {
    for await (const batch of log.read(partition, null, { signal: AbortSignal.timeout(20_000), follow: false })) records.push(...batch)
  }
  return records
}

/** First records by id: what a fold counts. A log may hold an id twice, and flags one of them. */
function firstsOf(records: readonly LogRecord[]): Map<string, Pick<LogRecord, 'position' | 'envelope'>> {
  const firsts = new Map<string, Pick<LogRecord, 'position' | 'envelope'>>()
  for (const { first, position, envelope } of records) {
    if (!first) continue
    expect(firsts.has(envelope.id), 'two records of one id are flagged as its first').toBe(false)
    firsts.set(envelope.id, { position, envelope })
  }
  expect(firsts.size, 'an id has no first record').toBe(new Set(records.map(({ envelope }) => envelope.id)).size)
  return firsts
}

function outcomes(answers: readonly Appended[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { outcome } of answers) counts[outcome] = (counts[outcome] ?? 0) + 1
  return counts
}

/** What every adapter of the port must do; assumes nothing of how it does it. */
export function describeEventLog(name: string, factory: () => Promise<LogUnderTest>): void {
  describe(`event log: ${name}`, () => {
    let underTest: LogUnderTest
    let opened: EventLog[]
    const open = async (node = 'tester', clock = systemClock): Promise<EventLog> => {
      const log = await openEventLog({ url: underTest.url, clock, region: 'test', node })
      opened.push(log)
      return log
    }

    beforeEach(async () => {
      opened = []
      underTest = await factory()
    })
    afterEach(async () => {
      await Promise.all(opened.map((log) => log.close()))
      await underTest.dispose()
    })

    describe('appending', () => {
      test('stamps time, order and origin, and gives back what it keeps', async () => {
        const log = await open('door')
        const event = { ...matchedEvent('north — "ñ" 🌩'), traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }
        const [answer] = await log.append([event])
        expect(answer).toMatchObject({
          outcome: 'appended',
          first: {
            envelope: {
              specversion: '1.0', id: event.id, source: 'urn:stormdoor:test:door', type: 'outage.matched.v1', subject: event.key,
              partitionkey: event.key, region: 'test', node: expect.stringMatching(/^door\.[0-9a-z]{4,}$/), seq: 1,
              hlc: expect.stringMatching(/^[0-9a-f]{16}$/), bodyhash: event.bodyHash, traceparent: event.traceparent, data: event.data,
            },
          },
        })
        const records = await readAll(log)
        expect(records).toEqual([{ position: answer!.first.position, first: true, envelope: answer!.first.envelope }])
        expect(await log.partitions('outages')).toContain(answer!.first.partition)
        expect(() => verifyRecord(records[0]!)).not.toThrow()
      })

      test('a repeated id with the same body gets the first record, alone, in one call and in another process', async () => {
        const log = await open()
        const event = matchedEvent('north')
        const [first, twin] = await log.append([event, event])
        const [again] = await log.append([event])
        const [elsewhere] = await (await open('other')).append([event])
        expect(first!.outcome).toBe('appended')
        for (const answer of [twin, again, elsewhere]) expect(answer).toEqual({ outcome: 'repeated', first: first!.first })
        expect(firstsOf(await readAll(log)).size).toBe(1)
      })

      test('another body under the same id is kept as a conflict, once, and the first stands', async () => {
        const log = await open()
        const [first] = await log.append([matchedEvent('north')])
        const other = matchedEvent('south', first!.first.envelope.id)
        const answers = [...(await log.append([other, other])), ...(await log.append([other]))]
        for (const answer of answers) expect(answer).toEqual({ outcome: 'conflicting', first: first!.first })
        const records = await readAll(log)
        expect(firstsOf(records).get(other.id)).toEqual({ position: first!.first.position, envelope: first!.first.envelope })
        expect(records.filter(({ envelope }) => envelope.bodyhash === other.bodyHash)).toHaveLength(1)
        expect(await log.statistics('outages')).toMatchObject({ distinctIds: 1, conflicts: 1 })
      })

      test('50 equal appends of one id at once: one is the first, all get it', async () => {
        const logs = [await open('one'), await open('two')]
        const event = matchedEvent('north')
        const answers = (await Promise.all(Array.from({ length: 50 }, (_, index) => logs[index % 2]!.append([event])))).flat()
        expect(outcomes(answers)).toEqual({ appended: 1, repeated: 49 })
        const first = firstsOf(await readAll(logs[0]!)).get(event.id)!
        for (const answer of answers) expect(answer.first).toMatchObject(first)
      })

      test('50 different bodies of one id at once: one is the first, all get it, all others are kept', async () => {
        const logs = [await open('one'), await open('two')]
        const { id } = matchedEvent('')
        const appends = Array.from({ length: 50 }, (_, index) => logs[index % 2]!.append([matchedEvent(`body ${index}`, id)]))
        const answers = (await Promise.all(appends)).flat()
        expect(outcomes(answers)).toEqual({ appended: 1, conflicting: 49 })
        const records = await readAll(logs[1]!)
        for (const answer of answers) expect(answer.first).toMatchObject(firstsOf(records).get(id)!)
        expect(new Set(records.map(({ envelope }) => envelope.bodyhash)).size).toBe(50)
      })

      test('the first record of an id is the one that was answered, though its clock is ahead of the others', async () => {
        const ahead = await open('ahead', { ...systemClock, nowMs: () => systemClock.nowMs() + 20_000 })
        const behind = await open('behind')
        for (let round = 0; round < 10; round++) {
          const { id } = matchedEvent('')
          const [answer] = await ahead.append([matchedEvent(`ahead ${round}`, id)])
          const [late] = await behind.append([matchedEvent(`behind ${round}`, id)])
          expect([answer!.outcome, late]).toEqual(['appended', { outcome: 'conflicting', first: answer!.first }])
        }
        const { id } = matchedEvent('')
        const racing = Array.from({ length: 20 }, (_, index) => [ahead, behind][index % 2]!.append([matchedEvent(`racing ${index}`, id)]))
        const answered = new Map((await Promise.all(racing)).flat().map(({ first }) => [first.position, first.envelope]))
        const records = await readAll(behind)
        const firsts = firstsOf(records)
        expect([...answered]).toEqual([[firsts.get(id)!.position, firsts.get(id)!.envelope]])
        const reversed = records.filter(({ first, envelope }) => !first && envelope.hlc < firsts.get(envelope.id)!.envelope.hlc)
        expect(reversed.length).toBeGreaterThanOrEqual(1)
        for (const { envelope } of firsts.values()) if (envelope.id !== id) expect(circuitOf({ envelope })).toMatch(/^ahead/)
      })

      test('all or none: an event that cannot be written takes its whole call with it and no other', async () => {
        const log = await open()
        const circular: Record<string, unknown> = {}
        circular['self'] = circular
        const broken = { ...matchedEvent('broken'), data: circular as never }
        const good = matchedEvent('good')
        const answers = await Promise.allSettled([log.append([matchedEvent('lost'), broken]), log.append([good]), log.append([{ ...good, id: 'no uuid' }])])
        expect(answers.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected'])
        expect((await readAll(log)).map(({ envelope }) => envelope.id)).toEqual([good.id])
      })

      test('no events is no record', async () => {
        const log = await open()
        expect(await log.append([])).toEqual([])
        expect(await log.statistics('outages')).toEqual({ events: 0, distinctIds: 0, conflicts: 0 })
      })

      test('one process finds its records in the order of its appends, with a clock and a count that grow', async () => {
        const log = await open()
        const events = Array.from({ length: 300 }, (_, index) => matchedEvent(`circuit ${index}`))
        const answers = (await Promise.all([0, 100, 200].map((start) => log.append(events.slice(start, start + 100))))).flat()
        const records = await readAll(log)
        expect(answers.map(({ first: { position, envelope } }) => ({ position, first: true, envelope }))).toEqual(records)
        const envelopes = records.map(({ envelope }) => envelope)
        expect(envelopes.map(({ id }) => id)).toEqual(events.map(({ id }) => id))
        expect(envelopes.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
        expect(envelopes.map(({ hlc }) => hlc)).toEqual([...new Set(envelopes.map(({ hlc }) => hlc))].sort())
      })

      test('a log that is opened again goes on after its newest record, under a new node name', async () => {
        const before = await open()
        const [first] = await before.append([matchedEvent('north')])
        await before.close()
        const after = await open()
        const [second] = await after.append([matchedEvent('south')])
        expect(after.logId).toBe(before.logId)
        expect(second!.first.envelope.hlc > first!.first.envelope.hlc).toBe(true)
        expect(second!.first.envelope.node).not.toBe(first!.first.envelope.node)
      })
    })

    describe('reading', () => {
      test('finds the first record of an id, and none of an unknown one', async () => {
        const log = await open()
        const [first] = await log.append([matchedEvent('north')])
        const { id } = first!.first.envelope
        await log.append([matchedEvent('south', id)])
        await expect.poll(() => log.find('outages', id), PATIENTLY).toEqual(first!.first)
        expect(await log.find('outages', matchedEvent('').id)).toBeNull()
        expect(await log.find('accounts', id)).toBeNull()
        expect(await log.find('outages', 'no uuid')).toBeNull()
      })

      test('readers start wherever they stopped and get the rest in order, in batches as small as they ask', async () => {
        const log = await open()
        const answers = await log.append(Array.from({ length: 25 }, (_, index) => matchedEvent(`circuit ${index}`)))
        const { partition } = answers[0]!.first
        for (const stop of [0, 7, 24]) {
          const sizes: number[] = []
          const ids: string[] = []
          const options = { signal: AbortSignal.timeout(20_000), follow: false, maxRecords: 4 }
          for await (const batch of log.read(partition, answers[stop]!.first.position, options)) {
            sizes.push(batch.length)
            ids.push(...batch.map(({ envelope }) => envelope.id))
          }
          expect(ids).toEqual(answers.slice(stop + 1).map(({ first }) => first.envelope.id))
          for (const size of sizes) expect(size > 0 && size <= 4).toBe(true)
          expect(await log.countAfter(partition, answers[stop]!.first.position)).toBe(24 - stop)
        }
        expect(await log.countAfter(partition, null)).toBe(25)
        expect(await log.end(partition)).toBe(answers.at(-1)!.first.position)
      })

      test('an empty partition has no end and no records', async () => {
        const log = await open()
        const [partition] = await log.partitions('payments')
        expect(await log.end(partition!)).toBeNull()
        expect(await log.countAfter(partition!, null)).toBe(0)
        expect(await readAll(log)).toEqual([])
      })

      test('readers wait at the tail, and see what their own and another process append', async () => {
        const [here, there] = [await open('here'), await open('there')]
        const [first] = await here.append([matchedEvent('0')])
        const { partition } = first!.first
        const stop = new AbortController()
        const readers = [follow(here, partition, stop.signal), follow(here, partition, stop.signal), follow(there, partition, stop.signal)]
        for (const [index, log] of [here, there, here, there].entries()) {
          await log.append([matchedEvent(String(index + 1))])
          for (const { seen } of readers) await expect.poll(() => seen.length, PATIENTLY).toBe(index + 2)
        }
        stop.abort()
        await Promise.all(readers.map(({ ended }) => ended))
        for (const { seen } of readers) expect(seen).toEqual(['0', '1', '2', '3', '4'])
      })

      test('a reader that follows misses nothing while two processes append without pause', async () => {
        const logs = [await open('one'), await open('two')]
        const [first] = await logs[0]!.append([matchedEvent('first')])
        const stop = new AbortController()
        const reader = follow(logs[0]!, first!.first.partition, stop.signal)
        await Promise.all(
          logs.map(async (log, writer) => {
            for (let index = 0; index < 100; index++) await log.append([matchedEvent(`${writer}/${index}`)])
          }),
        )
        await expect.poll(() => reader.seen.length, PATIENTLY).toBe(201)
        stop.abort()
        await reader.ended
        expect(reader.seen).toEqual((await readAll(logs[1]!)).map(circuitOf))
      })
    })

    describe('cursors', () => {
      test('are kept per consumer and partition, for every process', async () => {
        const log = await open()
        const answers = await log.append([matchedEvent('north'), matchedEvent('south')])
        const { partition } = answers[0]!.first
        expect(await log.loadCursor('matching', partition)).toBeNull()
        for (const { first } of answers) await log.saveCursor('matching', partition, first.position)
        await log.saveCursor('news', partition, answers[0]!.first.position)
        await log.close()
        const other = await open('other')
        expect(await other.loadCursor('matching', partition)).toBe(answers[1]!.first.position)
        expect(await other.loadCursor('news', partition)).toBe(answers[0]!.first.position)
      })
    })

    describe('closing', () => {
      test('waits for what is under way, ends the readers, and refuses what comes later', async () => {
        const log = await open()
        const [first] = await log.append([matchedEvent('first')])
        const reader = follow(log, first!.first.partition, new AbortController().signal)
        const underWay = Array.from({ length: 8 }, () => log.append(Array.from({ length: 1_000 }, () => matchedEvent('under way'))))
        await Promise.all([log.close(), log.close()])
        expect(outcomes((await Promise.all(underWay)).flat())).toEqual({ appended: 8_000 })
        await reader.ended
        await expect(log.append([matchedEvent('late')])).rejects.toMatchObject({ code: 'log-unavailable' })
        await expect(readAll(log)).rejects.toMatchObject({ code: 'log-unavailable' })
        const anew = await open()
        expect(firstsOf(await readAll(anew)).size).toBe(8_001)
        expect(await anew.statistics('outages')).toEqual({ events: 8_001, distinctIds: 8_001, conflicts: 0 })
      })
    })

    describeCrashes(() => underTest.url, open)
  })
}

const circuitOf = ({ envelope }: Pick<LogRecord, 'envelope'>): string => (envelope.data as { circuit: string }).circuit

function follow(log: EventLog, partition: Partition, signal: AbortSignal): { seen: string[]; ended: Promise<void> } {
  const seen: string[] = []
  const run = async (): Promise<void> => {
    for await (const batch of log.read(partition, null, { signal })) seen.push(...batch.map(circuitOf))
  }
  return { seen, ended: run() }
}
