import { PrismaPg } from '@prisma/adapter-pg'
import { betterAuth } from 'better-auth'
import { prismaAdapter } from 'better-auth/adapters/prisma'
import { twoFactor } from 'better-auth/plugins/two-factor'
import { PrismaClient } from '../../prisma/client/client.ts'
import { systemClock, systemRandom } from '../../domain/clock.ts'
import { uuidV7 } from '../../domain/uuid.ts'
import type { Revocations } from './revocations.ts'
import { STAFF_ROLES } from './staff.ts'

/** A shift with its handover; after that a stolen cookie is worth nothing. */
export const SESSION_SECONDS = 12 * 60 * 60
/** How long a sign-in or a check waits for Postgres before it counts as dead. */
export const IDENTITY_TIMEOUT_MS = 1_500
const CONNECTIONS = 4
export const PASSWORD_CHARS_LEAST = 12
/** Stands beside the code in the authenticator. */
export const STAFF_ISSUER = 'Stormdoor desk'
const LINK_SECONDS = 24 * 60 * 60
const CHALLENGE_SECONDS = 10 * 60

/** How a session was opened. With a password alone nothing opens but the enrolment of a second factor. */
export const SIGNED_IN_BY = ['password', 'two-factor', 'oidc'] as const
type SignedInBy = (typeof SIGNED_IN_BY)[number]
const WAYS: Record<string, SignedInBy> = {
  '/two-factor/verify-totp': 'two-factor',
  '/two-factor/verify-backup-code': 'two-factor',
  // Asked for by whom the verb has seen to be signed in.
  '/change-password': 'two-factor',
  '/callback/:id': 'oidc',
}

export interface StaffAuthOptions {
  databaseUrl: string
  /** At least 32 characters; signs the cookies. */
  sessionSecret: string
  /** `https://…` makes the cookies Secure. */
  publicUrl: string
  /** Sessions that ended before their time, also while Postgres is dead; without it only what Postgres says counts. */
  revocations?: Pick<Revocations, 'isRevoked' | 'ready' | 'take'>
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
  const newId = () => uuidV7(systemClock, systemRandom)
  const auth = betterAuth({
    appName: STAFF_ISSUER,
    baseURL: options.publicUrl,
    secret: options.sessionSecret,
    database: prismaAdapter(prisma, { provider: 'postgresql', transaction: true }),
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: PASSWORD_CHARS_LEAST, resetPasswordTokenExpiresIn: LINK_SECONDS, revokeSessionsOnPasswordReset: true },
    user: {
      modelName: 'staffMember',
      additionalFields: {
        role: { type: [...STAFF_ROLES], required: true, input: false },
        disabledAt: { type: 'date', required: false, input: false },
      },
    },
    session: {
      modelName: 'staffSession',
      fields: { userId: 'staffId' },
      additionalFields: { signedInBy: { type: [...SIGNED_IN_BY], required: true, input: false, defaultValue: 'password' } },
      expiresIn: SESSION_SECONDS,
      disableSessionRefresh: true,
      cookieCache: { enabled: true, maxAge: SESSION_SECONDS, strategy: 'compact' },
    },
    account: { modelName: 'staffCredential', fields: { userId: 'staffId' } },
    verification: { modelName: 'staffVerification' },
    plugins: [twoFactor({ issuer: STAFF_ISSUER, twoFactorCookieMaxAge: CHALLENGE_SECONDS, schema: { twoFactor: { modelName: 'staffTwoFactor', fields: { userId: 'staffId' } } } })],
    databaseHooks: {
      session: {
        create: {
          before: async (session, context) => {
            const member = await prisma.staffMember.findUnique({ where: { id: session.userId }, select: { disabledAt: true } })
            if (!member || member.disabledAt) return false
            return { data: { signedInBy: WAYS[context?.path ?? ''] ?? 'password' } }
          },
        },
      },
    },
    advanced: {
      cookiePrefix: 'stormdoor-staff',
      useSecureCookies: options.publicUrl.startsWith('https://'),
      database: { generateId: newId },
    },
    // Verbs call it without its router; attempts are limited in sign-in-limits.ts.
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { disabled: true },
  })
  return { api: auth.api, context: auth.$context, store: prisma, newId, options, close: () => prisma.$disconnect() }
}
