import { readFileSync } from 'node:fs'
import type { EventEnvelope } from '../../../domain/event.ts'
import { seededRandom } from '../../../load/seeded-random.ts'
import { percentile } from '../../percentile.ts'
import type { ProduceJob, ProduceResult } from './produce-job.ts'

/** Resolves when the record is acknowledged. */
type Produce = (envelope: EventEnvelope, json: string) => Promise<void>

/** The body of a floor's process: takes jobs from its parent by message, and sends the envelopes of a file, one per line. */
export function serveJobs(envelopesPath: string, produce: Produce): void {
  const lines = readFileSync(envelopesPath, 'utf8').trimEnd().split('\n')
  const stock = lines.map((json) => ({ json, envelope: JSON.parse(json) as EventEnvelope }))
  const random = seededRandom(1)
  const produceNext = () => {
    // In any order: partitions are met as often and as unevenly as by reports.
    const { envelope, json } = stock[Math.floor(random.fraction() * stock.length)]!
    return produce(envelope, json)
  }
  process.on('message', (job: ProduceJob) => {
    void run(job, produceNext).then(
      (result) => process.send?.({ result }),
      (error: unknown) => process.send?.({ error: error instanceof Error ? error.message : String(error) }),
    )
  })
  process.on('disconnect', () => process.exit(0))
  process.send?.({ port: 0 })
}

async function run({ warmUpSeconds, seconds, inFlight }: ProduceJob, produceNext: () => Promise<void>): Promise<ProduceResult> {
  const latenciesMs: number[] = []
  const fromMs = performance.now() + warmUpSeconds * 1000
  const untilMs = fromMs + seconds * 1000
  let ackedInAll = 0
  const caller = async () => {
    for (let sentMs = performance.now(); sentMs < untilMs; sentMs = performance.now()) {
      await produceNext()
      ackedInAll++
      const nowMs = performance.now()
      if (nowMs >= fromMs && nowMs < untilMs) latenciesMs.push(nowMs - sentMs)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, caller))
  const acked = latenciesMs.length
  return { acked, ackedInAll, ackedPerSecond: acked / seconds, p50Ms: percentile(latenciesMs, 0.5), p99Ms: percentile(latenciesMs, 0.99) }
}
