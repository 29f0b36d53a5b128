import { beforeEach, describe, expect, test } from 'vitest'
import type { Answer } from './classify-answer.ts'
import { afterReturn, FRESH_LINE } from './line.ts'
import { fixedRandom, manualClock, phone, problem, resetBrowser, saved, type SimulatedDoor, simulatedDoor, until } from './outbox.fixture.ts'
import { sendDue } from './send-due.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
let door: SimulatedDoor

beforeEach(async () => {
  resetBrowser()
  door = await simulatedDoor()
})

const unreachable = () => Promise.reject<Answer>(new TypeError('Failed to fetch'))
const refusing = (headers: Record<string, string>) => () => Promise.resolve(problem(503, 'overloaded', {}, headers))
const withSlot = refusing({ 'retry-after': '91', 'send-slot': 'ticket-1', 'send-slot-ms': '90500' })
const sentIds = () => door.sent.map(({ id }) => id)

/** A phone whose only report has just failed to get through. */
async function cutOff(parts: Parameters<typeof phone>[1] = {}, more: Parameters<typeof saved>[1] = {}) {
  const outbox = phone(door, parts)
  const record = await saved(outbox, more)
  door.answer = unreachable
  await sendDue(outbox, { wake: 'tap' })
  return { outbox, record }
}

test('a come-back draws anew what was due soon by chance, a hazard never after the rest, and forgets how often the old network failed @outbox', () => {
  const failingSinceMs = 1
  const nowMs = failingSinceMs + HOUR_MS
  const probe = { atMs: nowMs + 100, hazardAtMs: nowMs + 50, setAtMs: nowMs - 2, returning: false }
  const line = afterReturn({ ...FRESH_LINE, failingSinceMs, failures: 9, probe }, nowMs, fixedRandom(0.5))
  expect(line).toMatchObject({ failingSinceMs, failures: 0, probe: { atMs: nowMs + 33_000, hazardAtMs: nowMs + 5_000 } })
})

describe('one probe per phone @outbox', () => {
  test.each([
    ['no network', unreachable],
    ['a busy door', refusing({})],
    ['a captive network', () => Promise.resolve({ ...problem(403, 'x'), contentType: 'text/html' })],
  ])('%s: nothing else goes before the wait is over, then one, and the rest after it got through', async (_name, answer) => {
    const outbox = phone(door)
    const first = await saved(outbox)
    outbox.clock.advance(1)
    const second = await saved(outbox)
    door.answer = answer
    await sendDue(outbox)
    expect(sentIds()).toEqual([first.id])
    outbox.clock.advance(1)
    const third = await saved(outbox)
    expect((await sendDue(outbox)).nextDueAtMs).toBe(outbox.clock.nowMs() + 1_999)
    expect(sentIds()).toHaveLength(1)

    outbox.clock.advance(2_000)
    await sendDue(outbox)
    expect(sentIds()).toEqual([first.id, second.id])
    door.answer = door.accept
    outbox.clock.advance(4_000)
    await sendDue(outbox)
    expect(sentIds()).toEqual([first.id, second.id, third.id, first.id, second.id])
    expect((await outbox.store.listReports()).every(({ received }) => received)).toBe(true)
  })

  test('failures are counted over all reports, so that fifty are as patient as one', async () => {
    const outbox = phone(door, { random: fixedRandom(1) })
    for (let count = 0; count < 5; count++) await saved(outbox)
    door.answer = unreachable
    for (const waitMs of [4_000, 8_000, 16_000, 32_000, 64_000]) {
      expect((await sendDue(outbox)).nextDueAtMs).toBe(outbox.clock.nowMs() + waitMs)
      outbox.clock.advance(waitMs)
    }
    expect(sentIds()).toHaveLength(5)
    door.answer = door.accept
    await sendDue(outbox)
    await saved(outbox)
    door.answer = unreachable
    expect((await sendDue(outbox)).nextDueAtMs).toBe(outbox.clock.nowMs() + 4_000)
  })

  test('a hazard that is saved while nothing gets through is tried at once, then every half minute at most', async () => {
    const { outbox } = await cutOff({ random: fixedRandom(1) })
    for (let count = 0; count < 6; count++) {
      outbox.clock.advance(5 * MINUTE_MS)
      await sendDue(outbox)
    }
    const hazard = await saved(outbox, { hazards: ['fire'] })
    await sendDue(outbox)
    expect(sentIds().at(-1)).toBe(hazard.id)
    expect((await sendDue(outbox)).nextDueAtMs).toBe(outbox.clock.nowMs() + 30_000)
  })

  test('so is one that is saved while the attempt that fails is under way', async () => {
    const { outbox } = await cutOff({ random: fixedRandom(1) })
    outbox.clock.advance(5 * MINUTE_MS)
    let cut = () => {}
    door.answer = () => new Promise((_resolve, reject) => (cut = () => reject(new TypeError('Failed to fetch'))))
    const attempt = sendDue(outbox)
    const before = door.sent.length
    await until(() => door.sent.length > before)
    const hazard = await saved(outbox, { hazards: ['fire'] })
    outbox.clock.advance(1_000)
    cut()
    await attempt
    door.answer = door.accept
    await sendDue(outbox)
    expect(sentIds()).toContain(hazard.id)
  })

  test('a door that answers with words for one report holds up no other', async () => {
    const outbox = phone(door)
    await saved(outbox)
    await saved(outbox)
    door.answer = () => Promise.resolve(problem(422, 'invalid'))
    await sendDue(outbox)
    expect(sentIds()).toHaveLength(2)
  })
})

