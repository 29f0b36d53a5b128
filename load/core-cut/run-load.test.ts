import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { openDoor } from '../../processes/api/door/door-fixture.ts'
import { readMix, ROUTE_NAMES, sharesOfCounts } from './mix.ts'
import { type LoadPlan, planLoad } from './plan-load.ts'
import { Load, type LoadJob } from './run-load.ts'
import { SAMPLED } from './samples.ts'

const ACCOUNTS = 50
const STALL_MS = 600

/** A portal that stalls for a moment in front of a real door. */
async function stallingPortal() {
  const door = await openDoor()
  onTestFinished(() => door.close())
  let stalledUntilMs = 0
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => setTimeout(() => void answer(), Math.max(0, stalledUntilMs - performance.now())))
    const answer = async () => {
      if (!request.url!.startsWith('/api/v1/outage-reports') && !request.url!.startsWith('/.well-known')) return response.end('{}')
      const { host: _host, connection: _connection, 'content-length': _length, ...headers } = request.headers
      const answered = await fetch(new URL(request.url!, door.url), { method: request.method, headers: headers as Record<string, string>, ...(chunks.length > 0 ? { body: Buffer.concat(chunks) } : {}) })
      response.writeHead(answered.status, { 'content-type': answered.headers.get('content-type') ?? '' }).end(Buffer.from(await answered.arrayBuffer()))
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>((resolve) => (server.closeAllConnections(), server.close(() => resolve()))))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stall: () => (stalledUntilMs = performance.now() + STALL_MS) }
}

async function startLoad(url: string, plan: LoadPlan): Promise<Load> {
  const job: LoadJob = { url, plan, accounts: ACCOUNTS, staffToken: 'token', seed: 1, patienceMs: 20_000 }
  const load = new Load(job)
  onTestFinished(() => load.close())
  await load.prepare()
  return load
}

it('lets a stalled portal pay for every request that was due meanwhile, and brings all reports in @load', async () => {
  const portal = await stallingPortal()
  const shares = sharesOfCounts(Object.fromEntries(readMix().map(({ name, percent }) => [name, percent])))
  const plan = { ...planLoad({ curve: { atSeconds: [0, 1], values: [1, 1] }, seconds: 2, peakPerSecond: 100, shares, seed: 3 }), warmUpMs: 0 }
  const load = await startLoad(portal.url, plan)
  setTimeout(portal.stall, 700 + 200)
  const { samples, phones, receipts, lateness } = await load.run(performance.timeOrigin + performance.now() + 200)

  const planned = plan.routes.filter((route) => ROUTE_NAMES[route] === 'report').length
  expect(phones.filter(({ accepted }) => accepted)).toHaveLength(20 + planned)
  expect(new Set(receipts.map(({ id }) => id)).size).toBe(20 + planned)
  expect(samples.count).toBeGreaterThanOrEqual(plan.dueMs.length)
  const latencies = Array.from({ length: samples.count }, (_, at) => ({ dueMs: samples.dueMs[at]!, ms: samples.endedMs[at]! - samples.dueMs[at]!, route: SAMPLED[samples.routes[at]!] }))
  const stalled = latencies.filter(({ dueMs, route }) => dueMs > 710 && dueMs < 1_000 && route !== 'report-again')
  expect(stalled.length).toBeGreaterThan(20)
  expect(stalled.filter(({ dueMs, ms }) => ms < 700 + STALL_MS - dueMs - 250)).toEqual([])
  expect(lateness.maxMs).toBeLessThan(STALL_MS)
})

it('says before the clock runs that a portal does not answer as it should @load', async () => {
  const door = await openDoor()
  onTestFinished(() => door.close())
  const plan = planLoad({ curve: { atSeconds: [0, 1], values: [1, 1] }, seconds: 1, peakPerSecond: 100, shares: sharesOfCounts({ 'account-look-up': 1, 'report': 1 }), seed: 1 })
  await expect(startLoad(door.url, plan)).rejects.toThrow(/account-look-up was answered 404/)
})
