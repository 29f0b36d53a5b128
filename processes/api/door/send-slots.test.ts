import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../domain/clock.ts'
import type { EventLog } from '../../../server/platform/event-log/event-log.ts'
import { someReport, someSecret } from '../../../server/outages/report-fixture.ts'
import { LogUnavailableError } from '../../../server/platform/errors.ts'
import { utility } from '../../../utility.config.ts'
import type { DoorLimits } from './limits.ts'
import { openDoor, send, type TestDoor } from './door-fixture.ts'
import { admissionLimit, sendSlots } from './door-metrics.ts'

let door: TestDoor
let letGo: (count?: number) => void
let appends: number
let find: EventLog['find']
const START_MS = Date.UTC(2026, 0, 31)
const shift = { ms: 0 }
const sent: Promise<unknown>[] = []
afterEach(async () => {
  letGo()
  await Promise.all(sent.splice(0))
  await door.close()
})

/** A door whose log answers nothing until it is let go, in the order of asking; its clock stands still until it is put forward. */
async function openAtHangingLog(limits: Partial<DoorLimits>, stormReportsPerSecond: number, doors = 1) {
  const waiting: ((error: Error) => void)[] = []
  appends = 0
  find = () => Promise.resolve(null)
  shift.ms = 0
  letGo = (count = waiting.length) => waiting.splice(0, count).forEach((reject) => reject(new LogUnavailableError('let go')))
  const log: Pick<EventLog, 'append' | 'find'> = {
    append: () => {
      appends++
      return new Promise((_resolve, reject) => void waiting.push(reject))
    },
    find: (topic, id) => find(topic, id),
  }
  const clock = { ...systemClock, nowMs: () => START_MS + shift.ms, monotonicMs: () => shift.ms }
  door = await openDoor({ log, clock, limits, doors, utility: { ...utility, outages: { ...utility.outages, stormReportsPerSecond } } })
}

/** Sent, and now in the log. */
async function inLog(headers: Record<string, string> = {}, report = someReport()): Promise<void> {
  const before = appends
  sent.push(send(door, report, someSecret(), headers))
  await expect.poll(() => appends).toBe(before + 1)
}

async function refused(headers: Record<string, string> = {}) {
  const answer = await send(door, someReport(), someSecret(), headers)
  expect(answer.status).toBe(503)
  return { ticket: answer.headers.get('send-slot')!, inMs: Number(answer.headers.get('send-slot-ms')), retryAfterSeconds: Number(answer.headers.get('retry-after')) }
}

async function counts() {
  const { values } = await sendSlots.get()
  return Object.fromEntries(values.map(({ labels, value }) => [labels.outcome, value]))
}

