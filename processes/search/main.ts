import { systemClock } from '../../domain/clock.ts'
import { startAdminServer } from '../../server/platform/admin-server.ts'
import { readEnvironment } from '../../server/platform/environment.ts'
import { openPatiently } from '../../server/platform/event-log/open-patiently.ts'
import { createLogger } from '../../server/platform/logger.ts'
import { startTelemetry } from '../../server/platform/telemetry.ts'
import { runAccountSearch } from '../../server/search/account-search.ts'
import { startSearchServer } from '../../server/search/search-server.ts'
import { SearchStore, searchStorePath } from '../../server/search/search-store.ts'

const STOP_MS = 3_000

const environment = readEnvironment(['EVENT_LOG_URL', 'ADMIN_PORT', 'PORT', 'STORMDOOR_NODE', 'STORMDOOR_REGION', 'STORMDOOR_DATA', 'STORMDOOR_SESSION_SECRET'])
const logger = createLogger('search')
const stopTelemetry = await startTelemetry('search')
const stopping = new AbortController()
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopping.abort())

let ready = false
const admin = await startAdminServer('search', environment.ADMIN_PORT, () => {
  if (!ready) throw new Error('the event log is not open yet')
})
logger.info({ adminPort: admin.port }, 'search started')
const log = await openPatiently(
  { url: environment.EVENT_LOG_URL, clock: systemClock, region: environment.STORMDOOR_REGION, node: environment.STORMDOOR_NODE, logger },
  stopping.signal,
)
if (log) {
  const store = new SearchStore(searchStorePath(environment.STORMDOOR_DATA, environment.STORMDOOR_NODE), log.logId)
  const search = runAccountSearch({ log, store, clock: systemClock, logger })
  const server = await startSearchServer(search, environment.PORT, environment.STORMDOOR_SESSION_SECRET)
  // It answers from now on, and says itself while it has not read everything.
  ready = true
  await aborted(stopping.signal)
  ready = false
  // A log that hangs may not keep the process from ending.
  setTimeout(() => process.exit(), STOP_MS).unref()
  await server.close()
  await search.stop()
  store.close()
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
