import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bundleMutant } from './bundle-mutant.ts'
import { findKillingSeed } from './killing-seed.ts'
import { MUTANTS } from './mutants.ts'
import { type Simulation, startSimulation } from './simulation.ts'

const TIMEOUT_MS = 120_000

let simulation: Simulation
beforeAll(async () => {
  simulation = await startSimulation()
})
afterAll(() => simulation.end())

describe('mutants of the outbox @outbox', () => {
  test.each(MUTANTS)('is told from the real code: one that $name', { timeout: TIMEOUT_MS }, async (mutant) => {
    const code = await bundleMutant(mutant)
    const killed = await findKillingSeed(simulation, code, mutant.seed)
    expect(killed?.violation).toMatch(mutant.breaks)
    expect((await simulation.run(killed!.seed)).violation).toBeNull()
  })

  test('a change that no longer applies is a failure, not a mutant', async () => {
    const gone = { ...MUTANTS[0]!, find: 'this text stands nowhere' }
    await expect(bundleMutant(gone)).rejects.toThrow('no longer applies')
  })

  test('the real code, bundled in the same way, survives', async () => {
    const same = { ...MUTANTS[0]!, name: 'the same', replace: MUTANTS[0]!.find }
    const result = await simulation.run(MUTANTS[0]!.seed, { code: await bundleMutant(same) })
    expect(result.violation).toBeNull()
    expect(result.hash).toBe((await simulation.run(MUTANTS[0]!.seed)).hash)
  })

  test('the seeds of the table are the first that kill @full', { timeout: 10 * TIMEOUT_MS }, async () => {
    for (const mutant of MUTANTS) {
      const killed = await findKillingSeed(simulation, await bundleMutant(mutant))
      expect({ name: mutant.name, seed: killed?.seed }).toEqual({ name: mutant.name, seed: mutant.seed })
    }
  })
})
