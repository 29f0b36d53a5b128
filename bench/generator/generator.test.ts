import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { outageReportV1Schema } from '../../domain/outage-report.ts'
import { REPORT_HEADERS } from '../../domain/report-limits.ts'
import { BenchProcess } from '../child-process.ts'
import type { LoadJob, LoadResult } from './load-job.ts'

let generator: BenchProcess
let server: Server | undefined

beforeEach(async () => {
  generator = (await BenchProcess.start('generator', fileURLToPath(new URL('./main.ts', import.meta.url)))).process
})
afterEach(async () => {
  await generator.stop()
  server?.closeAllConnections()
  server?.close()
})

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener)
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/reports`
}

function job(url: string, part: Partial<LoadJob> = {}): LoadJob {
  return { url, connections: 4, warmUpSeconds: 0.2, seconds: 0.5, ratePerSecond: null, seed: 1, savedAtMs: Date.now(), stock: 100, ...part }
}

describe('the load generator', () => {
  it('sends valid reports, each with its own body, id and secret, and counts only 201', async () => {
    const ids = new Set<string>()
    const secrets = new Set<string>()
    const statuses: number[] = []
    const url = await serve((request, response) => {
      let text = ''
      request.on('data', (chunk: Buffer) => (text += chunk.toString()))
      request.on('end', () => {
        ids.add(outageReportV1Schema.parse(JSON.parse(text)).id)
        secrets.add(String(request.headers[REPORT_HEADERS.secret]))
        const status = statuses.length % 3 === 0 ? 503 : 201
        statuses.push(status)
        response.writeHead(status, { 'content-length': 2 }).end('{}')
      })
    })
    const result = await generator.ask<LoadResult>(job(url))
    expect(ids.size).toBe(statuses.length)
    expect(secrets.size).toBe(statuses.length)
    const created = statuses.filter((status) => status === 201).length
    expect(result.acceptedInAll).toBeLessThanOrEqual(created)
    expect(result.acceptedInAll).toBeGreaterThanOrEqual(created - 4)
    expect(result.accepted).toBe(result.statuses[201])
    expect(result.statuses[503]).toBeGreaterThan(0)
    expect(result.errors).toBe(0)
  })

  it('sends the same bodies for the same seed', async () => {
    const first: string[] = []
    const url = await serve((request, response) => {
      request.on('data', (chunk: Buffer) => first.push(chunk.toString()))
      request.on('end', () => response.writeHead(201, { 'content-length': 2 }).end('{}'))
    })
    const savedAtMs = Date.now()
    await generator.ask<LoadResult>(job(url, { connections: 1, savedAtMs }))
    const start = first.length
    await generator.ask<LoadResult>(job(url, { connections: 1, savedAtMs }))
    expect(first.slice(start, start + 20)).toEqual(first.slice(0, 20))
  })

  it('keeps an open rate and charges a stall to every request that was due in it', async () => {
    const stallMs = 1_000
    let stallUntilMs = Infinity
    const url = await serve((request, response) => {
      stallUntilMs = Math.min(stallUntilMs, performance.now() + 300 + stallMs)
      const stalls = performance.now() > stallUntilMs - stallMs && performance.now() < stallUntilMs
      request.resume()
      setTimeout(() => response.writeHead(201, { 'content-length': 2 }).end('{}'), stalls ? stallUntilMs - performance.now() : 0)
    })
    const result = await generator.ask<LoadResult>(job(url, { ratePerSecond: 300, seconds: 4, stock: 1_800 }))
    expect(result.accepted).toBeGreaterThanOrEqual(1_199)
    expect(result.accepted).toBeLessThanOrEqual(1_201)
    expect(result.unanswered).toBeLessThanOrEqual(1)
    // Only four requests, a third of a percent, were under way in the stall; a quarter of all were due in it.
    expect(result.p99Ms).toBeGreaterThan(stallMs * 0.8)
    expect(result.p50Ms).toBeLessThan(stallMs / 2)
  })

  it('says what was due and never answered', async () => {
    const url = await serve((request, response) => {
      request.resume()
      setTimeout(() => response.writeHead(201, { 'content-length': 2 }).end('{}'), 100)
    })
    // Four connections answer forty a second; two hundred are due.
    const result = await generator.ask<LoadResult>(job(url, { ratePerSecond: 200, seconds: 1 }))
    expect(result.unanswered).toBeGreaterThan(50)
  })
})
