import { systemClock, systemRandom } from '../domain/clock.ts'
import { type AuditTrail, recordActs } from './audit/record-acts.ts'
import { createCustomerAuth, type CustomerAuth } from './identity/customers/customer-auth.ts'
import { createCustomerLimits } from './identity/customers/customer-limits.ts'
import { followRevocations, type Revocations } from './identity/revocations.ts'
import type { StaffAuth } from './identity/staff-auth.ts'
import { createStaffServices, readStaffEnvironment, type StaffServices } from './identity/staff-services.ts'
import { queueMessages } from './messages/message-queue.ts'
import { readMessageSettings } from './messages/message-settings.ts'
import { createMessageSender } from './messages/send-message.ts'
import { followOperations, type OperationsBoard } from './operations/operations-board.ts'
import { reportDependencies } from './operations/report-dependencies.ts'
import { createDeskFeed, type DeskFeed } from './outages/follow-desk.ts'
import { withoutDeadline } from './platform/deadline.ts'
import { readEnvironment } from './platform/environment.ts'
import { StormdoorError } from './platform/errors.ts'
import type { EventLog } from './platform/event-log/event-log.ts'
import { openEventLog } from './platform/event-log/open-event-log.ts'
import { createLogger, type Logger } from './platform/logger.ts'
import { createReadSources, type ReadSources } from './platform/read-sources.ts'
import { createReceipts, type Receipts } from './platform/receipts.ts'
import { createRedis } from './platform/redis.ts'
import { parseSigningKeys } from './platform/signing-keys.ts'
import { type AskSearch, connectToSearch } from './search/connect-to-search.ts'
import type { StoreGuard } from './platform/guarded-store.ts'
import { utility } from '../utility.config.ts'

const REDIS_COMMAND_TIMEOUT_MS = 500

/** Everything that the pages' verbs need. */
export interface WebServices {
  logger: Logger
  auth: StaffAuth
  /** How staff sign in, and are administered. */
  staff: StaffServices
  /** Customers' identity; `find` and requireCustomer tell who is signed in. */
  customers: CustomerAuth
  /** Which sessions have ended, of customers and of staff. */
  revocations: Revocations
  sources: ReadSources
  /** Null where no search process runs. */
  search: StoreGuard<AskSearch> | null
  receipts: Receipts
  /** Opened at the first write; a failure is tried again at the next. */
  eventLog: () => Promise<EventLog>
  /** Who did what: `take` for looks, `append` for what must be in the log first. */
  audit: AuditTrail
  /** Follows the log from the first time that it is asked for. */
  operations: () => OperationsBoard
  /** Follows the log while somebody listens. */
  deskFeed: DeskFeed
  /** Aborts when the process is asked to end: what streams without end must let go. */
  stopping: AbortSignal
  stop: () => Promise<void>
}

export function readWebEnvironment() {
  const environment = readEnvironment([
    'STORMDOOR_REGION',
    'STORMDOOR_NODE',
    'PUBLIC_URL',
    'DATABASE_URL',
    'REDIS_URL',
    'EVENT_LOG_URL',
    'STORMDOOR_SIGNING_KEYS',
    'STORMDOOR_SESSION_SECRET',
    'NEXT_SERVER_ACTIONS_ENCRYPTION_KEY',
    'SEARCH_URL',
    'SEARCH_FILE',
    'MESSAGES_EMAIL_URL',
    'MESSAGES_SMS_URL',
    'MESSAGES_FROM',
  ])
  return { ...environment, messages: readMessageSettings() }
}

const holder = globalThis as typeof globalThis & { stormdoorWebServices?: Map<unknown, WebServices>; stormdoorReporter?: () => void; stormdoorCopyKept?: boolean }

/**
 * The services of this process. The bundler gives routes another copy of the code than pages and actions: each copy
 * has its own, for an error is known by its class, and that of another copy would not be. On globalThis, so that a
 * module read again in development finds them. Opens nothing by itself and never throws because a store is down.
 */
