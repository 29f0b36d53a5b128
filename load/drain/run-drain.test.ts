import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseCurve } from './demand-curve.ts'
import { LogModel, physicalMinimumMs } from './log-model.ts'
import { type DrainPlan, planDemand } from './plan-drain.ts'
import { type Policy, runDrain } from './run-drain.ts'

const OWN = parseCurve(readFileSync(new URL('./curves/three-regions.csv', import.meta.url), 'utf8'))
const ALL_AT_ONCE = parseCurve('0,1\n1,1')

function drain(curve: typeof OWN, changes: Partial<DrainPlan> = {}, policy: Policy = 'kind') {
  const phones = changes.phones ?? 5_000
  const plan = { phones, capacityPerSecond: phones / 100, hazards: 0.02, expectedReports: phones, told: 0.95, asleep: 0.1, sleepSeconds: 30, lostAnswers: 0.002, seed: 1, ...changes }
  return runDrain(plan, planDemand(plan, curve), policy)
}

describe('a drain @drain', () => {
  it('meets its aims on the curve that comes with it, and plain backoff does not', () => {
    const kind = drain(OWN)
    expect(kind.peakOverCapacity).toBeLessThan(1.2)
    expect(kind.lastOverMinimum).toBeLessThan(1.5)
    expect(kind.hazardP99Seconds).toBeLessThan(30)
    expect(kind.missing).toBe(0)
    const plain = drain(OWN, {}, 'plain')
    expect(plain.peakOverCapacity).toBeGreaterThan(4)
    expect(plain.refusalsPerReport).toBeGreaterThan(kind.refusalsPerReport + 1)
  })

  it('meets them when all phones come back within a second', () => {
    // As many as make chance small: with 50 requests a second some second has a third more.
    const figures = drain(ALL_AT_ONCE, { phones: 40_000 })
    expect(figures.peakOverCapacity).toBeLessThan(1.2)
    expect(figures.lastOverMinimum).toBeLessThan(1.5)
    expect(figures.hazardP99Seconds).toBeLessThan(30)
  })

  it('is saved by slots when nobody was told to spread: one refusal each, and the log kept busy', () => {
    const figures = drain(ALL_AT_ONCE, { phones: 20_000, told: 1, expectedReports: 1 })
    expect(figures.refusalsPerReport).toBeLessThan(1.2)
    expect(figures.lastOverMinimum).toBeLessThan(1.7)
    expect(figures.hazardP99Seconds).toBeLessThan(30)
    const plain = drain(ALL_AT_ONCE, {}, 'plain')
    expect(plain.refusalsPerReport).toBeGreaterThan(3 * figures.refusalsPerReport)
    expect(plain.lastOverMinimum).toBeGreaterThan(3 * figures.lastOverMinimum)
  })

  it('is the same with the same seed, and another with another', () => {
    const [first, again, other] = [1, 1, 2].map((seed) => drain(OWN, { phones: 1_000, seed }))
    expect(again).toEqual(first)
    expect(other).not.toEqual(first)
  })
})

describe('the log model @drain', () => {
  it('takes its capacity, no more, and less for what is refused meanwhile', () => {
    const log = new LogModel<number>(1_000)
    for (let report = 0; report < 120; report++) log.append(report)
    expect(log.begin()).toBe(50)
    expect(log.end()).toHaveLength(50)
    for (let refusal = 0; refusal < 100; refusal++) log.burden(0.1)
    expect(log.begin()).toBeCloseTo(60)
    log.end()
    expect(log.begin(), 'a batch that is not full: its commit, and its share').toBeCloseTo(5 + 45 * (20 / 50))
    expect(log.end()).toHaveLength(20)
    expect(log.begin()).toBeNull()
  })

  it('knows what no server of its capacity could undercut', () => {
    expect(physicalMinimumMs(Float64Array.of(0, 0, 0, 5_000), 1)).toBe(6_000)
    expect(physicalMinimumMs(Float64Array.of(0, 0, 0, 0, 0, 0, 5_000), 1)).toBe(7_000)
  })
})
