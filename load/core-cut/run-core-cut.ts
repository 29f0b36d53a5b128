import { setTimeout as delay } from 'node:timers/promises'
import { BenchProcess } from '../../bench/child-process.ts'
import type { Stack } from '../../bin/supervisor/start-stack.ts'
import { type StackRole, stackRoles } from '../../bin/supervisor/stack-processes.ts'
import { systemClock } from '../../domain/clock.ts'
import { openEventLog } from '../../server/platform/event-log/open-event-log.ts'
import type { LoggedRecord, Reckoning } from '../brokers/reckoning.ts'
import { settle } from '../brokers/settle.ts'
import { CoreHoldings, deliveredInLog } from './core-holdings.ts'
import { bringBack, cut } from './cut.ts'
import type { CutSpan } from './load-figures.ts'
import type { LoadPlan } from './plan-load.ts'
import { type DeliveryReckoning, type HeldReport, reckonDeliveries } from './reckon-deliveries.ts'
import type { LoadJob, LoadResult } from './run-load.ts'

/** From the message to the generator to its first request. */
const HEAD_START_MS = 1_000
/** After the last arrival: a door may have asked a phone to stay away for half a minute. */
const PATIENCE_MS = 120_000
const LOOK_MS = 500
/** As long as something still arrives at the core system it is waited for, and so long after the last. */
const NOTHING_NEW_MS = 90_000

export interface CoreCutOptions {
  stack: Stack
  plan: LoadPlan
  processes: readonly StackRole[]
  accounts: number
  staffToken: string
  seed: number
  onNews: (text: string) => void
  signal: AbortSignal
}

export interface CoreCutRun {
  load: LoadResult
  startedAtEpochMs: number
  span: CutSpan
  /** When the last of what was cut had been killed, milliseconds from the start. */
  deadFromMs: number
  reckoning: Reckoning
  logged: LoggedRecord[]
  deliveries: DeliveryReckoning
  held: HeldReport[]
  /** Processes that nobody had killed and that did not run any more at the end. */
  endedThemselves: StackRole[]
}

/** Lets the load arrive, cuts at the peak, brings back, and counts when everything has been taken in. */
export async function runCoreCut(options: CoreCutOptions): Promise<CoreCutRun> {
  const { stack, plan, processes, accounts, staffToken, seed, onNews, signal } = options
  const { process: generator } = await BenchProcess.start('the load generator', new URL('./generator.ts', import.meta.url))
  signal.addEventListener('abort', () => void generator.stop(), { once: true })
  try {
    const job: LoadJob = { url: stack.url, plan, accounts, staffToken, seed, patienceMs: PATIENCE_MS }
    await generator.ask({ prepare: job })
    const startedAtEpochMs = epochMs() + HEAD_START_MS + plan.warmUpMs
    const running = generator.ask<LoadResult>({ run: { startAtEpochMs: startedAtEpochMs } })
    // Looked at when the cut is over.
    running.catch(() => undefined)
    onNews(`${plan.dueMs.length} requests are on their way`)
    const times = await cutAndBringBack(options, startedAtEpochMs)
    const load = await running
    onNews(`the load is over: ${load.phones.filter(({ accepted }) => accepted).length} of ${load.phones.length} reports accepted`)
    return { load, startedAtEpochMs, ...times, ...(await count(options, load, startedAtEpochMs + times.span.untilMs)), endedThemselves: stackRoles.filter((name) => !processes.includes(name) && stack.pid(name) === null) }
  } finally {
    await generator.stop()
  }
}

async function cutAndBringBack({ stack, plan, processes, onNews, signal }: CoreCutOptions, startedAtEpochMs: number): Promise<Pick<CoreCutRun, 'span' | 'deadFromMs'>> {
  const sinceStartMs = () => epochMs() - startedAtEpochMs
  const until = (atMs: number) => delay(Math.max(0, atMs - sinceStartMs()), undefined, { signal })
  await until(plan.cutAtMs)
  const fromMs = sinceStartMs()
  await cut(stack, processes)
  const deadFromMs = sinceStartMs()
  onNews(`killed: ${processes.join(', ')}`)
  await until(plan.cutAtMs + plan.deadMs)
  await bringBack(stack, processes)
  const untilMs = sinceStartMs()
  onNews(`back and ready after ${((untilMs - fromMs) / 1_000).toFixed(1)} s`)
  return { span: { fromMs, untilMs }, deadFromMs }
}

async function count({ stack, onNews, signal }: CoreCutOptions, load: LoadResult, backAtMs: number): Promise<Pick<CoreCutRun, 'reckoning' | 'logged' | 'deliveries' | 'held'>> {
  const { DATABASE_URL: databaseUrl = '', REDIS_URL: redisUrl = '', EVENT_LOG_URL: logUrl = '', CORE_SYSTEM_URL: coreUrl = '', CORE_SYSTEM_TOKEN: coreToken = '' } = stack.env
  const core = new CoreHoldings(coreUrl, coreToken)
  const accepted = load.phones.filter((phone) => phone.accepted).map(({ id }) => id)
  const log = await openEventLog({ url: logUrl, clock: systemClock, region: 'local', node: 'drill' })
  try {
    await untilDelivered({ core, accepted: accepted.length, signal, delivered: async () => (await deliveredInLog(log)).length, onNews })
    const { reckoning, logged } = await settle({ run: load, url: stack.url, log, logUrl, databaseUrl, redisUrl, signal })
    const [held, deliveredIds, { conflicts }] = [await core.reports(), await deliveredInLog(log), await core.counts()]
    const acceptedAtMs = new Map(logged.flatMap((record) => (record.kind === 'report' && record.first ? [[record.id, Date.parse(record.claims.acceptedAt)] as const] : [])))
    return { reckoning, logged, held, deliveries: reckonDeliveries({ accepted, held, logged: deliveredIds, conflicts, backAtMs, acceptedAtMs }) }
  } finally {
    await log.close()
  }
}

/** Until the core system has all, or has had nothing new for a while; then until the log says so. */
async function untilDelivered({ core, accepted, signal, delivered, onNews }: { core: CoreHoldings; accepted: number; signal: AbortSignal; delivered: () => Promise<number>; onNews: (text: string) => void }): Promise<void> {
  for (const reached of [async () => (await core.counts()).reports, delivered]) {
    let most = -1
    for (let sinceMs = performance.now(); performance.now() - sinceMs < NOTHING_NEW_MS; await delay(LOOK_MS, undefined, { signal })) {
      const now = await reached()
      if (now > most) sinceMs = performance.now()
      most = Math.max(most, now)
      if (now >= accepted) break
    }
    onNews(`${most} of ${accepted} reports are at the core system`)
  }
}

function epochMs(): number {
  return performance.timeOrigin + performance.now()
}
