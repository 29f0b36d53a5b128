import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { systemClock, systemRandom } from '../../../../domain/clock.ts'
import { HybridClock } from '../../../../domain/hybrid-clock.ts'
import type { LogRecord } from '../event-log.ts'
import { matchedEvent } from '../matched-event.fixture.ts'
import { createStamper, type StampedEvent } from '../stamp-events.ts'
import type { FetchedPartition } from './kafka-client.ts'
import { openLogIndex, type LogIndex } from './log-index.ts'
import { PartitionTail } from './partition-tail.ts'
import { PendingRecord } from './pending-record.ts'
import { readPartition } from './read-partition.ts'

const PARTITION = 'outages/0'
const stamper = createStamper({
  clock: systemClock, hybridClock: new HybridClock(systemClock), random: systemRandom, region: 'test', node: 'tester', partitionOf: (topic) => `${topic}/0`,
})

describe('the tail of a partition', () => {
  let index: LogIndex
  let tails: PartitionTail[]
  /** All that the broker has; null is what is no event. */
  let stored: (StampedEvent | null)[]
  let fetches: number[]

  const fetched = (from: number, to: number): FetchedPartition => ({
    partition: 0, code: 0, highWatermark: stored.length, next: to,
    records: stored.slice(from, to).map((event, position) => ({ offset: from + position, key: null, value: Buffer.from(event?.json ?? 'no event') })),
  })
  const fetch = async (from: number): Promise<FetchedPartition> => {
    fetches.push(from)
    return fetched(from, Math.min(stored.length, from + 100))
  }
  const open = (start: number, fetchOlder = fetch): PartitionTail => {
    const tail = new PartitionTail({ partition: PARTITION, number: 0, index, fetch: fetchOlder }, start)
    tails.push(tail)
    return tail
  }
  const store = (count: number): StampedEvent[] => {
    const events = stamper.stamp(Array.from({ length: count }, () => matchedEvent('x'.repeat(100))))
    stored.push(...events)
    return events
  }
  const waitFor = (tail: PartitionTail, event: StampedEvent): PendingRecord => {
    const record = new PendingRecord(event)
    tail.pending.set(record.name, record)
    return record
  }
  const readAll = async (tail: PartitionTail, from: number): Promise<LogRecord[]> => {
    const records: LogRecord[] = []
    const options = { tail, index, from, maxRecords: 7, follow: false, signal: AbortSignal.timeout(10_000), fetch, highWatermark: async () => stored.length }
    for await (const batch of readPartition(options)) records.push(...batch)
    return records
  }

  beforeEach(() => {
    index = openLogIndex({ path: null, logId: 'a log', clock: systemClock })
    tails = []
    stored = []
    fetches = []
  })
  afterEach(async () => {
    await Promise.all(tails.map((tail) => tail.close()))
    index.close()
  })

  test('answers a waiting record by what the fold says, and keeps it for readers', async () => {
    const [first] = store(1)
    const other = stamper.stamp([matchedEvent('another body', first!.envelope.id)])[0]!
    stored.push(other, first!)
    const tail = open(0)
    const waiting = [waitFor(tail, first!), waitFor(tail, other)]
    await tail.take(fetched(0, 3))
    expect(await Promise.all(waiting.map(({ answer }) => answer))).toEqual([
      { outcome: 'appended', firstOffset: 0, added: true },
      { outcome: 'conflicting', firstOffset: 0, added: true },
    ])
    expect(tail.pending.size).toBe(0)
    expect((await readAll(tail, 0)).map(({ position, first: isFirst }) => [position, isFirst])).toEqual([['0', true], ['1', false], ['2', false]])
    expect(fetches).toEqual([])
  })

  test('a twin of another node that came first makes the own one a repeat', async () => {
    const [own] = store(1)
    stored = [{ ...own!, json: JSON.stringify({ ...own!.envelope, node: 'other.1' }) }, own!]
    const tail = open(0)
    const record = waitFor(tail, own!)
    await tail.take(fetched(0, 2))
    await expect(record.answer).resolves.toEqual({ outcome: 'repeated', firstOffset: 0, added: false })
  })

  test('an index that is far behind is not waited for: what was read back is accepted', async () => {
    store(6_000)
    const tail = open(6_000, () => new Promise(() => undefined))
    const [event] = store(1)
    const record = waitFor(tail, event!)
    await tail.take(fetched(6_000, 6_001))
    expect(record.settled).toBe(true)
    await expect(record.answer).resolves.toEqual({ outcome: 'appended', firstOffset: 6_000, added: true })
    expect(tail.folded).toBe(0)
    tails = []
  })

  test('an index that is a little behind is waited for, and knows the repeat', async () => {
    const [event] = store(1_500)
    const tail = open(1_500)
    const again = stamper.stamp([matchedEvent('x'.repeat(100), event!.envelope.id)])[0]!
    stored.push(again)
    const record = waitFor(tail, again)
    await tail.take(fetched(1_500, 1_501))
    await expect(record.answer).resolves.toEqual({ outcome: 'repeated', firstOffset: 0, added: false })
  })

  test('a fold that began far behind meets the live part, and readers get every record once and in order', async () => {
    store(3_000)
    const tail = open(2_000)
    for (let from = 2_000; from < 3_000; from += 50) await tail.take(fetched(from, from + 50))
    const records = await readAll(tail, 0)
    expect(records.map(({ position }) => Number(position))).toEqual(Array.from({ length: 3_000 }, (_, offset) => offset))
    expect(records.every(({ first }) => first)).toBe(true)
    expect(index.tally(PARTITION)).toEqual({ records: 3_000, conflicts: 0 })
  })

  test('a fold that began far behind leaves to the window what the window holds: a record that came meanwhile is the first of its id', async () => {
    store(2_000)
    const tail = open(1_950)
    store(50)
    await tail.take(fetched(1_950, 2_050))
    expect((await readAll(tail, 1_950)).map(({ position, first }) => [Number(position), first])).toEqual(Array.from({ length: 100 }, (_, number) => [1_950 + number, true]))
    expect(index.tally(PARTITION)).toEqual({ records: 2_050, conflicts: 0 })
  })

  test('the window has a bound; what has left it is fetched', async () => {
    store(5_000)
    const tail = open(0)
    for (let from = 0; from < 5_000; from += 500) await tail.take(fetched(from, from + 500))
    expect(fetches).toEqual([])
    expect(tail.recent(0)).toBeNull()
    expect(tail.recent(4_999)?.id).toBe(stored[4_999]!.envelope.id)
    expect((await readAll(tail, 10)).map(({ position }) => Number(position))).toEqual(Array.from({ length: 4_990 }, (_, offset) => offset + 10))
    expect(fetches[0]).toBe(10)
  })

  test('what is no event is passed over, also at the end', async () => {
    store(1)
    stored.push(null)
    store(1)
    stored.push(null)
    const tail = open(0)
    await tail.take(fetched(0, 4))
    expect((await readAll(tail, 0)).map(({ position }) => position)).toEqual(['0', '2'])
    expect(tail.folded).toBe(4)
  })

  test('readers are told of a fold that fails, and appends are accepted; it goes on with the next records', async () => {
    const tail = open(0)
    const fold = vi.spyOn(index, 'fold').mockImplementation(() => {
      throw new Error('the disk is full')
    })
    const [first] = store(1)
    const record = waitFor(tail, first!)
    await tail.take(fetched(0, 1))
    await expect(record.answer).resolves.toMatchObject({ outcome: 'appended' })
    await expect(readAll(tail, 0)).rejects.toMatchObject({ code: 'log-unavailable', message: expect.stringContaining('the disk is full') })
    fold.mockRestore()
    store(1)
    await tail.take(fetched(1, 2))
    expect(await readAll(tail, 0)).toHaveLength(2)
  })
})
