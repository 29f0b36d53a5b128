import { startAdminServer } from './platform/admin-server.ts'
import { EnvironmentError, readEnvironment } from './platform/environment.ts'
import { createLogger } from './platform/logger.ts'
import { startTelemetry } from './platform/telemetry.ts'
import { readWebEnvironment, stopWebServices } from './web-services.ts'

const logger = createLogger('web')
/** Next ends by itself once every answer is given; this is for one that never ends. */
const STOP_WITHIN_MS = 2_000

/** Refuses to start without its settings; a store that is down is no reason. */
export async function startWeb(): Promise<void> {
  try {
    readWebEnvironment()
    const { ADMIN_PORT } = readEnvironment(['ADMIN_PORT'])
    await startTelemetry('web')
    const admin = await startAdminServer('web', ADMIN_PORT, () => undefined)
    process.once('SIGTERM', stopWeb)
    logger.info({ adminPort: admin.port }, 'web is starting')
  } catch (error) {
    logger.fatal({ reason: error instanceof EnvironmentError ? error.message : String(error) }, 'web cannot start')
    process.exit(1)
  }
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