describe('what the server asked for @outbox', () => {
  test.each(['tap', 'return', 'timer'] as const)('binds every sender and every report but hazards (%s)', async (wake) => {
    const clock = manualClock()
    const outbox = phone(door, { clock })
    await saved(outbox)
    door.answer = refusing({ 'retry-after': '120' })
    await sendDue(outbox)
    door.answer = door.accept
    await saved(outbox)
    clock.advance(119_999)
    await sendDue(phone(door, { clock }), { wake })
    expect(sentIds()).toHaveLength(1)

    const hazard = await saved(outbox, { hazards: ['fire'] })
    await sendDue(phone(door, { clock }), { wake })
    expect(sentIds().slice(1)).toEqual([hazard.id])
    clock.advance(15_001)
    await sendDue(phone(door, { clock }), { wake })
    expect(sentIds()).toHaveLength(4)
  })

  test('a slot is met exactly, with its ticket, by one report; the rest follows without', async () => {
    const outbox = phone(door, { random: fixedRandom(1) })
    await saved(outbox)
    await saved(outbox)
    door.answer = withSlot
    expect((await sendDue(outbox)).nextDueAtMs).toBe(outbox.clock.nowMs() + 90_500)
    door.answer = door.accept
    outbox.clock.advance(90_499)
    await sendDue(outbox, { wake: 'tap' })
    expect(door.sent).toHaveLength(1)
    outbox.clock.advance(1)
    await sendDue(outbox)
    expect(door.sent.map(({ headers }) => headers['report-slot'])).toEqual([undefined, 'ticket-1', undefined])
  })

  test('a ticket whose send was cut off is shown again; a new refusal brings a new one', async () => {
    const outbox = phone(door)
    await saved(outbox)
    door.answer = withSlot
    await sendDue(outbox)
    outbox.clock.advance(90_500)
    door.answer = unreachable
    await sendDue(outbox)
    door.answer = refusing({ 'retry-after': '5', 'send-slot': 'ticket-2', 'send-slot-ms': '4000' })
    outbox.clock.advance(10_000)
    await sendDue(outbox)
    outbox.clock.advance(4_000)
    await sendDue(outbox)
    expect(door.sent.map(({ headers }) => headers['report-slot'])).toEqual([undefined, 'ticket-1', 'ticket-1', 'ticket-2'])
  })

  test('a hazard waits for no slot and shows none, and its way in is no place for the rest', async () => {
    const outbox = phone(door)
    await saved(outbox)
    door.answer = withSlot
    await sendDue(outbox)
    const hazard = await saved(outbox, { hazards: ['gas-smell'] })
    door.answer = refusing({ 'retry-after': '2', 'send-slot': 'ticket-2', 'send-slot-ms': '600000' })
    await sendDue(outbox)
    outbox.clock.advance(2_000 * 1.125)
    door.answer = door.accept
    await sendDue(outbox)
    expect(door.sent.slice(1).map(({ id, headers }) => [id, headers['report-slot']])).toEqual([[hazard.id, undefined], [hazard.id, undefined]])
    expect((await sendDue(outbox, { wake: 'tap' })).nextDueAtMs).toBe(outbox.clock.nowMs() - 2_250 + 600_000)
  })

  test('a short wait that a hazard is asked for does not shorten that of the rest', async () => {
    const outbox = phone(door)
    await saved(outbox)
    door.answer = withSlot
    const { nextDueAtMs } = await sendDue(outbox)
    await saved(outbox)
    await saved(outbox, { hazards: ['injury'] })
    door.answer = refusing({ 'retry-after': '2' })
    await sendDue(outbox)
    door.answer = door.accept
    outbox.clock.advance(30_000)
    expect((await sendDue(outbox)).nextDueAtMs).toBe(nextDueAtMs)
    expect(door.sent).toHaveLength(3)
  })

  test('a hazard keeps even from a tap what it was asked itself, half a minute at most', async () => {
    const outbox = phone(door)
    await saved(outbox, { hazards: ['fire'] })
    door.answer = refusing({ 'retry-after': '300' })
    await sendDue(outbox)
    outbox.clock.advance(29_999)
    await sendDue(outbox, { wake: 'tap' })
    expect(door.sent).toHaveLength(1)
    outbox.clock.advance(1)
    await sendDue(outbox, { wake: 'tap' })
    expect(door.sent).toHaveLength(2)
  })

  test('is kept too when a sender of an older release wrote it', async () => {
    const outbox = phone(door)
    const record = await saved(outbox)
    const retry = { atMs: outbox.clock.nowMs() + 60_000, askedByServer: true, reason: 'busy' as const }
    await outbox.store.transact(() => ({ put: [{ ...record, attempts: 1, retry }], result: undefined }))
    await sendDue(outbox, { wake: 'tap' })
    expect(door.sent).toHaveLength(0)
  })
})

