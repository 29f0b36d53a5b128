import { systemClock } from '../domain/clock.ts'
import { createSignInLimits, type SignInLimits } from './identity/sign-in-limits.ts'
import { createStaffAuth, type StaffAuth } from './identity/staff-auth.ts'
import { readEnvironment } from './platform/environment.ts'
import type { EventLog } from './platform/event-log/event-log.ts'
import { openEventLog } from './platform/event-log/open-event-log.ts'
import { createLogger, type Logger } from './platform/logger.ts'
import { createReadSources, type ReadSources } from './platform/read-sources.ts'
import { createReceipts, type Receipts } from './platform/receipts.ts'
import { createRedis } from './platform/redis.ts'
import { parseSigningKeys } from './platform/signing-keys.ts'

const REDIS_COMMAND_TIMEOUT_MS = 500

/** Everything that the pages' verbs need, one of each per process. */
export interface WebServices {
  logger: Logger
  auth: StaffAuth
  signInLimits: SignInLimits
  sources: ReadSources
  receipts: Receipts
  /** Opened at the first write; a failure is tried again at the next. */
  eventLog: () => Promise<EventLog>
}

export function readWebEnvironment() {
  return readEnvironment([
    'STORMDOOR_REGION',
    'STORMDOOR_NODE',
    'PUBLIC_URL',
    'DATABASE_URL',
    'REDIS_URL',
    'EVENT_LOG_URL',
    'STORMDOOR_SIGNING_KEYS',
    'STORMDOOR_SESSION_SECRET',
    'NEXT_SERVER_ACTIONS_ENCRYPTION_KEY',
  ])
}

const holder = globalThis as typeof globalThis & { stormdoorWebServices?: WebServices }

/**
 * The services of this process. Kept on globalThis, because the bundler gives pages, actions and routes
 * copies of a module. Opens nothing by itself and never throws because a store is down.
 */
export function webServices(): WebServices {
  return (holder.stormdoorWebServices ??= createWebServices())
}

function createWebServices(): WebServices {
  const environment = readWebEnvironment()
  const databaseUrl = environment.DATABASE_URL
  const logger = createLogger('web')
  let opened: Promise<EventLog> | null = null
  return {
    logger,
    auth: createStaffAuth({ databaseUrl, sessionSecret: environment.STORMDOOR_SESSION_SECRET, publicUrl: environment.PUBLIC_URL }),
    signInLimits: createSignInLimits(
      createRedis(environment.REDIS_URL, { commandTimeoutMs: REDIS_COMMAND_TIMEOUT_MS, connectionName: 'stormdoor-web-limits' }),
    ),
    sources: createReadSources({ redisUrl: environment.REDIS_URL, databaseUrl }),
    receipts: createReceipts(parseSigningKeys(environment.STORMDOOR_SIGNING_KEYS)),
    eventLog: () => {
      opened ??= openEventLog({
        url: environment.EVENT_LOG_URL,
        clock: systemClock,
        region: environment.STORMDOOR_REGION,
        node: environment.STORMDOOR_NODE,
        logger,
      }).catch((error: unknown) => {
        opened = null
        throw error
      })
      return opened
    },
  }
}
