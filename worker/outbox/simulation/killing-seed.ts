import type { OutboxCode } from './code-under-test.ts'
import type { SeedResult } from './run-seed.ts'
import type { Simulation } from './simulation.ts'

const MUTANT_SEEDS = 100

/**
 * The first seed whose run breaks a promise; null when 100 seeds tell no difference.
 * @param first tried before the others: a change of the real code may give the run of a seed another turn
 */
export async function findKillingSeed(simulation: Simulation, code: OutboxCode, first = 1): Promise<SeedResult | null> {
  const seeds = new Set([first, ...Array.from({ length: MUTANT_SEEDS }, (_, index) => index + 1)])
  for (const seed of seeds) {
    const result = await simulation.run(seed, { code })
    if (result.violation !== null) return result
  }
  return null
}
