import { describe, expect, it } from 'vitest'
import { seededRandom } from '../seeded-random.ts'
import { CALM_MS, planStorm } from './storm-plan.ts'

const KINDS = ['api', 'postgres', 'projector', 'redis', 'web']

describe('the plan of a storm', () => {
  it('is the same for the same seed and another for another', () => {
    const plan = planStorm(100, seededRandom(1))
    expect(planStorm(100, seededRandom(1))).toEqual(plan)
    expect(planStorm(100, seededRandom(2))).not.toEqual(plan)
  })

  it('kills each process alone, then all behind the door, then all', () => {
    const { blows } = planStorm(1, seededRandom(3))
    const alone = blows.filter(({ victims }) => victims.length === 1).flatMap(({ victims }) => victims)
    expect(alone.toSorted()).toEqual(KINDS)
    expect(blows.at(-2)!.victims).not.toContain('api')
    expect(blows.at(-1)!.victims.toSorted()).toEqual(KINDS)
  })

  it('over several nodes and brokers, kills one of each kind, each broker, a whole node, then all behind the doors, then all @nodes', () => {
    const { blows } = planStorm(1, seededRandom(3), { nodes: 3, brokers: 2 })
    const alone = blows.filter(({ victims }) => victims.length === 1).flatMap(({ victims }) => victims)
    expect(alone.map((name) => name.replace(/-[23]$/, '')).toSorted()).toEqual([...KINDS, 'broker-0', 'broker-1'].toSorted())
    const [node, behind, everything] = blows.slice(-3).map(({ victims }) => victims)
    const suffixes = new Set(node!.map((name) => /-\d$/.exec(name)?.[0] ?? ''))
    // All of it: what is killed alone as well, and its sync and search.
    expect([node!.length, suffixes.size]).toEqual([6, 1])
    expect(behind!.filter((name) => name.startsWith('api') || name.startsWith('broker'))).toEqual([])
    expect(behind).toHaveLength(2 + 3 + 3)
    expect(everything).toHaveLength(2 + 3 * 3 + 2)
    const nodes = Array.from({ length: 20 }, (_, seed) => planStorm(1, seededRandom(seed), { nodes: 3, brokers: 0 }).blows.at(-3)!.victims[0])
    expect(new Set(nodes)).toEqual(new Set(['projector', 'projector-2', 'projector-3']))
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
