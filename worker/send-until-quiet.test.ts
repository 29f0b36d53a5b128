import { beforeEach, describe, expect, test } from 'vitest'
import { fixedRandom, manualClock, onlyReport, phone, problem, resetBrowser, saved, type SimulatedDoor, simulatedDoor, until } from './outbox/outbox.fixture.ts'
import { sendDue } from './outbox/send-due.ts'
import { sendUntilQuiet } from './send-until-quiet.ts'

let door: SimulatedDoor

beforeEach(async () => {
  resetBrowser()
  door = await simulatedDoor()
})

describe('one Background Sync event @outbox', () => {
  test('sends what waits, over a short failure, and is then done', async () => {
    const outbox = phone(door)
    await saved(outbox)
    door.answer = () => Promise.reject(new TypeError('Failed to fetch'))
    const event = sendUntilQuiet(outbox)
    await until(async () => (await onlyReport(outbox)).retry !== null)
    door.answer = door.accept
    const walking = setInterval(() => outbox.clock.advance(500), 1)
    await event
    clearInterval(walking)
    expect((await onlyReport(outbox)).received).not.toBeNull()
    expect(door.sent).toHaveLength(2)
  })

  test('fails within the time of one event when the network stays away, so that the browser calls again', async () => {
    const outbox = phone(door, { clock: manualClock(), random: fixedRandom(1) })
    await saved(outbox)
    door.answer = () => Promise.reject(new TypeError('Failed to fetch'))
    const startMs = outbox.clock.monotonicMs()
    const walking = setInterval(() => outbox.clock.advance(1_000), 1)
    await expect(sendUntilQuiet(outbox)).rejects.toThrow('still wait')
    clearInterval(walking)
    expect(outbox.clock.monotonicMs() - startMs).toBeLessThanOrEqual(150_000)
    expect(door.sent.length).toBeGreaterThan(2)
  })

  test.each([
    {
      what: 'a slot, and shows its ticket',
      first: () => Promise.resolve(problem(503, 'overloaded', {}, { 'retry-after': '120', 'send-slot': 'ticket', 'send-slot-ms': '119500' })),
      awayMs: 0, waitsMs: 119_500, ticket: 'ticket',
    },
    { what: 'the spread of a come-back', first: () => Promise.reject(new TypeError('Failed to fetch')), awayMs: 3_600_000, waitsMs: 30_000, ticket: undefined },
  ])('waits out $what', async ({ first, awayMs, waitsMs, ticket }) => {
    const outbox = phone(door)
    await saved(outbox)
    door.answer = first
    await sendDue(outbox)
    door.answer = door.accept
    outbox.clock.advance(awayMs)
    const startMs = outbox.clock.monotonicMs()
    const event = sendUntilQuiet(outbox)
    const walking = setInterval(() => outbox.clock.advance(500), 1)
    await event
    clearInterval(walking)
    expect(outbox.clock.monotonicMs() - startMs).toBeGreaterThanOrEqual(waitsMs)
    expect(door.sent.map(({ headers }) => headers['report-slot'])).toEqual([undefined, ticket])
  })

  test('does not wait for what the server put off for long', async () => {
    const outbox = phone(door)
    await saved(outbox)
    door.answer = () => Promise.resolve(problem(503, 'overloaded', {}, '600'))
    await expect(sendUntilQuiet(outbox)).rejects.toThrow('still wait')
    expect(door.sent).toHaveLength(1)
  })

  test('has nothing to do when nothing waits, or only what a person has to decide', async () => {
    const outbox = phone(door)
    await sendUntilQuiet(outbox)
    await saved(outbox)
    door.answer = () => Promise.resolve(problem(409, 'conflict'))
    await sendUntilQuiet(outbox)
    expect(door.sent).toHaveLength(1)
  })
})
