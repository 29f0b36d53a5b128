import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Stack, startStack } from '../../bin/supervisor/start-stack.ts'
import { systemClock } from '../../domain/clock.ts'
import { REPORT_HEADERS } from '../../domain/report-limits.ts'
import { seededRandom } from '../../load/seeded-random.ts'
import { syntheticReport } from '../../load/synthetic-report.ts'
import { seedDemoStaff } from '../../server/identity/seed-demo-staff.ts'
import { createStaffAuth } from '../../server/identity/staff-auth.ts'
import { requestWith, signInContext, signInFully } from '../../server/identity/staff-sign-in.fixture.ts'
import { BenchProcess } from '../child-process.ts'
import { cpuMs } from '../cpu-time.ts'
import type { Heard, ListenJob } from '../desk/listen-job.ts'
import { median, rounded } from '../percentile.ts'
import type { BenchOptions, BenchRow } from '../row.ts'

const LISTENERS = 200
const REPORTS_PER_MINUTE = 1_000
/** A report is told again for its match and its delivery; that is no part of a floor's work, so it is counted in bytes. */
const HEARD_WITHIN_MS = 30_000
const WARM_UP_REPORTS = 20
const PROCESSES = ['api', 'web', 'projector', 'reactors', 'redis', 'postgres'] as const

interface DeskRow extends BenchRow {
  listeners: number
  reportsPerMinute: number
  /** Batches of the log and questions to a store by the web process, for each report. */
  upstreamReads: { listeners: number; perReport: number; atOneListener: number }
  bytesPerListener: number
  /** Of one core. */
  cpuShares: Record<string, number>
}

/** From a report's acceptance to the word of it at each of 200 members of staff, while 1,000 a minute come; beside bare node:http that fans events of that size out. */
export async function desk(options: BenchOptions): Promise<DeskRow> {
  const { folder, onEnd, say, rounds, seconds } = options
  const stack = await startStack({ dataDir: join(folder, 'desk') })
  onEnd(() => stack.stop())
  const { process: generator } = await BenchProcess.start('listeners', fileURLToPath(new URL('../desk/listeners.ts', import.meta.url)))
  onEnd(() => generator.stop())
  const { process: floor, port } = await BenchProcess.start('floor sse', fileURLToPath(new URL('../floors/sse.ts', import.meta.url)))
  onEnd(() => floor.stop())
  const cookie = await signInOnce(stack)
  const pids = { ...Object.fromEntries(PROCESSES.map((name) => [name, stack.pid(name) ?? 0])), generator: generator.pid, floor: floor.pid }
  const url = stack.url.replace('//localhost', '//127.0.0.1')
  const count = Math.max(30, Math.round((REPORTS_PER_MINUTE / 60) * seconds))
  const send = reportSender(url)
  const job = (listeners: number): ListenJob => ({ url: `${url}/desk/stream`, cookie, listeners })

  const atPortal = async (listeners: number): Promise<Measured> => {
    await generator.ask({ begin: job(listeners) })
    await atPace(WARM_UP_REPORTS, send)
    await generator.ask({ end: { reports: WARM_UP_REPORTS, withinMs: HEARD_WITHIN_MS } })
    await generator.ask({ begin: job(listeners) })
    const [readsBefore, cpuBefore, startMs] = [await upstreamReads(stack), cpuMs(pids), systemClock.monotonicMs()]
    await atPace(count, send)
    const heard = await generator.ask<Heard>({ end: { reports: count, withinMs: HEARD_WITHIN_MS } })
    if (heard.heard !== listeners * count || heard.ended > 0) throw new Error(`Of ${count} reports to ${listeners} listeners ${heard.heard} were heard, and ${heard.ended} streams ended`)
    const tookMs = systemClock.monotonicMs() - startMs
    const cpuAfter = cpuMs(pids)
    const shares = Object.fromEntries(Object.keys(pids).map((name) => [name, rounded((cpuAfter[name]! - cpuBefore[name]!) / tookMs)]))
    return { heard, shares, readsPerReport: rounded(((await upstreamReads(stack)) - readsBefore) / count) }
  }
  const atFloor = async (bytesPerReport: number): Promise<Heard> => {
    await generator.ask({ begin: { url: `http://127.0.0.1:${port}/`, cookie, listeners: LISTENERS } satisfies ListenJob })
    await atPace(count, (number) => floor.ask({ event: floorEvent(number, bytesPerReport) }))
    return generator.ask<Heard>({ end: { reports: count, withinMs: HEARD_WITHIN_MS } })
  }

  const alone = await atPortal(1)
  const portal: Measured[] = []
  const bare: Heard[] = []
  for (let round = 0; round < rounds; round++) {
    const measured = await atPortal(LISTENERS)
    portal.push(measured)
    bare.push(await atFloor(measured.heard.bytesPerListener / count))
    say(`round ${round + 1} of ${rounds}: p50 ${measured.heard.p50Ms} ms, p99 ${measured.heard.p99Ms} ms; bare ${bare.at(-1)!.p50Ms} and ${bare.at(-1)!.p99Ms} ms; ${measured.readsPerReport} reads a report (${alone.readsPerReport} for one listener)`)
  }
  const middle = (values: readonly number[]) => rounded(median(values))
  return {
    name: 'desk',
    value: middle(portal.map(({ heard }) => heard.p99Ms)),
    unit: 'ms',
    p50Ms: middle(portal.map(({ heard }) => heard.p50Ms)),
    p99Ms: middle(portal.map(({ heard }) => heard.p99Ms)),
    listeners: LISTENERS,
    reportsPerMinute: REPORTS_PER_MINUTE,
    upstreamReads: { listeners: LISTENERS, perReport: middle(portal.map(({ readsPerReport }) => readsPerReport)), atOneListener: alone.readsPerReport },
    bytesPerListener: Math.round(median(portal.map(({ heard }) => heard.bytesPerListener)) * (REPORTS_PER_MINUTE / count)),
    cpuShares: Object.fromEntries(Object.keys(pids).map((name) => [name, middle(portal.map(({ shares }) => shares[name]!))])),
    floors: { sse: middle(bare.map(({ p99Ms }) => p99Ms)) },
    // A floor that is done within its clock's millisecond is taken for one.
    ratios: { sse: rounded(median(portal.map(({ heard }, round) => heard.p99Ms / Math.max(1, bare[round]!.p99Ms)))) },
    details: { reportsPerRound: count, portal: portal.map(({ heard }) => heard), bare, alone: alone.heard },
  }
}

