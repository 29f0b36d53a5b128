import type { Clock, Random } from '../../../domain/clock.ts'
import type { EventLog } from '../../platform/event-log/event-log.ts'
import type { Logger } from '../../platform/logger.ts'
import type { ReadSources } from '../../platform/read-sources.ts'
import { BuildUnderWayError, LEASE_MS } from '../cache/build-lease.ts'
import { buildGeneration } from '../generations.ts'
import { tellFlip } from '../tell-flip.ts'
import type { Reason } from './judge-load.ts'
import { untilProjected } from './until-projected.ts'

/** Without any progress of the projection: the change feed waits meanwhile. */
const PATIENCE_MS = 30_000
const LOOK_AGAIN_MS = 1_000

export interface CacheRenewal {
  log: EventLog
  sources: ReadSources
  redisUrl: string
  databaseUrl: string
  clock: Clock
  random: Random
  logger: Logger
}

/**
 * Builds a generation of the account cache from what a full load has brought and lets it answer. The load stands whether this
 * succeeds or not: the live generation was kept up to date by the projector all the time.
 * @param accepted the load was far from what was known, and staff said that this is right
 * @returns why the live generation was left; empty when another one answers now
 */
export async function renewCache(renewal: CacheRenewal, accepted: boolean, signal: AbortSignal): Promise<Reason[]> {
  const { log, sources, redisUrl, databaseUrl, clock, random, logger } = renewal
  try {
    if (!(await untilProjected({ log, sources, clock, signal, patienceMs: PATIENCE_MS }))) return [left('postgres-behind')]
    const built = await onceNoneIsBuilt(() => buildGeneration({ redisUrl, databaseUrl, log, clock, signal, accept: accepted }), clock, signal)
    if (!built.flipped) return built.reasons.map(({ code, detail }) => ({ code: 'cache-left', detail: { kind: code, ...detail } }))
    const { generation, previous, accounts } = built
    await tellFlip(log, clock, random, { generation, previous, accounts, why: 'full-load' })
    return []
  } catch (error) {
    signal.throwIfAborted()
    logger.warn({ err: error }, 'the account cache was not renewed')
    return [left(error instanceof Error ? error.name : 'unknown')]
  }
}

/** One that was killed, this process's own perhaps, holds its lease a while longer; what it wrote goes with the next build. */
async function onceNoneIsBuilt<T>(build: () => Promise<T>, clock: Clock, signal: AbortSignal): Promise<T> {
  const untilMs = clock.monotonicMs() + 2 * LEASE_MS
  for (;;) {
    try {
      return await build()
    } catch (error) {
      if (!(error instanceof BuildUnderWayError) || clock.monotonicMs() >= untilMs) throw error
      await clock.sleep(LOOK_AGAIN_MS, signal)
    }
  }
}

function left(kind: string): Reason {
  return { code: 'cache-left', detail: { kind } }
}
