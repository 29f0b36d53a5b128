import { systemClock, systemRandom } from '../../domain/clock.ts'
import { startAdminServer } from '../../server/platform/admin-server.ts'
import { readEnvironment } from '../../server/platform/environment.ts'
import { openPatiently } from '../../server/platform/event-log/open-patiently.ts'
import { createLogger } from '../../server/platform/logger.ts'
import { startTelemetry } from '../../server/platform/telemetry.ts'
import { startProjector } from './start-projector.ts'

const names = ['DATABASE_URL', 'REDIS_URL', 'EVENT_LOG_URL', 'ADMIN_PORT', 'STORMDOOR_NODE', 'STORMDOOR_REGION'] as const

const environment = readEnvironment(names)
const logger = createLogger('projector')
const stopTelemetry = await startTelemetry('projector')
const stopping = new AbortController()
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopping.abort())

let ready = false
const admin = await startAdminServer('projector', environment.ADMIN_PORT, () => {
  if (!ready) throw new Error('the event log is not open yet')
})
logger.info({ adminPort: admin.port }, 'projector started')
const log = await openPatiently(
  { url: environment.EVENT_LOG_URL, clock: systemClock, region: environment.STORMDOOR_REGION, node: environment.STORMDOOR_NODE, logger },
  stopping.signal,
)
if (log) {
  const stopProjector = await startProjector({
    log,
    databaseUrl: environment.DATABASE_URL,
    redisUrl: environment.REDIS_URL,
    clock: systemClock,
    random: systemRandom,
    logger,
  })
  ready = true
  await aborted(stopping.signal)
  ready = false
  await stopProjector()
  await log.close()
}
await admin.close()
await stopTelemetry()

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
