import { seededRandom } from '../seeded-random.ts'
import { type DemandCurve, timeOfShare } from './demand-curve.ts'

/** What the drill is about; everything else follows from it and the seed. */
export interface DrainPlan {
  phones: number
  /** Reports per second that the log takes. */
  capacityPerSecond: number
  /** Share of the reports that name a hazard. */
  hazards: number
  /** Reports that the utility had reckoned with, from which the door tells over how long to spread. */
  expectedReports: number
  /** Share of the phones that the door had told before they were cut off; the others take a minute. */
  told: number
  /** Share of the waits that a phone sleeps past, and for how long it does at the most, seconds. */
  asleep: number
  sleepSeconds: number
  /** Share of the answers that never arrive: half of them cut, half of them in silence. */
  lostAnswers: number
  seed: number
}

/** Who comes back when, by phone; the phones are in that order. */
export interface Demand {
  /** When the network is back, ms. */
  backAtMs: Float64Array
  /** For how long nothing had got through then, ms. */
  cutOffMs: Float64Array
  hazardous: Uint8Array
  told: Uint8Array
}

const CUT_OFF_MINUTES = { from: 10, to: 240 }

export function planDemand(plan: DrainPlan, curve: DemandCurve): Demand {
  const random = seededRandom(plan.seed)
  const at = timeOfShare(curve)
  const each = (draw: () => number) => Float64Array.from({ length: plan.phones }, draw)
  const flags = (share: number) => Uint8Array.from({ length: plan.phones }, () => (random.fraction() < share ? 1 : 0))
  return {
    backAtMs: each(() => at(random.fraction()) * 1_000).sort(),
    cutOffMs: each(() => (CUT_OFF_MINUTES.from + random.fraction() * (CUT_OFF_MINUTES.to - CUT_OFF_MINUTES.from)) * 60_000),
    hazardous: flags(plan.hazards),
    told: flags(plan.told),
  }
}
