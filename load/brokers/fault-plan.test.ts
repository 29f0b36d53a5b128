import { describe, expect, it } from 'vitest'
import { seededRandom } from '../seeded-random.ts'
import { FAULTS, planFaults } from './fault-plan.ts'

const plan = (seed: number, minutes = 5, faults = FAULTS.slice()) => planFaults({ minutes, faults, random: seededRandom(seed) })
const lengthMs = ({ faults, tailMs }: ReturnType<typeof plan>) => faults.reduce((sum, { quietMs, downMs }) => sum + quietMs + downMs, tailMs)

describe('the plan of a drill', () => {
  it('is the same for the same seed and another for another', () => {
    expect(plan(1)).toEqual(plan(1))
    expect(plan(1)).not.toEqual(plan(2))
  })

  it('has every fault that was asked for, and no other, however short it is', () => {
    expect(plan(3, 1).faults.map(({ name }) => name).toSorted()).toEqual(FAULTS.toSorted())
    expect(plan(3, 1, ['door-killed']).faults.map(({ name }) => name)).toContain('door-killed')
    expect(new Set(plan(3, 9, ['door-killed', 'disk-full']).faults.map(({ name }) => name))).toEqual(new Set(['door-killed', 'disk-full']))
    expect(plan(3, 1, []).faults).toEqual([])
  })

  it('fills longer drills with more rounds, in other orders, and not beyond its time', () => {
    const long = plan(4, 20)
    expect(long.faults.length).toBeGreaterThan(2 * FAULTS.length)
    expect(lengthMs(long)).toBeLessThan(20 * 60_000)
    const names = long.faults.map(({ name }) => name)
    expect(names.slice(0, FAULTS.length)).not.toEqual(names.slice(FAULTS.length, 2 * FAULTS.length))
  })

  it('leaves quiet before each, and suspends a broker for 20 seconds', () => {
    const { faults } = plan(5, 20)
    expect(Math.min(...faults.map(({ quietMs }) => quietMs))).toBeGreaterThanOrEqual(6_000)
    expect(new Set(faults.filter(({ name }) => name === 'broker-suspended').map(({ downMs }) => downMs))).toEqual(new Set([20_000]))
    expect(faults.every(({ draw }) => draw >= 0 && draw < 1)).toBe(true)
  })
})
