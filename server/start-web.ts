import { startAdminServer } from './platform/admin-server.ts'
import { EnvironmentError, readEnvironment } from './platform/environment.ts'
import { createLogger } from './platform/logger.ts'
import { startTelemetry } from './platform/telemetry.ts'
import { readWebEnvironment } from './web-services.ts'

const logger = createLogger('web')

/** Refuses to start without its settings; a store that is down is no reason. */
export async function startWeb(): Promise<void> {
  try {
    readWebEnvironment()
    const { ADMIN_PORT } = readEnvironment(['ADMIN_PORT'])
    await startTelemetry('web')
    const admin = await startAdminServer('web', ADMIN_PORT, () => undefined)
    logger.info({ adminPort: admin.port }, 'web is starting')
  } catch (error) {
    logger.fatal({ reason: error instanceof EnvironmentError ? error.message : String(error) }, 'web cannot start')
    process.exit(1)
  }
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
