import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { systemClock } from '../../domain/clock.ts'
import { createPostgresProjection } from '../../processes/projector/postgres/postgres-projection.ts'
import type { RebuildResult } from '../../processes/projector/postgres/rebuild-database.ts'
import type { EventLog } from '../../server/platform/event-log/event-log.ts'
import { openEventLog } from '../../server/platform/event-log/open-event-log.ts'
import { foldHistory } from '../history/fold-history.ts'
import { mixedHistory } from '../history/mixed-history.ts'
import { writeHistory } from '../history/write-history.ts'
import { rounded } from '../percentile.ts'
import type { BenchOptions, BenchRow } from '../row.ts'
import { startStores } from '../stores.ts'

const DEFAULT_EVENTS = 1_000_000
/** The first rebuild is of this part of the events, the second of all. */
const FIRST_PART = 0.25
const LOOK_MS = 20

interface Rebuild {
  events: number
  seconds: number
  eventsPerSecond: number
  /** Most memory that the command's process ever had resident, MiB. */
  peakRssMb: number
}

export interface RebuildRow extends BenchRow, Rebuild {
  /** Of a quarter of the events, then of all. */
  sizes: Rebuild[]
  /** Peak of the larger over that of the smaller: near 1 when memory does not grow with the log. */
  peakRssRatio: number
}

/** `npm run log:rebuild` on a folded database, of a quarter of the events and then of all of them: how fast, and in how much memory. */
export async function rebuild(options: BenchOptions): Promise<RebuildRow> {
  const { folder, say, onEnd, signal, events = DEFAULT_EVENTS } = options
  const { databaseUrl, redisUrl } = await startStores(options, 'rebuild-stores')
  const eventLogUrl = `sqlite:${join(folder, 'rebuild.sqlite')}`
  const log = await openEventLog({ url: eventLogUrl, clock: systemClock, region: 'local', node: 'bench' })
  onEnd(() => log.close())
  const history = mixedHistory({ events })
  const sizes: Rebuild[] = []
  let logged = 0
  for (const size of [Math.round(events * FIRST_PART), events]) {
    const writeSeconds = await writeHistory(log, history, size - logged, signal)
    logged = size
    const foldSeconds = await foldLive(databaseUrl, log, signal)
    say(`${size.toLocaleString('en')} events are logged and folded (${writeSeconds.toFixed(0)} s and ${foldSeconds.toFixed(0)} s for the last of them); rebuilding`)
    const one = await runRebuild({ EVENT_LOG_URL: eventLogUrl, DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, STORMDOOR_DATA: folder }, size, signal)
    say(`rebuilt in ${one.seconds.toFixed(1)} s: ${one.eventsPerSecond.toLocaleString('en')} events/s, at most ${one.peakRssMb} MiB`)
    sizes.push(one)
  }
  const [smaller, larger] = sizes as [Rebuild, Rebuild]
  return {
    name: 'rebuild', value: larger.eventsPerSecond, unit: 'events/s', ...larger, sizes,
    peakRssRatio: rounded(larger.peakRssMb / smaller.peakRssMb),
    floors: {}, ratios: {}, details: {},
  }
}

async function foldLive(databaseUrl: string, log: EventLog, signal: AbortSignal): Promise<number> {
  const projection = createPostgresProjection({ databaseUrl, logId: log.logId, clock: systemClock })
  try {
    return await foldHistory(log, projection, signal)
  } finally {
    await projection.close()
  }
}

/** The command itself, as its own process. Rejects when it does not fold every event, or finds tables that differ. */
async function runRebuild(env: Readonly<Record<string, string>>, events: number, signal: AbortSignal): Promise<Rebuild> {
  const command = spawn(process.execPath, [fileURLToPath(new URL('../../bin/log-rebuild.ts', import.meta.url)), '--json'], {
    env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'ignore'], signal, killSignal: 'SIGKILL',
  })
  let output = ''
  let peakRssMb = 0
  command.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  const look = setInterval(() => (peakRssMb = Math.max(peakRssMb, peakRssMbOf(command.pid!))), LOOK_MS)
  const [code] = (await once(command, 'close').finally(() => clearInterval(look))) as [number | null]
  const result = output === '' ? null : (JSON.parse(output) as RebuildResult & { seconds: number })
  if (code !== 0 || result?.applied !== events) throw new Error(`log:rebuild ended with ${String(code)} after ${result?.applied ?? 0} of ${events} events`)
  return { events, seconds: rounded(result.seconds), eventsPerSecond: Math.round(events / result.seconds), peakRssMb }
}

/** The kernel's own high-water mark, MiB; 0 when the process is gone. */
function peakRssMbOf(pid: number): number {
  try {
    return Math.round(Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024)
  } catch {
    return 0
  }
}
