import { systemClock, systemRandom } from '../../domain/clock.ts'
import { connectCoreSystem, CORE_SYSTEM_VARIABLES } from '../../server/core-system/connect-core-system.ts'
import type { CoreSystem } from '../../server/core-system/core-system.ts'
import { guardCoreSystem } from '../../server/core-system/guard-core-system.ts'
import { eraseLogin } from '../../server/identity/customers/erase-login.ts'
import { reportDependencies } from '../../server/operations/report-dependencies.ts'
import { matchReports } from '../../server/outages/match-reports.ts'
import { startAdminServer } from '../../server/platform/admin-server.ts'
import { readEnvironment } from '../../server/platform/environment.ts'
import { openEventLog } from '../../server/platform/event-log/open-event-log.ts'
import { createLogger } from '../../server/platform/logger.ts'
import { createReadSources } from '../../server/platform/read-sources.ts'
import { startTelemetry } from '../../server/platform/telemetry.ts'
import { utility } from '../../utility.config.ts'
import { runDeliveryReactor } from './delivery/delivery-reactor.ts'
import { runErasureReactor } from './erasure-reactor.ts'
import { runMatchingReactor } from './matching-reactor.ts'

const STOP_MS = 4_000

/** Before a reactor that failed is begun again. */
const AGAIN_MS = 2_000

const environment = readEnvironment(['EVENT_LOG_URL', 'DATABASE_URL', 'REDIS_URL', 'ADMIN_PORT', 'STORMDOOR_NODE', 'STORMDOOR_REGION', ...CORE_SYSTEM_VARIABLES])
const logger = createLogger('reactors')
const stopTelemetry = await startTelemetry('reactors')
const stop = new AbortController()
for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => stop.abort(new Error(name)))

let core = null as CoreSystem | null
const surroundings = { clock: systemClock, random: systemRandom, logger, signal: stop.signal }
const sources = createReadSources({ redisUrl: environment.REDIS_URL, databaseUrl: environment.DATABASE_URL })
const log = await openEventLog({
  url: environment.EVENT_LOG_URL,
  clock: systemClock,
  region: environment.STORMDOOR_REGION,
  node: environment.STORMDOOR_NODE,
  logger,
})
const stopReporting = reportDependencies({
  append: (events) => log.append(events),
  process: 'reactors', node: environment.STORMDOOR_NODE, clock: systemClock, random: systemRandom,
})
const reactors = {
  matching: {
    isRunning: true,
    run: () => runMatchingReactor({
      log,
      match: (reports, waitMs) => matchReports({ sources, log, country: utility.defaultCountry }, reports, { waitMs, clock: systemClock }),
      ...surroundings,
    }),
  },
  delivery: {
    isRunning: true,
    run: async () => runDeliveryReactor({ log, core: coreSystem(), perSecond: utility.coreSystem.deliveriesPerSecond, atOnce: utility.coreSystem.deliveriesAtOnce, ...surroundings }),
  },
  erasure: {
    isRunning: true,
    run: () => runErasureReactor({ log, sources, eraseLogin: (loginId) => eraseLogin(sources, loginId), ...surroundings }),
  },
}
const admin = await startAdminServer('reactors', environment.ADMIN_PORT, () => {
  for (const [name, { isRunning }] of Object.entries(reactors)) if (!isRunning) throw new Error(`the reactor of ${name} has stopped`)
})
logger.info({ adminPort: admin.port }, 'reactors started')
if (!environment.CORE_SYSTEM_URL) logger.warn('CORE_SYSTEM_URL is not set: reports are handed over to no core system')

try {
  await Promise.all(Object.entries(reactors).map(([name, reactor]) => keepRunning(name, reactor)))
} finally {
  // A store that hangs may not keep the process from ending.
  setTimeout(() => process.exit(), STOP_MS).unref()
  stopReporting()
  await admin.close()
  await sources.close()
  await core?.close()
  await log.close()
  await stopTelemetry()
}

/** Made once. Settings that cannot work end the delivery alone, until what they name is there. */
function coreSystem(): CoreSystem | null {
  if (core) return core
  const connected = connectCoreSystem(environment, { clock: systemClock, random: systemRandom, logger })
  core = connected && guardCoreSystem(connected)
  return core
}

/** One that fails is begun again, and does not stop the others. */
async function keepRunning(name: string, reactor: { isRunning: boolean; run: () => Promise<void> }): Promise<void> {
  while (!stop.signal.aborted) {
    reactor.isRunning = true
    await reactor.run().catch((error: unknown) => {
      if (!stop.signal.aborted) logger.error({ err: error }, `the reactor of ${name} failed; it is begun again`)
    })
    reactor.isRunning = false
    await systemClock.sleep(AGAIN_MS * (0.5 + systemRandom.fraction()), stop.signal).catch(() => undefined)
  }
}
