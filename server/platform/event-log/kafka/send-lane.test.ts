import { describe, expect, test, vi } from 'vitest'
import { systemClock, systemRandom } from '../../../../domain/clock.ts'
import { HybridClock } from '../../../../domain/hybrid-clock.ts'
import { matchedEvent } from '../matched-event.fixture.ts'
import { createStamper } from '../stamp-events.ts'
import type { Produced } from './kafka-client.ts'
import { KAFKA_CODE } from './kafka-failure.ts'
import { PendingRecord } from './pending-record.ts'
import { SendLane } from './send-lane.ts'

const WRITTEN: Produced = { kind: 'written', offset: 0 }
const HANGING = new Promise<Produced>(() => undefined)
const TOO_FEW: Produced = { kind: 'refused', code: KAFKA_CODE.notEnoughReplicas, reason: 'too few replicas' }
const UNKNOWN: Produced = { kind: 'unknown', reason: 'no answer' }

const stamper = createStamper({
  clock: systemClock, hybridClock: new HybridClock(systemClock), random: systemRandom, region: 'test', node: 'tester', partitionOf: (topic) => `${topic}/0`,
})
const recordsOf = (count: number, circuit = 'north'): PendingRecord[] =>
  stamper.stamp(Array.from({ length: count }, () => matchedEvent(circuit))).map((event) => new PendingRecord(event))

/** A lane whose broker gives the answers in their order, and the last one for ever. */
function laneWith(answers: (Produced | Promise<Produced>)[], { boundMs = 200, batchBytes = 1_000_000 } = {}) {
  const sends: PendingRecord[][] = []
  const tail = { partition: 'outages/0' as const, number: 0, pending: new Map<string, PendingRecord>(), told: 0, onAdvance: () => undefined as void }
  const client = {
    async produce(_topic: string, _partition: number, records: readonly unknown[]): Promise<Produced> {
      sends.push([...(records as PendingRecord[])])
      return answers[Math.min(sends.length, answers.length) - 1]!
    },
    pause: () => new Promise<void>((resolve) => void setTimeout(resolve, 5)),
  }
  const lane = new SendLane({ client, topic: 'test.outages', tail, batchBytes, boundMs })
  const readBack = (records: readonly PendingRecord[], from = 0): void => {
    for (const [index, record] of records.entries()) record.settle({ outcome: 'appended', firstOffset: from + index, added: true })
  }
  return { lane, sends, tail, readBack }
}

describe('the lane into a partition', () => {
  test('sends what one turn brings together, one send at a time, in the order of the calls', async () => {
    const slow = Promise.withResolvers<Produced>()
    const { lane, sends, readBack } = laneWith([slow.promise, { kind: 'written', offset: 3 }])
    const [first, second, third] = [recordsOf(1), recordsOf(2), recordsOf(4)]
    lane.add(first)
    lane.add(second)
    await vi.waitFor(() => expect(sends).toEqual([[...first, ...second]]))
    lane.add(third)
    expect(lane.waiting).toBe(7)
    slow.resolve(WRITTEN)
    await vi.waitFor(() => expect(sends[1]).toEqual(third))
    readBack([...first, ...second, ...third])
    await vi.waitFor(() => expect(lane.waiting).toBe(0))
  })

  test('an acknowledgement answers nobody: without reading back it is indeterminate', async () => {
    const { lane } = laneWith([WRITTEN])
    const records = recordsOf(1)
    lane.add(records)
    await expect(records[0]!.answer).rejects.toMatchObject({ code: 'indeterminate' })
    await vi.waitFor(() => expect(lane.waiting).toBe(0))
  })

  test('what was acknowledged and is not where the broker said is sent again', async () => {
    const { lane, sends, tail, readBack } = laneWith([WRITTEN, { kind: 'written', offset: 5 }], { boundMs: 5_000 })
    const records = recordsOf(2)
    lane.add(records)
    await vi.waitFor(() => expect(sends).toHaveLength(1))
    tail.told = 1
    tail.onAdvance()
    // Turns in which a send would have begun.
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate)
    expect(sends).toHaveLength(1)
    tail.told = 2
    tail.onAdvance()
    await vi.waitFor(() => expect(sends).toEqual([records, records]))
    readBack(records, 5)
    await expect(records[1]!.answer).resolves.toMatchObject({ firstOffset: 6 })
  })

  test.each([
    ['too few replicas all the time is a refusal for sure', 'log-unavailable', [TOO_FEW]],
    ['one send without an answer among refusals leaves it open', 'indeterminate', [TOO_FEW, UNKNOWN, TOO_FEW]],
    ['no answer at all leaves it open', 'indeterminate', [UNKNOWN]],
    ['a send that still hangs leaves it open', 'indeterminate', [HANGING]],
  ] as const)('%s (%s)', async (_, code, answers) => {
    const { lane } = laneWith([...answers], { boundMs: 500 })
    const records = recordsOf(1)
    lane.add(records)
    await expect(records[0]!.answer).rejects.toMatchObject({ code })
  })

  test('a call that never came to be sent was surely not written', async () => {
    const { lane, sends } = laneWith([HANGING])
    lane.add(recordsOf(1))
    await vi.waitFor(() => expect(sends).toHaveLength(1))
    const waiting = recordsOf(1)
    lane.add(waiting)
    await expect(waiting[0]!.answer).rejects.toMatchObject({ code: 'log-unavailable' })
    expect(sends).toHaveLength(1)
  })

  test('a record that was read back is accepted, whatever its send is answered, and is not sent again', async () => {
    const late = Promise.withResolvers<Produced>()
    const { lane, sends, readBack } = laneWith([late.promise, WRITTEN], { boundMs: 5_000 })
    const [records, next] = [recordsOf(1), recordsOf(1)]
    lane.add(records)
    await vi.waitFor(() => expect(sends).toHaveLength(1))
    readBack(records)
    await expect(records[0]!.answer).resolves.toMatchObject({ outcome: 'appended' })
    late.resolve(UNKNOWN)
    lane.add(next)
    await vi.waitFor(() => expect(sends).toEqual([records, next]))
    readBack(next)
  })

  test('a refusal that trying again cannot change comes at once', async () => {
    const { lane, sends } = laneWith([{ kind: 'refused', code: KAFKA_CODE.topicAuthorizationFailed, reason: 'no right to write' }], { boundMs: 60_000 })
    const records = recordsOf(1)
    lane.add(records)
    await expect(records[0]!.answer).rejects.toMatchObject({ code: 'log-unavailable', message: expect.stringContaining('no right to write') })
    expect(sends).toHaveLength(1)
  })

  test('a batch that is too large as a whole goes call by call, and one that is too large alone is refused', async () => {
    const tooLarge: Produced = { kind: 'refused', code: KAFKA_CODE.messageTooLarge, reason: 'too large' }
    const { lane, sends, readBack } = laneWith([tooLarge, tooLarge, WRITTEN], { boundMs: 60_000, batchBytes: 2_000 })
    const [large, small] = [recordsOf(1), recordsOf(1)]
    lane.add(large)
    lane.add(small)
    await expect(large[0]!.answer).rejects.toMatchObject({ code: 'log-unavailable' })
    await vi.waitFor(() => expect(sends).toEqual([[...large, ...small], large, small]))
    readBack(small)
    await vi.waitFor(() => expect(lane.waiting).toBe(0))
    expect(() => lane.requireRoom(recordsOf(1, 'x'.repeat(2_000)))).toThrow(RangeError)
  })
})
