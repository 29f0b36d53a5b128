import { join } from 'node:path'
import type { Redis } from 'ioredis'
import type { Clock, Random } from '../../domain/clock.ts'
import type { AuditTrail } from '../audit/record-acts.ts'
import { type Environment, readEnvironment, type VariableName } from '../platform/environment.ts'
import type { EventLog } from '../platform/event-log/event-log.ts'
import type { Logger } from '../platform/logger.ts'
import type { AdministrationContext } from './administration/administration-context.ts'
import { type BreakGlassCopy, breakGlassCopy, breakGlassFile } from './break-glass/break-glass-copy.ts'
import { keepBreakGlassCopy, renewBreakGlassCopy } from './break-glass/keep-break-glass-copy.ts'
import { providerSettings } from './oidc/provider-settings.ts'
import { type StaffProvider, staffProvider } from './oidc/staff-provider.ts'
import type { Revocations } from './revocations.ts'
import type { SignInContext } from './sign-in-context.ts'
import { createSignInLimits } from './sign-in-limits.ts'
import { createStaffAuth } from './staff-auth.ts'

const VARIABLES = [
  'STAFF_OIDC_ISSUER', 'STAFF_OIDC_CLIENT_ID', 'STAFF_OIDC_CLIENT_SECRET', 'STAFF_OIDC_ROLE_CLAIM', 'STAFF_OIDC_ROLES', 'STAFF_LOCAL_LOGIN',
  'DATABASE_URL', 'PUBLIC_URL', 'STORMDOOR_DATA', 'STORMDOOR_SESSION_SECRET', 'STAFF_BREAK_GLASS_KEY',
] as const satisfies readonly VariableName[]

/** All that the identity of staff needs, in one process. */
export interface StaffServices {
  signIn: SignInContext
  /** Null where the utility has none. */
  provider: StaffProvider | null
  /** For what changes a login; the log is opened for it. */
  administration(): Promise<AdministrationContext>
  /** Renews the break-glass copy until aborted, if there is a key for it. */
  keepCopy(signal: AbortSignal): void
}

export type StaffEnvironment = Environment<(typeof VARIABLES)[number]>

/** Throws EnvironmentError that names what is missing or wrong. */
export function readStaffEnvironment(source?: Readonly<Record<string, string | undefined>>): StaffEnvironment {
  const environment = readEnvironment(VARIABLES, source)
  providerSettings(environment)
  return environment
}

/** @param options.redis null: limits are counted by this process alone */
export function createStaffServices(options: {
  environment: StaffEnvironment
  log: () => Promise<EventLog>
  redis: Redis | null
  audit: Pick<AuditTrail, 'take' | 'append'>
  revocations?: Revocations
  clock: Clock
  random: Random
  logger: Pick<Logger, 'warn' | 'info'>
}): StaffServices {
  const { environment, log, audit, clock, random, logger, revocations } = options
  const { PUBLIC_URL: publicUrl, STAFF_BREAK_GLASS_KEY: key } = environment
  const auth = createStaffAuth({ databaseUrl: environment.DATABASE_URL, sessionSecret: environment.STORMDOOR_SESSION_SECRET, publicUrl, revocations })
  const settings = providerSettings(environment)
  const breakGlass = key ? breakGlassCopy(join(environment.STORMDOOR_DATA, breakGlassFile), key) : null
  return {
    signIn: { auth, limits: createSignInLimits(options.redis), audit, clock, breakGlass, isProviderAlone: settings !== null && !environment.STAFF_LOCAL_LOGIN },
    provider: settings && staffProvider(settings, auth),
    administration: async () => ({ auth, log: await log(), audit, clock, random, publicUrl, changed: () => renewQuietly(breakGlass) }),
    keepCopy: (signal) => {
      if (breakGlass) void keepBreakGlassCopy({ auth, copy: breakGlass, clock, logger, signal })
      else logger.info('STAFF_BREAK_GLASS_KEY is not set: while Postgres is away nobody new signs in at the desk')
    },
  }

  /** What cannot be written now is written within a minute. */
  async function renewQuietly(copy: BreakGlassCopy | null): Promise<void> {
    if (!copy) return
    await renewBreakGlassCopy(auth, copy, clock).catch((err: unknown) => logger.warn({ err }, 'the break-glass copy of staff could not be renewed'))
  }
}
