import { beforeEach, describe, expect, test } from 'vitest'
import { json, manualClock, phone, resetBrowser, saved, type SimulatedDoor, simulatedDoor } from './outbox.fixture.ts'
import { refreshKeys } from './attempt-send.ts'
import { sendDue } from './send-due.ts'
import { clockEvidence, measureServerClock, type ServerClock, sharperServerClock } from './server-clock.ts'

const DAY_MS = 24 * 60 * 60_000
const T0_MS = Date.UTC(2026, 0, 31, 4)
const at = (afterMs: number, monotonicMs = afterMs) => ({ atMs: T0_MS + afterMs, monotonicMs })
const iso = (afterMs: number) => new Date(T0_MS + afterMs).toISOString()
const known = (more: Partial<ServerClock> = {}): ServerClock => ({ offsetMs: 5_000, errorMs: 100, atMs: T0_MS, monotonicMs: 0, contextId: 'page', ...more })

describe('the server’s clock as the phone measures it @outbox', () => {
  test('lies within the round trip', () => {
    expect(measureServerClock(iso(60_100), at(0), at(200), 'page')).toEqual({ offsetMs: 60_000, errorMs: 101, ...at(200), contextId: 'page' })
    expect(measureServerClock(iso(-2 * DAY_MS), at(0), at(0), 'page')).toMatchObject({ offsetMs: -2 * DAY_MS, errorMs: 1 })
  })

  test('is not measured without its time, nor over a clock that was set meanwhile', () => {
    expect(measureServerClock(null, at(0), at(200), 'page')).toBeNull()
    expect(measureServerClock('yesterday', at(0), at(200), 'page')).toBeNull()
    expect(measureServerClock(iso(0), at(0), at(2 * DAY_MS, 200), 'page')).toBeNull()
    expect(measureServerClock(iso(0), at(0), at(-2 * DAY_MS, 200), 'page')).toBeNull()
  })

  test('grows less certain with time, by a fifth of a second in a quarter of an hour', () => {
    expect(clockEvidence(known(), at(1_000_000), 'page')).toEqual({ offsetMs: 5_000, errorMs: 300 })
    expect(clockEvidence(known(), at(1_000_000, 3), 'another')).toEqual({ offsetMs: 5_000, errorMs: 300 })
  })

  test('after a sleep or a jump ahead, which look alike, the difference is error', () => {
    expect(clockEvidence(known(), at(8 * DAY_MS, 60_000), 'page')!.errorMs).toBeGreaterThanOrEqual(8 * DAY_MS - 60_000)
  })

  test('is unknown once the phone’s clock was set back', () => {
    expect(clockEvidence(known(), at(-2 * DAY_MS), 'another')).toBeNull()
    expect(clockEvidence(known(), at(60_000, 120_000), 'page')).toBeNull()
  })

  test('the sharper of two measurements stays until it has aged; a contradiction makes the newer one true', () => {
    const rough = known({ ...at(10_000), offsetMs: 5_400, errorMs: 9_000 })
    expect(sharperServerClock(known(), rough)).toEqual(known())
    const later = { ...rough, ...at(DAY_MS) }
    expect(sharperServerClock(known(), later)).toEqual(later)
    const moved = known({ ...at(10_000), offsetMs: 2 * DAY_MS, errorMs: 9_000 })
    expect(sharperServerClock(known(), moved)).toEqual(moved)
    expect(sharperServerClock(null, rough)).toEqual(rough)
  })
})

describe('what a report says of clocks @outbox', () => {
  let door: SimulatedDoor
  beforeEach(async () => {
    resetBrowser()
    door = await simulatedDoor()
  })
  const answeringAt = (aheadMs: number, clock: { nowMs(): number }) => async (body: Uint8Array<ArrayBuffer>) => ({
    ...(await door.accept(body)),
    serverTime: new Date(clock.nowMs() + aheadMs).toISOString(),
  })

  test('the offset of a proved answer goes into records that are saved later, and from there into their headers', async () => {
    const clock = manualClock()
    const outbox = phone(door, { clock })
    const early = await saved(outbox)
    expect(early).not.toHaveProperty('clockEvidence')
    door.answer = answeringAt(-90_000, clock)
    await sendDue(outbox)
    clock.advance(1_000_000)
    const late = await saved(phone(door, { clock }))
    expect(late.clockEvidence).toEqual({ offsetMs: -90_000, errorMs: 201 })
    clock.advance(8 * DAY_MS)
    await sendDue(outbox)
    expect(door.sent[0]!.headers).not.toHaveProperty('report-clock-offset-ms')
    expect(door.sent[1]!.headers).toMatchObject({ 'report-clock-offset-ms': '-90000', 'report-clock-error-ms': '201' })
    expect(door.sent[1]!.text).not.toContain('90000')
  })

  test('an answer that is not proved ours says nothing about time', async () => {
    const outbox = phone(door)
    await saved(outbox)
    door.answer = async () => ({ ...json(201, { receipt: await door.receiptFor({ id: 'x', bodyHash: 'y' }) }), serverTime: iso(DAY_MS) })
    await sendDue(outbox)
    expect(await saved(outbox)).not.toHaveProperty('clockEvidence')
  })

  test('the answer that brings the keys says it too, before anything was sent', async () => {
    const outbox = phone(door)
    door.keysAnswer = () => Promise.resolve({ ...json(200, { keys: door.published }), serverTime: iso(7_000), spreadMs: '90000' })
    await refreshKeys(outbox)
    expect((await saved(outbox)).clockEvidence).toEqual({ offsetMs: 7_000, errorMs: 1 })
    expect(await outbox.store.transact(({ line }) => ({ result: line.spreadMs }))).toBe(90_000)
    door.keysAnswer = () => Promise.resolve({ ...json(404, { keys: door.published }), serverTime: iso(DAY_MS) })
    expect(await refreshKeys(outbox)).toBeNull()
    expect((await saved(outbox)).clockEvidence).toMatchObject({ offsetMs: 7_000 })
  })
})
