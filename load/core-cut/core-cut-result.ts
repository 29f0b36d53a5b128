import type { CoreCutRun } from './run-core-cut.ts'
import { type CutSpan, lookUpP99Ratio, PHASES, type PhaseFigures, type RouteFigures, routeFigures, type Slot, slotsOf } from './load-figures.ts'
import type { LoadPlan } from './plan-load.ts'
import type { Backlog } from './reckon-deliveries.ts'
import type { Shares } from './mix.ts'

/** What else of a drill a reader needs. */
export interface DrillFacts {
  /** What was asked to be cut. */
  cut: readonly string[]
  processes: readonly string[]
  curve: { name: string; minutes: number; peakPerSecond: number }
  shares: Shares
  seed: number
  accounts: { count: number; loadedInSeconds: number }
  machine: object
  /** Of an access log that curve or mix came from. */
  accessLog: object | null
}

interface ReportCounts {
  /** Saved by a phone. */
  sent: number
  /** Its phone holds a verified receipt. */
  accepted: number
  /** Never received, not even after all of the phone's tries. */
  failed: number
  lost: number
  doubled: number
  /** At the core system once, and once so in the log. */
  delivered: number
}

/** What a drill prints; latencies in milliseconds. */
export interface CoreCutResult extends Omit<DrillFacts, 'cut' | 'processes' | 'curve'> {
  ok: boolean
  startedAt: string
  routes: RouteFigures[]
  lookUpP99Ratio: number | null
  reports: ReportCounts
  delivery: { repeats: number; backlog: Backlog }
  cut: { asked: readonly string[]; processes: readonly string[]; atSeconds: number; deadAfterMs: number; backAfterSeconds: number }
  curve: DrillFacts['curve'] & { requests: number }
  generatorLate: CoreCutRun['load']['lateness']
  endedThemselves: readonly string[]
  /** Everything that must not be, in words. */
  problems: string[]
}

/** For charts alone: seconds from the start. */
export interface CoreCutCourse {
  lengthSeconds: number
  span: CutSpan
  slots: Slot[]
  /** Reports accepted and reports at the core system so far, at each second of `atSeconds`. */
  reports: { atSeconds: number[]; accepted: number[]; delivered: number[] }
}

/** Puts what happened and what was found into one object. Pure. */
export function coreCutResult(run: CoreCutRun, plan: LoadPlan, facts: DrillFacts): CoreCutResult {
  const { load, span, reckoning, deliveries } = run
  const routes = routeFigures(load.samples, span, plan.lengthMs).filter((route) => PHASES.some((phase) => route[phase].requests > 0))
  const reports: ReportCounts = { sent: reckoning.sent, accepted: reckoning.accepted, failed: reckoning.neverAccepted, lost: reckoning.lost, doubled: reckoning.doubled, delivered: deliveries.delivered }
  const { cut, processes, curve, ...others } = facts
  return {
    ok: reports.failed === 0 && reports.lost === 0 && reports.doubled === 0 && reports.delivered === reports.sent && deliveries.faults.length === 0 && reckoning.faults.length === 0,
    startedAt: new Date(run.startedAtEpochMs).toISOString(),
    ...others,
    routes,
    lookUpP99Ratio: lookUpP99Ratio(routes),
    reports,
    delivery: { repeats: deliveries.repeats, backlog: deliveries.backlog },
    cut: { asked: cut, processes, atSeconds: inSeconds(span.fromMs), deadAfterMs: Math.round(run.deadFromMs - span.fromMs), backAfterSeconds: inSeconds(span.untilMs - span.fromMs) },
    curve: { ...curve, requests: plan.dueMs.length },
    generatorLate: load.lateness,
    endedThemselves: run.endedThemselves,
    problems: [...reckoning.faults, ...deliveries.faults],
  }
}

