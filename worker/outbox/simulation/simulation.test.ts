import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeViolation, type Simulation, startSimulation, USUAL_STEPS } from './simulation.ts'

const SEEDS_PER_TEST = 25
const TIMEOUT_MS = 120_000

let simulation: Simulation
beforeAll(async () => {
  simulation = await startSimulation()
})
afterAll(() => simulation.end())

describe('the outbox in a storm @outbox', () => {
  test.each(Array.from({ length: 8 }, (_, group) => group * SEEDS_PER_TEST + 1))('25 seeds from %i on: no promise is broken at any step', { timeout: TIMEOUT_MS }, async (from) => {
    let received = 0
    for (let seed = from; seed < from + SEEDS_PER_TEST; seed++) {
      const result = await simulation.run(seed)
      if (result.violation !== null) expect.fail(describeViolation(result, USUAL_STEPS))
      expect(result.steps).toBeGreaterThanOrEqual(USUAL_STEPS)
      received += result.received
    }
    expect(received).toBeGreaterThan(5 * SEEDS_PER_TEST)
  })

  test('the same seed gives the same run, line by line; another seed another', async () => {
    const once = await simulation.run(1)
    const other = await simulation.run(2)
    const again = await simulation.run(1)
    expect(again).toEqual(once)
    expect(other.hash).not.toBe(once.hash)
  })
})