describe('send slots @door', () => {
  beforeEach(() => sendSlots.reset())

  it('are given to the refused one after the other, and honoured ahead of walk-ins', async () => {
    await openAtHangingLog({ normalInFlight: 5, hazardInFlight: 20 }, 1)
    for (let report = 0; report < 5; report++) await inLog()
    const first = await refused()
    const second = await refused()
    expect(first).toMatchObject({ ticket: expect.stringMatching(/^[A-Za-z0-9_-]{24}$/), inMs: 1_000, retryAfterSeconds: 1 })
    expect(second.inMs, 'one a second, at 95 %').toBe(2_053)
    expect(second.retryAfterSeconds).toBe(3)

    shift.ms += 1_000
    letGo(1)
    await sent[0]
    await refused()
    await refused({ 'report-slot': `${first.ticket.slice(0, -1)}${first.ticket.endsWith('A') ? 'B' : 'A'}` })
    await inLog({ 'report-slot': first.ticket })
    await inLog({ 'report-priority': 'hazard' }, someReport({ hazards: ['fire'] }))
    shift.ms += 60_000
    await refused({ 'report-slot': second.ticket })
    expect(await counts()).toEqual({ given: 6, forged: 1, honoured: 1, missed: 1 })
  })

  it('are as far apart as one of several doors needs, while phones spread by what all take together', async () => {
    await openAtHangingLog({ normalInFlight: 0 }, 4, 4)
    expect((await refused()).inMs).toBe(1_000)
    expect((await refused()).inMs, 'a quarter of four a second, at 95 %').toBe(2_053)
    const keys = await fetch(`${door.url}/.well-known/jwks.json`)
    expect(Number(keys.headers.get('send-spread-ms')), '500,000 reports at 90 % of 4 a second').toBe(Math.round(500_000_000 / 3.6))
  })

  it('are given to reports that a log refuses, so that not all come back together; not to hazards', async () => {
    await openAtHangingLog({}, 1)
    const at = () => send(door, someReport(), someSecret())
    const answers = [at(), at(), send(door, someReport({ hazards: ['fire'] }), someSecret(), { 'report-priority': 'hazard' })]
    sent.push(...answers)
    await expect.poll(() => appends).toBe(3)
    letGo()
    const [first, second, hazard] = await Promise.all(answers)
    expect(await first!.json()).toMatchObject({ type: 'urn:stormdoor:problem:log-unavailable', retryAfterSeconds: Number(first!.headers.get('retry-after')) })
    const waits = [first!, second!].map(({ headers }) => Number(headers.get('send-slot-ms'))).sort((a, b) => a - b)
    expect(waits[0]).toBe(5_000)
    expect(waits[1]).toBe(6_053)
    expect([hazard!.headers.get('retry-after'), hazard!.headers.get('send-slot')]).toEqual(['5', null])
  })

  it('are not given to questions where a report stands: phones that ask push no report back', async () => {
    await openAtHangingLog({ normalInFlight: 1, hazardInFlight: 5 }, 10)
    const ask = () => fetch(`${door.url}/api/v1/outage-reports/${someReport().id}`, { headers: { 'report-secret': someSecret() } })
    find = () => Promise.reject(new LogUnavailableError('down'))
    const unread = await ask()
    expect([unread.status, unread.headers.get('send-slot')]).toEqual([503, null])
    await inLog()
    for (let question = 0; question < 20; question++) {
      const answer = await ask()
      expect([answer.status, answer.headers.get('send-slot')]).toEqual([503, null])
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(5)
    }
    shift.ms += 2_000
    expect((await refused()).inMs).toBe(1_000)
    expect((await refused()).inMs, 'nearly ten a second: one report walked in').toBeLessThan(1_120)
  })

  it('come with the limit: it falls while reports stay in the log, and rises again', async () => {
    await openAtHangingLog({}, 5_000)
    const shown = async () => (await admissionLimit.get()).values[0]!.value
    // Few at once: a starved machine must not run into the time-out of a connection.
    for (let count = 10; count <= 110; count += 10) {
      sent.push(...Array.from({ length: 10 }, () => send(door, someReport(), someSecret())))
      await expect.poll(() => appends).toBe(count)
    }
    const reports = [...sent]
    shift.ms += 5_000
    await refused()
    expect(await shown()).toBe(100)
    await inLog({ 'report-priority': 'hazard' }, someReport({ hazards: ['fire'] }))
    letGo()
    await Promise.all(reports)
    shift.ms += 5_000
    await inLog()
    letGo()
    for (let second = 0; second < 10; second++) {
      shift.ms += 1_000
      await inLog()
      letGo()
    }
    expect(await shown()).toBe(2_000)
  })
})

describe('what a phone is told with every answer @door', () => {
  it('is the time, and over how long to spread its return', async () => {
    await openAtHangingLog({ normalInFlight: 1 }, 5_000)
    shift.ms = 123
    const keys = await fetch(`${door.url}/.well-known/jwks.json`)
    await inLog()
    const answers = [keys, await send(door, someReport(), someSecret()), await send(door, someReport(), someSecret(), { 'content-encoding': 'gzip' })]
    letGo()
    answers.push((await Promise.all(sent as Promise<Response>[]))[0]!)
    for (const { headers } of answers) {
      expect(headers.get('server-time')).toBe('2026-01-31T00:00:00.123Z')
      expect(Number(headers.get('send-spread-ms')), '500,000 reports at 90 % of 5,000 a second').toBe(111_111)
    }
  })
})