interface Measured {
  heard: Heard
  shares: Record<string, number>
  readsPerReport: number
}

/** One member of staff, who watches on many screens. */
async function signInOnce({ env }: Stack): Promise<string> {
  process.env['STORMDOOR_ENV'] = 'demo'
  const own = { databaseUrl: env['DATABASE_URL']!, sessionSecret: env['STORMDOOR_SESSION_SECRET']! }
  const [login] = await seedDemoStaff(own)
  const auth = createStaffAuth({ ...own, publicUrl: env['PUBLIC_URL'] ?? 'http://localhost' })
  try {
    return requestWith(await signInFully(signInContext(auth), login!)).get('cookie')!
  } finally {
    await auth.close()
  }
}

function reportSender(url: string): (number: number) => Promise<void> {
  const random = seededRandom(7)
  return async () => {
    const report = syntheticReport(systemClock, random)
    const headers = { 'content-type': 'application/json', [REPORT_HEADERS.secret]: randomBytes(16).toString('base64url') }
    const answer = await fetch(`${url}/api/v1/outage-reports`, { method: 'POST', headers, body: JSON.stringify(report) })
    await answer.body?.cancel()
    if (answer.status !== 201) throw new Error(`A report was answered with ${answer.status}`)
  }
}

/** Each at its time, whether or not the one before was answered. */
async function atPace(count: number, send: (number: number) => Promise<unknown>): Promise<void> {
  const startMs = systemClock.monotonicMs()
  const sent: Promise<unknown>[] = []
  for (let number = 0; number < count; number++) {
    await systemClock.sleep(Math.max(0, startMs + (number * 60_000) / REPORTS_PER_MINUTE - systemClock.monotonicMs()))
    sent.push(send(number))
  }
  await Promise.all(sent)
}

function floorEvent(number: number, bytes: number): string {
  const row = { id: `floor-${number}`, acceptedAt: new Date().toISOString(), padding: '' }
  const event = (padding: string) => `id: floor ${number}\ndata: ${JSON.stringify({ rows: [{ ...row, padding }] })}\n\n`
  return event('x'.repeat(Math.max(0, Math.round(bytes) - event('').length)))
}

async function upstreamReads(stack: Stack): Promise<number> {
  const text = await (await fetch(`${stack.adminUrl('web')}/metrics`)).text()
  return Number(/^stormdoor_desk_upstream_reads_total(?:\{[^}]*\})? ([\d.]+)$/m.exec(text)?.[1] ?? 0)
}
