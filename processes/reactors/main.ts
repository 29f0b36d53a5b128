import { systemClock, systemRandom } from '../../domain/clock.ts'
import { reportDependencies } from '../../server/operations/report-dependencies.ts'
import { matchReports } from '../../server/outages/match-reports.ts'
import { startAdminServer } from '../../server/platform/admin-server.ts'
import { readEnvironment } from '../../server/platform/environment.ts'
import { openEventLog } from '../../server/platform/event-log/open-event-log.ts'
import { createLogger } from '../../server/platform/logger.ts'
import { createReadSources } from '../../server/platform/read-sources.ts'
import { startTelemetry } from '../../server/platform/telemetry.ts'
import { utility } from '../../utility.config.ts'
import { runMatchingReactor } from './matching-reactor.ts'

const STOP_MS = 4_000

const environment = readEnvironment(['EVENT_LOG_URL', 'DATABASE_URL', 'REDIS_URL', 'ADMIN_PORT', 'STORMDOOR_NODE', 'STORMDOOR_REGION'])
const logger = createLogger('reactors')
const stopTelemetry = await startTelemetry('reactors')
const stop = new AbortController()
for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => stop.abort(new Error(name)))

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
let running = true
const admin = await startAdminServer('reactors', environment.ADMIN_PORT, () => {
  if (!running) throw new Error('the matching reactor has stopped')
})
logger.info({ adminPort: admin.port }, 'reactors started')

try {
  await runMatchingReactor({
    log,
    match: (reports, waitMs) => matchReports({ sources, log, country: utility.defaultCountry }, reports, { waitMs, clock: systemClock }),
    clock: systemClock,
    random: systemRandom,
    logger,
    signal: stop.signal,
  })
} catch (error) {
  logger.fatal({ err: error }, 'the matching reactor failed')
  process.exitCode = 1
} finally {
  running = false
  // A store that hangs may not keep the process from ending.
  setTimeout(() => process.exit(), STOP_MS).unref()
  stopReporting()
  await admin.close()
  await sources.close()
  await log.close()
  await stopTelemetry()
}
