import { PrismaPg } from '@prisma/adapter-pg'
import { betterAuth } from 'better-auth'
import { prismaAdapter } from 'better-auth/adapters/prisma'
import { PrismaClient } from '../../prisma/client/client.ts'
import { systemClock, systemRandom } from '../../domain/clock.ts'
import { uuidV7 } from '../../domain/uuid.ts'
import { STAFF_ROLES } from './staff.ts'

/** A shift with its handover; after that a stolen cookie is worth nothing. */
export const SESSION_SECONDS = 12 * 60 * 60
/** How long a sign-in or a check waits for Postgres before it counts as dead. */
export const IDENTITY_TIMEOUT_MS = 1_500
const CONNECTIONS = 4

export interface StaffAuthOptions {
  databaseUrl: string
  /** At least 32 characters; signs the cookies. */
  sessionSecret: string
  /** `https://…` makes the cookies Secure. */
  publicUrl: string
}

export type StaffAuth = ReturnType<typeof createStaffAuth>

/**
 * Staff logins: Better Auth over the Postgres schema `identity`. Opens no connection until it is used
 * and never throws because Postgres is down. The session's content stands signed in a second cookie,
 * so that it can be verified while Postgres is dead.
 */
export function createStaffAuth(options: StaffAuthOptions) {
  const prisma = new PrismaClient({
    adapter: new PrismaPg(
      {
        connectionString: options.databaseUrl,
        max: CONNECTIONS,
        connectionTimeoutMillis: IDENTITY_TIMEOUT_MS,
        query_timeout: IDENTITY_TIMEOUT_MS,
        application_name: 'stormdoor-identity',
      },
      { onPoolError: () => undefined, onConnectionError: () => undefined },
    ),
    log: [],
  })
  const auth = betterAuth({
    appName: 'stormdoor-staff',
    baseURL: options.publicUrl,
    secret: options.sessionSecret,
    database: prismaAdapter(prisma, { provider: 'postgresql', transaction: true }),
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 12 },
    user: {
      modelName: 'staffMember',
      additionalFields: { role: { type: [...STAFF_ROLES], required: true, input: false } },
    },
    session: {
      modelName: 'staffSession',
      fields: { userId: 'staffId' },
      expiresIn: SESSION_SECONDS,
      disableSessionRefresh: true,
      cookieCache: { enabled: true, maxAge: SESSION_SECONDS, strategy: 'compact' },
    },
    account: { modelName: 'staffCredential', fields: { userId: 'staffId' } },
    verification: { modelName: 'staffVerification' },
    advanced: {
      cookiePrefix: 'stormdoor-staff',
      useSecureCookies: options.publicUrl.startsWith('https://'),
      database: { generateId: () => uuidV7(systemClock, systemRandom) },
    },
    // Verbs call it without its router; attempts are limited in sign-in-limits.ts.
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { disabled: true },
  })
  return { api: auth.api, context: auth.$context, close: () => prisma.$disconnect() }
}