export function coreCutCourse(run: CoreCutRun, plan: LoadPlan): CoreCutCourse {
  const { load, span, logged, held, startedAtEpochMs } = run
  const since = (epochMs: number) => (epochMs - startedAtEpochMs) / 1_000
  const acceptedAt = logged.flatMap((record) => (record.kind === 'report' && record.first ? [since(Date.parse(record.claims.acceptedAt))] : [])).sort((a, b) => a - b)
  const deliveredAt = held.map(({ receivedAtMs }) => since(receivedAtMs)).sort((a, b) => a - b)
  const lastSeconds = Math.ceil(Math.max(plan.lengthMs / 1_000, acceptedAt.at(-1) ?? 0, deliveredAt.at(-1) ?? 0)) + 1
  const step = Math.max(1, Math.ceil(lastSeconds / 600))
  const atSeconds = Array.from({ length: Math.floor(lastSeconds / step) + 1 }, (_, index) => index * step)
  return {
    lengthSeconds: plan.lengthMs / 1_000,
    span,
    slots: slotsOf(load.samples, plan.lengthMs),
    reports: { atSeconds, accepted: runningCount(acceptedAt, atSeconds), delivered: runningCount(deliveredAt, atSeconds) },
  }
}

/** The result as tables for people. */
export function describeCoreCut(result: CoreCutResult): string {
  const { reports, delivery: { repeats, backlog }, generatorLate, cut } = result
  const header = ['ROUTE', 'PHASE', 'RATE', 'REQUESTS', 'ERRORS', 'P50', 'P99', 'P99.9']
  const rows = result.routes.flatMap((route) => PHASES.filter((phase) => route[phase].requests > 0).map((phase, index) => [index === 0 ? route.route : '', phase, ...figures(route[phase])]))
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)))
  const table = [header, ...rows].map((row) => `  ${row.map((cell, column) => (column < 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join('  ')}`)
  const counts = Object.entries(reports).map(([name, number]) => `  ${name.padEnd(18)}${String(number).padStart(7)}`)
  return [
    ...table, '  (a second; milliseconds from when a request was due)', '', ...counts, '',
    `  Cut for ${cut.backAfterSeconds} s at ${cut.atSeconds} s: ${cut.processes.join(', ')}.`,
    `  Look-ups: p99 during the cut ${result.lookUpP99Ratio === null ? 'not known' : `${result.lookUpP99Ratio} times that before`}.`,
    `  ${backlog.reports} reports waited for the core system${backlog.drainedAfterMs === null ? '' : ` and had all gone ${(backlog.drainedAfterMs / 1_000).toFixed(1)} s after its return; ${backlog.ordinaryBeforeLastHazard} ordinary ones before the last of ${backlog.hazardous} hazards`}. ${repeats} hand-overs came twice.`,
    `  The generator itself was late by ${generatorLate.p50Ms} ms (p50), ${generatorLate.p99Ms} ms (p99), ${generatorLate.maxMs} ms at most; busy ${Math.round(generatorLate.utilization * 100)} %.`,
    ...(result.endedThemselves.length > 0 ? [`  Ended although nobody had killed them: ${result.endedThemselves.join(', ')}.`] : []),
    ...(result.ok ? ['  No report failed, none was lost or doubled, and the core system has each once.'] : ['  NOT AS PROMISED:', ...result.problems.map((problem) => `    ${problem}`)]),
  ].join('\n')
}

function figures({ rate, requests, errors, p50Ms, p99Ms, p999Ms }: PhaseFigures): string[] {
  return [rate.toFixed(1), String(requests), String(errors), ...[p50Ms, p99Ms, p999Ms].map((ms) => (ms === null ? '–' : ms.toFixed(1)))]
}

/** How many of the sorted moments have come at each time. */
function runningCount(sorted: readonly number[], atSeconds: readonly number[]): number[] {
  let come = 0
  return atSeconds.map((at) => {
    while (come < sorted.length && sorted[come]! <= at) come++
    return come
  })
}

function inSeconds(ms: number): number {
  return Math.round(ms / 100) / 10
}
