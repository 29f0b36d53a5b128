import { describe, expect, it } from 'vitest'
import { seededRandom } from '../seeded-random.ts'
import { CALM_MS, planStorm, VICTIMS } from './storm-plan.ts'

describe('the plan of a storm', () => {
  it('is the same for the same seed and another for another', () => {
    const plan = planStorm(100, seededRandom(1))
    expect(planStorm(100, seededRandom(1))).toEqual(plan)
    expect(planStorm(100, seededRandom(2))).not.toEqual(plan)
  })

  it('kills each process alone, then all behind the door, then all', () => {
    const { blows } = planStorm(1, seededRandom(3))
    const alone = blows.filter(({ victims }) => victims.length === 1).flatMap(({ victims }) => victims)
    expect(alone.toSorted()).toEqual(VICTIMS.toSorted())
    expect(blows.at(-2)!.victims).not.toContain('api')
    expect(blows.at(-1)!.victims.toSorted()).toEqual(VICTIMS.toSorted())
  })

  it('has phones report before, at and after each kill, never outside of its blow', () => {
    const { blows, phones } = planStorm(500, seededRandom(4))
    for (const [number, { downMs }] of blows.entries()) {
      const offsets = phones.filter(({ blow }) => blow === number).map(({ offsetMs }) => offsetMs)
      expect(Math.min(...offsets)).toBeGreaterThanOrEqual(-CALM_MS)
      expect(Math.max(...offsets)).toBeLessThanOrEqual(downMs)
      expect(offsets.filter((offset) => Math.abs(offset) <= 25).length).toBeGreaterThan(offsets.length / 5)
      expect(offsets.some((offset) => offset < -100) && offsets.some((offset) => offset > 100)).toBe(true)
    }
  })

  it('has every temper among its phones', () => {
    const tempers = new Set(planStorm(50, seededRandom(5)).phones.map(({ temper }) => temper))
    expect([...tempers].toSorted()).toEqual(['plain', 'second-body', 'twins'])
  })
})
