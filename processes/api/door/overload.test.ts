import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { EventLog } from '../../../server/platform/event-log/event-log.ts'
import { someReport, someSecret } from '../../../server/outages/report-fixture.ts'
import { LogUnavailableError } from '../../../server/platform/errors.ts'
import { openDoor, send, type TestDoor } from './door-fixture.ts'
import { LoopDelay } from './loop-delay.ts'

/** A log that takes reports and answers nothing until it is let go: the fault under test. */
function hangingLog() {
  const waiting: ((error: Error) => void)[] = []
  let appends = 0
  const log: Pick<EventLog, 'append' | 'find'> = {
    append: () => {
      appends++
      return new Promise((_resolve, reject) => void waiting.push(reject))
    },
    find: () => Promise.resolve(null),
  }
  return { log, appends: () => appends, release: () => waiting.splice(0).forEach((reject) => reject(new LogUnavailableError('let go'))) }
}

const hazard = { 'report-priority': 'hazard' }
const limits = { normalInFlight: 2, hazardInFlight: 4 }
let door: TestDoor
const open: ReturnType<typeof hangingLog>[] = []
const sent: Promise<unknown>[] = []
afterEach(async () => {
  for (const log of open.splice(0)) log.release()
  await Promise.all(sent.splice(0))
  await door.close()
})

async function fullDoor(ordinary: number, hazards: number) {
  const hanging = hangingLog()
  open.push(hanging)
  door = await openDoor({ log: hanging.log, limits })
  sent.push(
    ...Array.from({ length: ordinary }, () => send(door, someReport(), someSecret())),
    ...Array.from({ length: hazards }, () => send(door, someReport({ hazards: ['fire'] }), someSecret(), hazard)),
  )
  await expect.poll(hanging.appends).toBe(ordinary + hazards)
  return hanging
}

describe('overload @door', () => {
  it('refuses an ordinary report before the log, with a time to come back', async () => {
    const hanging = await fullDoor(2, 0)
    const refused = await send(door, someReport(), someSecret())
    expect(refused.status).toBe(503)
    expect(refused.headers.get('content-type')).toBe('application/problem+json')
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
    expect(await refused.json()).toMatchObject({ type: 'urn:stormdoor:problem:overloaded', retryAfterSeconds: Number(refused.headers.get('retry-after')) })
    expect((await fetch(`${door.url}/api/v1/outage-reports/${someReport().id}`, { headers: { 'report-secret': someSecret() } })).status).toBe(503)
    expect(hanging.appends()).toBe(2)
    hanging.release()
    expect((await Promise.all(sent as Promise<Response>[])).every(({ status }) => status === 503)).toBe(true)
  })

  it('still takes a hazard then, and refuses hazards last', async () => {
    const hanging = await fullDoor(2, 0)
    const taken = [0, 1].map(() => send(door, someReport({ hazards: ['downed-line'] }), someSecret(), hazard))
    await expect.poll(hanging.appends).toBe(4)
    const refused = await send(door, someReport({ hazards: ['fire'] }), someSecret(), hazard)
    expect(refused.status).toBe(503)
    expect(Number(refused.headers.get('retry-after'))).toBeLessThan(5)
    hanging.release()
    await Promise.all(taken)
  })

  it('does not believe "hazard" of a report that names none', async () => {
    const hanging = await fullDoor(2, 0)
    const refused = await send(door, someReport(), someSecret(), hazard)
    expect(refused.status).toBe(503)
    expect(await refused.json()).toMatchObject({ type: 'urn:stormdoor:problem:overloaded' })
    expect(hanging.appends()).toBe(2)
  })

  it('refuses before the body has arrived', async () => {
    await fullDoor(2, 0)
    const { port } = new URL(door.url)
    const socket = connect(Number(port), '127.0.0.1')
    socket.write('POST /api/v1/outage-reports HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n')
    const answer = await new Promise<string>((resolve) => socket.once('data', (bytes) => resolve(String(bytes))))
    expect(answer).toMatch(/^HTTP\/1\.1 503/)
    socket.destroy()
  })

  it('opens again, also when the phones have gone away in between', async () => {
    const hanging = hangingLog()
    open.push(hanging)
    door = await openDoor({ log: hanging.log, limits })
    const gone = new AbortController()
    const abandoned = [0, 1].map(() =>
      fetch(`${door.url}/api/v1/outage-reports`, {
        method: 'POST', headers: { 'content-type': 'application/json', 'report-secret': someSecret() }, body: JSON.stringify(someReport()), signal: gone.signal,
      }).catch(() => null),
    )
    await expect.poll(hanging.appends).toBe(2)
    gone.abort()
    await Promise.all(abandoned)
    expect((await send(door, someReport(), someSecret())).status, 'their appends are still under way').toBe(503)
    hanging.release()
    await expect.poll(async () => {
      const sent = send(door, someReport(), someSecret())
      await new Promise((resolve) => setImmediate(resolve))
      const timer = setInterval(hanging.release, 5)
      const { type } = (await (await sent).json()) as { type: string }
      clearInterval(timer)
      return type
    }).toBe('urn:stormdoor:problem:log-unavailable')
  })

  it('drops a client that drips its request', async () => {
    door = await openDoor({ limits: { headersTimeoutMs: 200, requestTimeoutMs: 400, connectionsCheckMs: 50 } })
    const { port } = new URL(door.url)
    for (const part of ['POST /api/v1/outage-reports HTTP/1.1\r\nHost: x\r\n', 'POST /api/v1/outage-reports HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{']) {
      const socket = connect(Number(port), '127.0.0.1')
      socket.write(part)
      let answer = ''
      socket.on('data', (bytes) => void (answer += String(bytes)))
      await new Promise((resolve) => socket.once('close', resolve))
      expect(answer).toMatch(/^HTTP\/1\.1 408/)
    }
  })

  it('answers what is not HTTP, or has no readable address, with a problem', async () => {
    door = await openDoor()
    const { port } = new URL(door.url)
    for (const [request, status] of [['nonsense\r\n\r\n', 400], [`GET / HTTP/1.1\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`, 431], ['GET /api/v1/%E0%A4%A HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 400]] as const) {
      const socket = connect(Number(port), '127.0.0.1')
      socket.write(request)
      let answer = ''
      socket.on('data', (bytes) => void (answer += String(bytes)))
      await new Promise((resolve) => socket.once('close', resolve))
      expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status}`))
      expect(answer).toContain('application/problem+json')
    }
  })
})

describe('the event loop @door', () => {
  it('sees an event loop that keeps being late, and not one hiccup', () => {
    let nowMs = 0
    const loopDelay = new LoopDelay(() => nowMs)
    const delays = [20, 520, 20, 20, 420, 420, 420, 20].map((afterMs) => {
      nowMs += afterMs
      loopDelay.sample()
      return loopDelay.ms
    })
    expect(delays).toEqual([0, 0, 0, 0, 0, 0, 400, 0])
    loopDelay.stop()
  })

  it('is asked by a timer of its own', async () => {
    const loopDelay = new LoopDelay()
    const stall = async () => {
      const untilMs = performance.now() + 100
      while (performance.now() < untilMs);
      await new Promise((resolve) => setImmediate(resolve))
    }
    for (let round = 0; round < 5; round++) await stall()
    expect(loopDelay.ms).toBeGreaterThan(50)
    loopDelay.stop()
  })
})
