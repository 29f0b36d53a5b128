/** The load generator as its own process: takes jobs from its parent by message, answers each with its result. */
import { performance } from 'node:perf_hooks'
import autocannon from 'autocannon'
import { percentile } from '../percentile.ts'
import { DRAIN_MS, startEvenPace } from './even-pace.ts'
import type { LoadJob, LoadResult } from './load-job.ts'
import { makeRequestStock } from './request-stock.ts'

async function run(job: LoadJob): Promise<LoadResult> {
  const stock = makeRequestStock({ url: new URL(job.url), seed: job.seed, savedAtMs: job.savedAtMs, count: job.stock, lookUps: job.lookUps })
  const good = job.lookUps ? 200 : 201
  const statuses: Record<number, number> = {}
  const latenciesMs: number[] = []
  const fromMs = performance.now() + job.warmUpSeconds * 1000
  const untilMs = fromMs + job.seconds * 1000
  let accepted = 0
  let acceptedInAll = 0
  let startUtilization = performance.eventLoopUtilization()
  setTimeout(() => (startUtilization = performance.eventLoopUtilization()), job.warmUpSeconds * 1000)

  const count = (latencyMs: number, status: number, sentAtMs: number) => {
    if (status === good) acceptedInAll++
    const atMs = job.ratePerSecond === null ? performance.now() : sentAtMs
    if (atMs < fromMs || atMs >= untilMs) return
    statuses[status] = (statuses[status] ?? 0) + 1
    if (status !== good) return
    accepted++
    latenciesMs.push(latencyMs)
  }
  const pace = job.ratePerSecond === null ? null : startEvenPace(job.ratePerSecond, count)
  const load = autocannon({
    url: job.url,
    connections: job.connections,
    duration: job.warmUpSeconds + job.seconds + 60,
    timeout: 10,
    method: 'POST',
    setupClient: (client) => {
      client.getRequestBuffer = () => stock.take()
      if (pace) pace.take(client)
      else client.on('response', (status: number, _bytes: number, durationMs: number) => count(durationMs, status, 0))
    },
  })
  // Timers may fire a moment early; what counts is decided by each request's own time.
  const untilEnd = Math.max(0, untilMs - performance.now()) + 20
  setTimeout(() => {
    pace?.stop()
    setTimeout(() => load.stop(), pace ? DRAIN_MS : 0)
  }, untilEnd)
  await new Promise((resolve) => setTimeout(resolve, untilEnd))
  const { utilization } = performance.eventLoopUtilization(startUtilization)
  const { errors, timeouts } = await load
  const answered = Object.values(statuses).reduce((sum, amount) => sum + amount, 0)
  return {
    accepted,
    acceptedInAll,
    acceptedPerSecond: accepted / job.seconds,
    statuses,
    errors: errors + timeouts,
    unanswered: job.ratePerSecond === null ? 0 : Math.max(0, Math.floor(job.ratePerSecond * job.seconds) - answered),
    p50Ms: percentile(latenciesMs, 0.5),
    p99Ms: percentile(latenciesMs, 0.99),
    generatorUtilization: utilization,
    madeLate: stock.madeLate(),
  }
}

process.on('message', (job: LoadJob) => {
  void run(job).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: error instanceof Error ? error.message : String(error) }),
  )
})
process.on('disconnect', () => process.exit(0))
process.send?.({ port: 0 })
