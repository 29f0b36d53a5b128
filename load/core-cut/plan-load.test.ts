import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseCurve } from '../drain/demand-curve.ts'
import { readMix, ROUTE_NAMES, sharesOf } from './mix.ts'
import { planLoad } from './plan-load.ts'

const shares = sharesOf(readMix())
const own = parseCurve(readFileSync(join(import.meta.dirname, 'curves/evening-squall.csv'), 'utf8'))
const within = (dueMs: Float64Array, fromMs: number, untilMs: number) => dueMs.filter((due) => due >= fromMs && due < untilMs).length

describe('the plan of a load @load', () => {
  it('reaches the rate at the peak and follows the curve beside it', () => {
    const { dueMs } = planLoad({ curve: own, seconds: 120, peakPerSecond: 200, shares, seed: 1 })
    const perSecond = Array.from({ length: 120 }, (_, second) => within(dueMs, second * 1_000, second * 1_000 + 1_000))
    expect(Math.max(...perSecond)).toBeGreaterThanOrEqual(198)
    expect(Math.max(...perSecond)).toBeLessThanOrEqual(202)
    expect(perSecond[0]).toBeGreaterThan(25)
    expect(perSecond[0]).toBeLessThan(40)
    expect(dueMs.every((due, at) => at === 0 || due >= dueMs[at - 1]!)).toBe(true)
    expect(within(dueMs, -Infinity, 0)).toBe(500)
  })

  it('draws the routes by their shares, the same for the same seed', () => {
    const plan = (seed: number) => planLoad({ curve: own, seconds: 120, peakPerSecond: 200, shares, seed })
    const { routes } = plan(1)
    for (const [place, name] of ROUTE_NAMES.entries()) expect(Math.abs(routes.filter((route) => route === place).length / routes.length - shares[name])).toBeLessThan(0.015)
    expect(Buffer.compare(plan(1).routes, routes)).toBe(0)
    expect(Buffer.compare(plan(2).routes, routes)).not.toBe(0)
  })

  it.each([
    { title: 'in the middle', values: '0,1\n50,9\n100,1', cutAt: 0.4667 },
    { title: 'early', values: '0,1\n30,9\n100,1', cutAt: 0.3 },
    { title: 'at the start', values: '0,9\n50,3\n100,1', cutAt: 0.2 },
    { title: 'at the end', values: '0,1\n50,3\n100,9', cutAt: 0.4667 },
  ])('cuts for a third of the time, with some left before and after, when the peak is $title', ({ values, cutAt }) => {
    const { cutAtMs, deadMs, lengthMs } = planLoad({ curve: parseCurve(values), seconds: 300, peakPerSecond: 10, shares, seed: 1 })
    expect(cutAtMs / lengthMs).toBeCloseTo(cutAt, 3)
    expect(deadMs / lengthMs).toBeCloseTo(1 / 3)
  })

  it('refuses more requests than can be kept', () => {
    expect(() => planLoad({ curve: own, seconds: 100_000, peakPerSecond: 5_000, shares, seed: 1 })).toThrow('fewer minutes')
  })
})
