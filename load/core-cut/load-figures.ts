import { build } from 'hdr-histogram-js'
import { GROUPS, readMix, type RouteGroup } from './mix.ts'
import { SAMPLED, type SampledRoute, type Samples } from './samples.ts'

export const PHASES = ['before', 'during', 'after'] as const
type PhaseName = (typeof PHASES)[number]

/** When everything was alive, when part of it was dead, and from when all was ready again; milliseconds from the start. */
export interface CutSpan {
  fromMs: number
  untilMs: number
}

/** Latencies from when a request was due to the end of its answer, of those without an error: a quick refusal is no quick answer. */
export interface PhaseFigures {
  /** Requests a second. */
  rate: number
  requests: number
  /** No answer, or one of 400 and more. */
  errors: number
  /** null of none. */
  p50Ms: number | null
  p99Ms: number | null
  p999Ms: number | null
}

export type RouteFigures = { route: SampledRoute; group: RouteGroup } & Record<PhaseName, PhaseFigures>

/** What happened in one slot of time, for a chart. */
export interface Slot {
  fromSeconds: number
  /** Requests and errors a second. */
  rate: number
  errorRate: number
  latencies: Record<RouteGroup, { p50Ms: number | null; p99Ms: number | null }>
}

const SLOTS_AT_MOST = 180
const LONGEST_MICROSECONDS = 600_000_000
const DIGITS = 3

/** Requests that were due in the warm-up do not count. */
export function routeFigures(samples: Samples, { fromMs, untilMs }: CutSpan, lengthMs: number): RouteFigures[] {
  const phases: Record<PhaseName, { lengthMs: number; holds: (dueMs: number, endedMs: number) => boolean }> = {
    before: { lengthMs: fromMs, holds: (_due, ended) => ended < fromMs },
    // What was under way when the cut fell has met it.
    during: { lengthMs: untilMs - fromMs, holds: (due, ended) => due < untilMs && ended >= fromMs },
    after: { lengthMs: lengthMs - untilMs, holds: (due) => due >= untilMs },
  }
  const groups = groupOf()
  return SAMPLED.map((route, place) => {
    const each = PHASES.map((phase) => [phase, phaseFigures(samples, phases[phase].lengthMs, (at) => samples.routes[at] === place && phases[phase].holds(samples.dueMs[at]!, samples.endedMs[at]!))] as const)
    return { route, group: groups(route), ...(Object.fromEntries(each) as Record<PhaseName, PhaseFigures>) }
  })
}

/** The worst of the look-ups: p99 while part was dead, over p99 before; null when one of them is not known. */
export function lookUpP99Ratio(routes: readonly RouteFigures[]): number | null {
  const ratios = routes.filter(({ group, before }) => group === 'look-ups' && before.requests > 0).map(({ before, during }) => (before.p99Ms && during.p99Ms ? during.p99Ms / before.p99Ms : null))
  if (ratios.length === 0 || ratios.includes(null)) return null
  return Math.round(Math.max(...ratios.map(Number)) * 100) / 100
}

/** The run in slots of equal length, at least a second each. */
export function slotsOf(samples: Samples, lengthMs: number): Slot[] {
  const slotMs = Math.max(1_000, Math.ceil(lengthMs / SLOTS_AT_MOST / 1_000) * 1_000)
  const count = Math.ceil(lengthMs / slotMs)
  const groups = SAMPLED.map(groupOf())
  const members = Array.from({ length: count }, (): number[] => [])
  for (let at = 0; at < samples.count; at++) {
    const slot = Math.floor(samples.dueMs[at]! / slotMs)
    members[slot]?.push(at)
  }
  return members.map((ats, slot) => {
    const seconds = Math.min(slotMs, lengthMs - slot * slotMs) / 1_000
    const latencies = GROUPS.map((group) => {
      const histogram = build({ lowestDiscernibleValue: 1, highestTrackableValue: LONGEST_MICROSECONDS, numberOfSignificantValueDigits: 2 })
      for (const at of ats) if (groups[samples.routes[at]!] === group && !isError(samples.statuses[at]!)) histogram.recordValue(microseconds(samples, at))
      const none = histogram.totalCount === 0
      return [group, { p50Ms: none ? null : histogram.getValueAtPercentile(50) / 1_000, p99Ms: none ? null : histogram.getValueAtPercentile(99) / 1_000 }] as const
    })
    return {
      fromSeconds: (slot * slotMs) / 1_000,
      rate: ats.length / seconds,
      errorRate: ats.filter((at) => isError(samples.statuses[at]!)).length / seconds,
      latencies: Object.fromEntries(latencies) as Slot['latencies'],
    }
  })
}

function phaseFigures(samples: Samples, lengthMs: number, holds: (at: number) => boolean): PhaseFigures {
  const histogram = build({ lowestDiscernibleValue: 1, highestTrackableValue: LONGEST_MICROSECONDS, numberOfSignificantValueDigits: DIGITS })
  let requests = 0
  let errors = 0
  for (let at = 0; at < samples.count; at++) {
    if (samples.dueMs[at]! < 0 || !holds(at)) continue
    requests++
    if (isError(samples.statuses[at]!)) errors++
    else histogram.recordValue(microseconds(samples, at))
  }
  const ms = (percentile: number) => (histogram.totalCount === 0 ? null : Math.round(histogram.getValueAtPercentile(percentile) / 10) / 100)
  return { rate: lengthMs > 0 ? Math.round((requests / lengthMs) * 100_000) / 100 : 0, requests, errors, p50Ms: ms(50), p99Ms: ms(99), p999Ms: ms(99.9) }
}

function isError(status: number): boolean {
  return status === 0 || status >= 400
}

function microseconds({ dueMs, endedMs }: Samples, at: number): number {
  return Math.min(LONGEST_MICROSECONDS, Math.max(1, Math.round((endedMs[at]! - dueMs[at]!) * 1_000)))
}

function groupOf(): (route: SampledRoute) => RouteGroup {
  const groups = new Map(readMix().map(({ name, group }) => [name, group]))
  return (route) => (route === 'report-again' ? 'reports' : groups.get(route)!)
}
