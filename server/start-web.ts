import { startAdminServer } from './platform/admin-server.ts'
import { EnvironmentError, readEnvironment } from './platform/environment.ts'
import { createLogger } from './platform/logger.ts'
import { startRequestDeadlines } from './platform/request-deadlines.ts'
import { startRequestMetrics } from './platform/request-metrics.ts'
import { startTelemetry } from './platform/telemetry.ts'
import { readWebRoutes } from './web-routes.ts'
import { readWebEnvironment, stopWebServices } from './web-services.ts'

const logger = createLogger('web')
/** Next ends by itself once every answer is given; this is for one that never ends. */
const STOP_WITHIN_MS = 2_000
/** For all that a page or an action reads: whoever looks at it has more patience, the stores' queues have not. */
const PAGE_READS_MS = 4_000
const READY_PAGE = '/sign-in'
const READY_WITHIN_MS = 1_500

/** Refuses to start without its settings; a store that is down is no reason. */
export async function startWeb(): Promise<void> {
  try {
    readWebEnvironment()
    const { ADMIN_PORT, HOST, PORT } = readEnvironment(['ADMIN_PORT', 'HOST', 'PORT'])
    await startTelemetry('web')
    startRequestMetrics(PORT, process.env.NODE_ENV === 'development' ? () => 'development' : readWebRoutes(process.cwd()))
    startRequestDeadlines(PORT, PAGE_READS_MS)
    const admin = await startAdminServer('web', ADMIN_PORT, () => answersPage(`http://${HOST}:${PORT}`))
    process.once('SIGTERM', stopWeb)
    logger.info({ adminPort: admin.port }, 'web is starting')
  } catch (error) {
    logger.fatal({ reason: error instanceof EnvironmentError ? error.message : String(error) }, 'web cannot start')
    process.exit(1)
  }
}

/** It listens before it can answer, so it is asked for a page that is rendered anew and needs no store. */
async function answersPage(ownUrl: string): Promise<void> {
  const answer = await fetch(`${ownUrl}${READY_PAGE}`, { signal: AbortSignal.timeout(READY_WITHIN_MS), redirect: 'manual' })
  await answer.body?.cancel()
  if (!answer.ok) throw new Error(`a page was answered by ${answer.status}`)
}

function stopWeb(): void {
  setTimeout(() => process.exit(0), STOP_WITHIN_MS).unref()
  stopWebServices().catch((error: unknown) => logger.error({ err: error }, 'web did not stop cleanly'))
}

/** A page, action or route that failed, with the digest that the person was shown. */
export function logWebFault(error: unknown, request: { method: string; path: string; route: string; kind: string }): void {
  if (error instanceof Error && error.message.startsWith('The destination stream')) {
    logger.debug(request, 'the reader left before the page was whole')
    return
  }
  const digest = typeof error === 'object' && error !== null && 'digest' in error ? error.digest : undefined
  logger.error({ err: error, digest, ...request }, 'request failed')
}
