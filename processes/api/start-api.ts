import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { systemClock as clock, systemRandom as random } from '../../domain/clock.ts'
import { reportDependencies } from '../../server/operations/report-dependencies.ts'
import { auditLooks } from '../../server/accounts/audit-looks.ts'
import { recordActs } from '../../server/audit/record-acts.ts'
import { connectCoreSystem, CORE_SYSTEM_VARIABLES } from '../../server/core-system/connect-core-system.ts'
import type { CoreSystem } from '../../server/core-system/core-system.ts'
import { guardCoreSystem } from '../../server/core-system/guard-core-system.ts'
import { createCustomerSessions } from '../../server/identity/customers/customer-sessions.ts'
import { eraseLogin } from '../../server/identity/customers/erase-login.ts'
import { followRevocations } from '../../server/identity/revocations.ts'
import { parseServiceTokens, type ServiceToken } from '../../server/identity/service-token.ts'
import { createStaffTokens } from '../../server/identity/staff-token.ts'
import { startAdminServer } from '../../server/platform/admin-server.ts'
import { withDeadline } from '../../server/platform/deadline.ts'
import { readEnvironment, type Environment } from '../../server/platform/environment.ts'
import { openEventLog } from '../../server/platform/event-log/open-event-log.ts'
import { createLogger, type Logger } from '../../server/platform/logger.ts'
import { createReadSources } from '../../server/platform/read-sources.ts'
import { createReceipts } from '../../server/platform/receipts.ts'
import { guestActorKeyOf, parseSigningKeys, slotKeyOf } from '../../server/platform/signing-keys.ts'
import { startSigner } from '../../server/platform/start-signer.ts'
import { utility } from '../../utility.config.ts'
import { createDoor } from './door/create-door.ts'
import { instrument } from './instrument.ts'
import { preload } from './reads/preload.ts'
import { READ_WITHIN_MS, registerReads } from './reads/register-reads.ts'
import { standingOf } from './reads/standing-of.ts'
import { waitForLog } from './waiting-log.ts'

/** Requests under way get this long when the process is told to stop; then their connections are cut. */
const STOP_GRACE_MS = 3_500
/** A connection whose answer was under way when the door began to close would be kept alive after it. */
const IDLE_CHECK_MS = 25

/**
 * The door and the reads on one port. Starts whatever else is down: without the log it refuses reports until
 * the log opens; without Redis and Postgres only the reads say so.
 */
export async function startApi(): Promise<{ port: number; stop(): Promise<void> }> {
  const environment = readEnvironment([
    'STORMDOOR_NODE', 'STORMDOOR_REGION', 'STORMDOOR_SIGNING_KEYS', 'STORMDOOR_TRUSTED_PROXIES', 'STORMDOOR_DOORS', 'EVENT_LOG_URL',
    'STORMDOOR_SESSION_SECRET', 'DATABASE_URL', 'REDIS_URL', 'WEB_URL', 'PUBLIC_URL', 'HOST', 'PORT', 'REUSE_PORT', 'ADMIN_PORT',
    'STORMDOOR_SERVICE_TOKENS', ...CORE_SYSTEM_VARIABLES,
  ])
  const logger = createLogger('api')
  const tokens = serviceTokens(environment, logger)
  const core = coreSystem(environment, logger)
  const keys = parseSigningKeys(environment.STORMDOOR_SIGNING_KEYS)
  const signer = startSigner(keys, logger)
  const receipts = createReceipts(keys, signer.sign)
  const { EVENT_LOG_URL: url, STORMDOOR_REGION: region, STORMDOOR_NODE: node } = environment
  const log = waitForLog(() => openEventLog({ url, clock, region, node, logger }), { clock, random, logger })
  const sources = createReadSources({ redisUrl: environment.REDIS_URL, databaseUrl: environment.DATABASE_URL })
  const stopReporting = reportDependencies({ append: (events) => log.append(events), process: 'api', node, clock, random })
  const audit = auditLooks({ log, clock, random, logger })
  const acts = recordActs({ log, clock, random, logger })
  const revocations = followRevocations({ log: async () => log.opened(), clock, random, logger })
  // Read from the first moment on: until it is, nobody who shows a session or a token is let in.
  revocations.isReady()
  const { STORMDOOR_SESSION_SECRET: sessionSecret, PUBLIC_URL: publicUrl } = environment
  const customers = createCustomerSessions({ sessionSecret, publicUrl, revocations })
  const door = await createDoor({
    log, receipts, clock, random, utility, logger, instrument,
    slotKey: slotKeyOf(keys),
    doors: environment.STORMDOOR_DOORS,
    publicUrl,
    webUrls: environment.WEB_URL,
    trustedProxies: environment.STORMDOOR_TRUSTED_PROXIES,
    folders: { next: join(process.cwd(), '.next'), public: join(process.cwd(), 'public') },
    statusOf: (id) => withDeadline(READ_WITHIN_MS, () => standingOf(sources, id)),
    alsoServe: (api) => {
      registerReads(api, {
        sources, clock, utility, audit, acts, log, customers, publicUrl, tokens: createStaffTokens(keys, clock, revocations), guestActorKey: guestActorKeyOf(keys),
        eraseLogin: (loginId) => eraseLogin(sources, loginId),
      })
      preload(api, { log, core, sources, utility, clock, random, tokens })
    },
  })
  const admin = await startAdminServer('api', environment.ADMIN_PORT, () => log.ready())
  // Fastify hands on what it does not know, though its type says otherwise.
  const listening = { host: environment.HOST, port: environment.PORT, reusePort: environment.REUSE_PORT }
  await door.listen(listening)
  const { port } = door.server.address() as AddressInfo
  logger.info({ host: environment.HOST, port, adminPort: admin.port }, 'the door is open')
  return {
    port,
    stop: async () => {
      const whenIdle = setInterval(() => door.server.closeIdleConnections(), IDLE_CHECK_MS)
      const grace = setTimeout(() => door.server.closeAllConnections(), STOP_GRACE_MS)
      await door.close()
      clearInterval(whenIdle)
      clearTimeout(grace)
      stopReporting()
      revocations.close()
      await Promise.all([audit.close(), acts.close()])
      await log.close()
      await Promise.all([sources.close(), core?.close(), admin.close(), signer.close()])
      logger.info('the door is closed')
    },
  }
}

/** A door is not kept shut by the settings of what only programs ask for: then none of them is let in. */
function serviceTokens({ STORMDOOR_SERVICE_TOKENS: list }: Environment<'STORMDOOR_SERVICE_TOKENS'>, logger: Logger): ServiceToken[] {
  try {
    return parseServiceTokens(list)
  } catch (err) {
    logger.error({ err }, 'no program is let in')
    return []
  }
}

/** The same of where they are fetched from. */
function coreSystem(environment: Environment<(typeof CORE_SYSTEM_VARIABLES)[number]>, logger: Logger): CoreSystem | null {
  try {
    const core = connectCoreSystem(environment, { clock, random, logger })
    return core && guardCoreSystem(core)
  } catch (err) {
    logger.error({ err }, 'the core system cannot be asked from here')
    return null
  }
}