describe('coming back @outbox', () => {
  test('the first try falls within a quarter of the time that nothing got through', async () => {
    const { outbox } = await cutOff({ random: fixedRandom(0.5) })
    outbox.clock.advance(40_000)
    door.answer = door.accept
    expect((await sendDue(outbox, { wake: 'return' })).nextDueAtMs).toBe(outbox.clock.nowMs() + 5_500)
    outbox.clock.advance(5_499)
    await sendDue(outbox)
    expect(door.sent).toHaveLength(1)
    outbox.clock.advance(1)
    await sendDue(outbox)
    expect(door.sent).toHaveLength(2)
  })

  test('is drawn once, however many tabs see the network return, and however often', async () => {
    const clock = manualClock()
    await cutOff({ clock })
    clock.advance(HOUR_MS)
    const dueAt = []
    for (const fraction of [0.9, 0.1, 0.99, 0]) {
      dueAt.push((await sendDue(phone(door, { clock, random: fixedRandom(fraction) }), { wake: 'return' })).nextDueAtMs)
      clock.advance(1_000)
    }
    expect(new Set(dueAt)).toEqual(new Set([clock.nowMs() - 4_000 + 54_600]))
    expect(door.sent).toHaveLength(1)
  })

  test('is drawn anew after a try that failed, and by a phone that slept through its draw', async () => {
    const clock = manualClock()
    const { outbox } = await cutOff({ clock, random: fixedRandom(0.5) })
    clock.advance(HOUR_MS)
    await sendDue(outbox, { wake: 'return' })
    clock.advance(HOUR_MS)
    expect((await sendDue(outbox, { wake: 'return' })).nextDueAtMs).toBe(clock.nowMs() + 33_000)
    clock.advance(33_000)
    await sendDue(outbox)
    expect(door.sent).toHaveLength(2)
    clock.advance(HOUR_MS)
    expect((await sendDue(outbox, { wake: 'return' })).nextDueAtMs).toBe(clock.nowMs() + 33_000)
  })

  test('is told to those that wait for it, and to nobody else', async () => {
    const { outbox, record } = await cutOff({ random: fixedRandom(0.5) })
    const hazard = await saved(outbox, { hazards: ['fire'] })
    await sendDue(outbox)
    const untried = await saved(outbox)
    outbox.clock.advance(HOUR_MS)
    await sendDue(outbox, { wake: 'return' })
    const retryOf = async (id: string) => (await outbox.store.listReports()).find((report) => report.id === id)!.retry
    expect(await retryOf(record.id)).toMatchObject({ atMs: outbox.clock.nowMs() + 33_000, reason: 'unreachable' })
    expect(await retryOf(hazard.id)).toMatchObject({ atMs: outbox.clock.nowMs() + 5_000 })
    expect(await retryOf(untried.id)).toBeNull()
  })

  test('keeps within the spread that the door asked for', async () => {
    const outbox = phone(door, { random: fixedRandom(1) })
    await saved(outbox)
    door.answer = refusing({ 'send-spread-ms': '240000' })
    await sendDue(outbox)
    outbox.clock.advance(10 * HOUR_MS)
    expect((await sendDue(outbox, { wake: 'return' })).nextDueAtMs).toBe(outbox.clock.nowMs() + 240_000)
  })

  test('takes ten seconds at most for a hazard, and the rest follows when it got through', async () => {
    const { outbox, record } = await cutOff({ random: fixedRandom(1) }, { hazards: ['fire'] })
    await saved(outbox)
    outbox.clock.advance(HOUR_MS)
    expect((await sendDue(outbox, { wake: 'return' })).nextDueAtMs).toBe(outbox.clock.nowMs() + 10_000)
    door.answer = door.accept
    outbox.clock.advance(10_000)
    await sendDue(outbox)
    expect(sentIds().slice(1)[0]).toBe(record.id)
    expect(door.sent).toHaveLength(3)
  })

  test("a person's tap waits for no draw, and a phone that was never cut off draws none", async () => {
    const { outbox } = await cutOff({ random: fixedRandom(1) })
    outbox.clock.advance(HOUR_MS)
    await sendDue(outbox, { wake: 'return' })
    door.answer = door.accept
    await sendDue(outbox, { wake: 'tap' })
    expect(door.sent).toHaveLength(2)
    await saved(outbox)
    await sendDue(outbox, { wake: 'return' })
    expect(door.sent).toHaveLength(3)
  })

  test('a slot stands as it is', async () => {
    const outbox = phone(door)
    await saved(outbox)
    door.answer = withSlot
    await sendDue(outbox)
    outbox.clock.advance(80_500)
    expect((await sendDue(outbox, { wake: 'return' })).nextDueAtMs).toBe(outbox.clock.nowMs() + 10_000)
  })
})
