import { constants, setPriority } from 'node:os'
import { systemClock, systemRandom } from '../../domain/clock.ts'
import { buildGeneration, type BuildResult } from '../../server/accounts/generations.ts'
import { tellFlip } from '../../server/accounts/tell-flip.ts'
import { openEventLog } from '../../server/platform/event-log/open-event-log.ts'
import { stopSignal } from '../command-line.ts'
import { SetupError } from '../setup/setup-error.ts'
import { storeSettings } from '../store-settings.ts'

const TOLD_EVERY_MS = 1_000

/**
 * Builds the account cache anew from the projection in Postgres, beside the live generation, and flips.
 * @returns exit code: 1 when it was refused, with the reasons
 */
export async function preloadWarm({ acceptDifference, json }: { acceptDifference: boolean; json: boolean }): Promise<number> {
  const { eventLogUrl, region, databaseUrl, redisUrl } = storeSettings()
  // Nobody waits for it; the doors and pages beside it are waited for.
  setPriority(constants.priority.PRIORITY_LOW)
  const log = await openEventLog({ url: eventLogUrl, clock: systemClock, region, node: 'preload' })
  let toldMs = systemClock.monotonicMs()
  const onProgress = (rows: number) => {
    if (systemClock.monotonicMs() - toldMs < TOLD_EVERY_MS) return
    toldMs = systemClock.monotonicMs()
    console.error(`  ${rows.toLocaleString('en')} accounts read`)
  }
  try {
    const built = await buildGeneration({ redisUrl, databaseUrl, log, clock: systemClock, accept: acceptDifference, signal: stopSignal(), onProgress })
    if (built.flipped) await tellFlip(log, systemClock, systemRandom, { generation: built.generation, previous: built.previous, accounts: built.accounts, why: 'warm' })
    console.log(json ? JSON.stringify(built) : wordsOf(built))
    return built.flipped ? 0 : 1
  } catch (error) {
    if (error instanceof Error && EXPECTED.has(error.name)) throw new SetupError(`${error.message}. The cache answers as before.`, { cause: error })
    throw error
  } finally {
    await log.close()
  }
}

const EXPECTED = new Set(['BuildUnderWayError', 'GenerationLostError', 'PostgresBehindError'])

function wordsOf(built: BuildResult): string {
  const { generation, accounts, digest, writingSeconds, validatingSeconds } = built
  const took = `written in ${writingSeconds.toFixed(1)} s, compared in ${validatingSeconds.toFixed(1)} s`
  if (built.flipped) return `Generation ${generation} answers: ${accounts.toLocaleString('en')} accounts, ${took}, digest ${digest.slice(0, 16)}….\nBack to ${built.previous}: npm run preload -- --back`
  const reasons = built.reasons.map(({ code, detail }) => `  ${code} ${Object.entries(detail).map(([name, value]) => `${name} ${value}`).join(', ')}`)
  return ['Refused: the cache answers as before.', ...reasons, 'To take it all the same, where it only differs from the live one: --accept-difference'].join('\n')
}
