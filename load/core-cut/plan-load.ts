import { type DemandCurve, stretched, timeOfShare } from '../drain/demand-curve.ts'
import { seededRandom } from '../seeded-random.ts'
import { ROUTE_NAMES, type Shares } from './mix.ts'

/** Of the whole time, how much everything that is cut stays dead. */
const DEAD_SHARE = 1 / 3
/** The cut leaves so much of the time before it and after it, to compare with. */
const LEAST_BEFORE = 0.2
const LEAST_AFTER = 0.2
/** Caches and compilers get warm, at half of the peak's rate. */
const WARM_UP_MS = 5_000
const MOST_ARRIVALS = 10_000_000

export interface LoadPlan {
  /** When each request is due, milliseconds from the start, rising; the warm-up's are negative. */
  dueMs: Float64Array
  /** Which route each is: a place in ROUTE_NAMES. */
  routes: Uint8Array
  lengthMs: number
  warmUpMs: number
  /** When the cut falls, and for how long it stays; milliseconds from the start. */
  cutAtMs: number
  deadMs: number
}

export interface PlanOptions {
  curve: DemandCurve
  seconds: number
  /** Requests a second at the curve's peak. */
  peakPerSecond: number
  shares: Shares
  seed: number
}

/** Arrivals that follow the curve and wait for no answer: the same for the same options. */
export function planLoad({ curve, seconds, peakPerSecond, shares, seed }: PlanOptions): LoadPlan {
  const scaled = stretched(curve, seconds)
  const peak = Math.max(...scaled.values)
  const count = Math.round((areaOf(scaled) / peak) * peakPerSecond)
  const warmUps = Math.round((peakPerSecond / 2) * (WARM_UP_MS / 1_000))
  if (count + warmUps > MOST_ARRIVALS) throw new RangeError(`${count} requests are more than one drill makes: fewer minutes, or a lower rate`)
  const at = timeOfShare(scaled)
  const dueMs = new Float64Array(warmUps + count)
  for (let index = 0; index < warmUps; index++) dueMs[index] = -WARM_UP_MS + (index * WARM_UP_MS) / warmUps
  for (let index = 0; index < count; index++) dueMs[warmUps + index] = at((index + 0.5) / count) * 1_000
  return { dueMs, routes: drawRoutes(dueMs.length, shares, seed), lengthMs: seconds * 1_000, warmUpMs: WARM_UP_MS, ...cutOf(scaled, seconds) }
}

function cutOf(curve: DemandCurve, seconds: number): Pick<LoadPlan, 'cutAtMs' | 'deadMs'> {
  const peakAtSeconds = curve.atSeconds[curve.values.indexOf(Math.max(...curve.values))]!
  const latest = (1 - DEAD_SHARE - LEAST_AFTER) * seconds
  return { cutAtMs: Math.min(Math.max(peakAtSeconds, LEAST_BEFORE * seconds), latest) * 1_000, deadMs: DEAD_SHARE * seconds * 1_000 }
}

function areaOf({ atSeconds, values }: DemandCurve): number {
  let area = 0
  for (let point = 1; point < values.length; point++) area += ((values[point - 1]! + values[point]!) / 2) * (atSeconds[point]! - atSeconds[point - 1]!)
  return area
}

function drawRoutes(count: number, shares: Shares, seed: number): Uint8Array {
  const random = seededRandom(seed)
  const bounds: number[] = []
  for (const name of ROUTE_NAMES) bounds.push((bounds.at(-1) ?? 0) + shares[name])
  return Uint8Array.from({ length: count }, () => {
    const drawn = random.fraction()
    const route = bounds.findIndex((bound) => drawn < bound)
    // The last bound may be a rounding below 1.
    return route < 0 ? bounds.indexOf(bounds.at(-1)!) : route
  })
}
