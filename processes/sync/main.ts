import { constants, setPriority } from 'node:os'
import { join } from 'node:path'
import { systemClock, systemRandom } from '../../domain/clock.ts'
import { AccountsIndex, accountsIndexPath } from '../../server/accounts/accounts-index.ts'
import { renewCache } from '../../server/accounts/sync/renew-cache.ts'
import { runSync } from '../../server/accounts/sync/run-sync.ts'
import { connectCoreSystem } from '../../server/core-system/connect-core-system.ts'
import { guardCoreSystem } from '../../server/core-system/guard-core-system.ts'
import { reportDependencies } from '../../server/operations/report-dependencies.ts'
import { startAdminServer } from '../../server/platform/admin-server.ts'
import { readEnvironment } from '../../server/platform/environment.ts'
import { openPatiently } from '../../server/platform/event-log/open-patiently.ts'
import { createLogger } from '../../server/platform/logger.ts'
import { createReadSources } from '../../server/platform/read-sources.ts'
import { startTelemetry } from '../../server/platform/telemetry.ts'
import { utility } from '../../utility.config.ts'

const STOP_MS = 4_000

const environment = readEnvironment([
  'EVENT_LOG_URL', 'DATABASE_URL', 'REDIS_URL', 'ADMIN_PORT', 'STORMDOOR_NODE', 'STORMDOOR_REGION', 'STORMDOOR_DATA',
  'STORMDOOR_ENV', 'CORE_SYSTEM_URL', 'CORE_SYSTEM_TOKEN', 'CORE_SYSTEM_CA', 'CORE_SYSTEM_CERT', 'CORE_SYSTEM_KEY',
])
const logger = createLogger('sync')
// Nobody waits for it; the doors and pages beside it are waited for.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
const stopTelemetry = await startTelemetry('sync')
const stop = new AbortController()
for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => stop.abort(new Error(name)))

const connected = connectCoreSystem(environment, { clock: systemClock, random: systemRandom, logger })
const core = connected && guardCoreSystem(connected)
let ready = false
const admin = await startAdminServer('sync', environment.ADMIN_PORT, () => {
  if (!ready) throw new Error('the event log is not open yet')
})
logger.info({ adminPort: admin.port }, 'sync started')
const log = await openPatiently(
  { url: environment.EVENT_LOG_URL, clock: systemClock, region: environment.STORMDOOR_REGION, node: environment.STORMDOOR_NODE, logger },
  stop.signal,
)
if (log) {
  ready = true
  if (!core) logger.warn('CORE_SYSTEM_URL is not set: nothing is synced')
  // A core system or a log that hangs may not keep the process from ending.
  stop.signal.addEventListener('abort', () => setTimeout(() => process.exit(), STOP_MS).unref())
  const stopReporting = reportDependencies({
    append: (events) => log.append(events),
    process: 'sync', node: environment.STORMDOOR_NODE, clock: systemClock, random: systemRandom,
  })
  const { REDIS_URL: redisUrl, DATABASE_URL: databaseUrl } = environment
  const sources = createReadSources({ redisUrl, databaseUrl })
  const index = new AccountsIndex(accountsIndexPath(environment.EVENT_LOG_URL), log.logId)
  await runSync(
    {
      log, core, index, utility, logger,
      coreUrl: environment.CORE_SYSTEM_URL ?? '',
      folder: join(environment.STORMDOOR_DATA, 'sync'),
      clock: systemClock,
      random: systemRandom,
      renewCache: (accepted, signal) => renewCache({ log, sources, redisUrl, databaseUrl, clock: systemClock, random: systemRandom, logger }, accepted, signal),
    },
    stop.signal,
  )
  ready = false
  stopReporting()
  index.close()
  await sources.close()
  await log.close()
}
await core?.close()
await admin.close()
await stopTelemetry()
