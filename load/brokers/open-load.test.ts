import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDoor, type TestDoor } from '../../processes/api/door/door-fixture.ts'
import { readLoggedReports } from '../storm/count-holdings.ts'
import { type Correspondence, doorTransport } from './door-transport.ts'
import { startOpenLoad } from './open-load.ts'

let door: TestDoor
let kept: Correspondence

beforeEach(async () => {
  door = await openDoor()
  kept = { attempts: [], receipts: [] }
})
afterEach(() => door.close())

const start = (ratePerSecond: number) => startOpenLoad({ ratePerSecond, seed: 1, transport: doorTransport(door.url, kept), accountNumbers: [] })
/** Every request passes here before the door's own handler has it. */
function gate(at: (request: IncomingMessage, response: ServerResponse, pass: () => void) => void): void {
  const { server } = door.app
  const [handler] = server.listeners('request') as RequestListener[]
  server.removeAllListeners('request')
  server.on('request', (request, response) => at(request, response, () => handler!(request, response)))
}
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}

describe('reports at a fixed rate over a real door', () => {
  it('goes on arriving while the door does not answer, and every report gets through in the end', async () => {
    let held = true
    const waiting: (() => void)[] = []
    gate((_request, _response, pass) => {
      if (held) waiting.push(pass)
      else pass()
    })
    const startedMs = performance.now()
    const load = start(100)
    await until(() => load.tally.saved >= 30)
    const tookMs = performance.now() - startedMs
    expect(tookMs).toBeGreaterThan(290)
    expect(load.tally.received).toBe(0)
    held = false
    for (const pass of waiting) pass()
    const phones = await load.end(20_000)
    expect(phones.length).toBeGreaterThanOrEqual(30)
    expect(phones.every(({ accepted }) => accepted)).toBe(true)
    const logged = await readLoggedReports(door.log)
    expect(new Set(logged.map(({ id }) => id))).toEqual(new Set(phones.map(({ id }) => id)))
  })

  it('keeps every send with its end, and every receipt, those of twins too', async () => {
    let refused = 0
    gate((request, response, pass) => {
      if (refused >= 3 || request.method === 'GET') return pass()
      refused++
      if (refused === 1) request.destroy()
      else response.writeHead(503, { 'retry-after': '0' }).end()
    })
    const load = start(100)
    await until(() => load.tally.saved >= 20)
    const phones = await load.end(20_000)
    expect(phones.every(({ accepted }) => accepted)).toBe(true)
    const count = (...statuses: number[]) => kept.attempts.filter(({ status }) => statuses.includes(status)).length
    expect([count(0), count(503)]).toEqual([1, 2])
    expect(count(200, 201)).toBe(kept.receipts.length)
    expect(kept.receipts.length).toBe(phones.length + Math.floor(phones.length / 8))
    expect(count(201)).toBe(phones.length)
    expect(kept.attempts.every(({ startedMs, endedMs }) => endedMs >= startedMs && startedMs > 0)).toBe(true)
  })

  it('gives up when it is told to', async () => {
    gate((_request, response) => void response.writeHead(503, { 'retry-after': '3600' }).end())
    const load = start(100)
    await until(() => load.tally.saved >= 5)
    const phones = await load.end(50)
    expect(phones.every(({ accepted, receipt }) => !accepted && receipt === null)).toBe(true)
  })
})
