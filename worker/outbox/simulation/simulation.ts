import { type OutboxCode, outboxCode } from './code-under-test.ts'
import { makeDoorKeys } from './door-keys.ts'
import { QuietCrypto } from './quiet-crypto.ts'
import { runSeed, type SeedResult } from './run-seed.ts'

export const USUAL_STEPS = 2_000
/** The door changes them within a run; the last one is never its own. */
const DOOR_KEYS = 6

export interface Simulation {
  /** @param options.code the outbox as it is, when not given */
  run(seed: number, options?: { steps?: number; code?: OutboxCode }): Promise<SeedResult>
  /** Gives WebCrypto back to the process. */
  end(): void
}

/** Runs seeds one after the other; one simulation at a time in a process, for it watches WebCrypto. */
export async function startSimulation(): Promise<Simulation> {
  const keys = await makeDoorKeys(DOOR_KEYS)
  const crypto = new QuietCrypto()
  return {
    run: (seed, { steps = USUAL_STEPS, code = outboxCode } = {}) => runSeed(seed, { steps, code, keys, crypto }),
    end: () => crypto.restore(),
  }
}

/** What a failing seed says: the broken promise, how to see it again, and what came before it. */
export function describeViolation({ seed, steps, violation, lastLines }: SeedResult, stormSteps: number): string {
  const more = stormSteps === USUAL_STEPS ? '' : ` --steps ${stormSteps}`
  return [`seed ${seed}, step ${steps}: ${violation}`, ...lastLines.map((line) => `  ${line}`), `Again: npm run simulate:outbox -- --seeds 1 --from ${seed}${more}`].join('\n')
}