export function webServices(): WebServices {
  // Made at a request, and for all that follow.
  return withoutDeadline(() => servicesOfThisCopy())
}

function servicesOfThisCopy(): WebServices {
  const all = (holder.stormdoorWebServices ??= new Map())
  const services = all.get(StormdoorError) ?? createWebServices()
  all.set(StormdoorError, services)
  return services
}

/** Ends the streams of every copy, then lets the log finish what is under way. */
export async function stopWebServices(): Promise<void> {
  await Promise.all(Array.from(holder.stormdoorWebServices?.values() ?? [], (services) => services.stop()))
}

function createWebServices(): WebServices {
  const environment = readWebEnvironment()
  const { DATABASE_URL: databaseUrl, PUBLIC_URL: publicUrl, STORMDOOR_NODE: node, STORMDOOR_SESSION_SECRET: sessionSecret } = environment
  const logger = createLogger('web')
  const stopping = new AbortController()
  let opened: Promise<EventLog> | null = null
  let board: OperationsBoard | null = null
  const eventLog = () => {
    opened ??= openEventLog({
      url: environment.EVENT_LOG_URL,
      clock: systemClock,
      region: environment.STORMDOOR_REGION,
      node,
      logger,
    }).catch((error: unknown) => {
      opened = null
      throw error
    })
    return opened
  }
  // The breakers' states are the whole process's, so one copy tells of them.
  holder.stormdoorReporter ??= reportDependencies({
    append: async (events) => (await eventLog()).append(events),
    process: 'web', node, clock: systemClock, random: systemRandom,
  })
  const shared = { clock: systemClock, random: systemRandom, logger }
  const log: Pick<EventLog, 'append' | 'find'> = {
    append: async (events) => (await withoutDeadline(eventLog)).append(events),
    find: async (topic, id) => (await withoutDeadline(eventLog)).find(topic, id),
  }
  const audit = recordActs({ log, ...shared })
  const search = environment.SEARCH_URL === undefined ? null : connectToSearch({ url: environment.SEARCH_URL, sessionSecret })
  const sources = createReadSources({ redisUrl: environment.REDIS_URL, databaseUrl })
  // It goes on for all listeners, whoever's request began it.
  const deskFeed = createDeskFeed({ log: () => withoutDeadline(eventLog), sources, clock: systemClock, logger })
  const limitsRedis = createRedis(environment.REDIS_URL, { commandTimeoutMs: REDIS_COMMAND_TIMEOUT_MS, connectionName: 'stormdoor-web-limits' })
  const revocations = followRevocations({ log: () => withoutDeadline(eventLog), ...shared })
  const messages = queueMessages({ sender: createMessageSender(environment.messages), ...shared })
  const customers = createCustomerAuth({ databaseUrl, sessionSecret, publicUrl, utility, sources, log, revocations, limits: createCustomerLimits(limitsRedis), messages, audit, ...shared })
  const staff = createStaffServices({ environment: readStaffEnvironment(), log: () => withoutDeadline(eventLog), redis: limitsRedis, audit, revocations, ...shared })
  // One copy of the code keeps it for the whole process.
  if (!holder.stormdoorCopyKept) staff.keepCopy(stopping.signal)
  holder.stormdoorCopyKept = true
  return {
    logger,
    audit,
    auth: staff.signIn.auth,
    staff,
    customers,
    revocations,
    sources,
    search,
    deskFeed,
    receipts: createReceipts(parseSigningKeys(environment.STORMDOOR_SIGNING_KEYS)),
    eventLog: () => withoutDeadline(eventLog),
    operations: () => (board ??= withoutDeadline(() => followOperations({ log: eventLog, node, clock: systemClock, random: systemRandom, logger }))),
    stopping: stopping.signal,
    stop: async () => {
      stopping.abort()
      deskFeed.close()
      board?.close()
      holder.stormdoorReporter?.()
      revocations.close()
      search?.close()
      await messages.close()
      await audit.close()
      const log = await opened?.catch(() => null)
      await log?.close()
    },
  }
}
