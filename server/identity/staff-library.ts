import { PrismaPg } from '@prisma/adapter-pg'
import type { BetterAuthOptions } from 'better-auth'
import { prismaAdapter } from 'better-auth/adapters/prisma'
import { PrismaClient } from '../../prisma/client/client.ts'
import { SHORTEST_PASSWORD } from './check-password.ts'
import { type PasswordHasher, passwordHasher } from './password-hasher.ts'
import { STAFF_ROLES } from './staff.ts'

/** A shift with its handover; after that a stolen cookie is worth nothing. */
export const SESSION_SECONDS = 12 * 60 * 60
/** How long a sign-in or a check waits for Postgres before it counts as dead. */
export const IDENTITY_TIMEOUT_MS = 1_500
/** Stands beside the code in the authenticator. */
export const STAFF_ISSUER = 'Stormdoor desk'
const CONNECTIONS = 4
const LINK_SECONDS = 24 * 60 * 60

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

/** The Postgres schema `identity`. Opens no connection until it is used. */
export function openIdentityStore(databaseUrl: string): PrismaClient {
  return new PrismaClient({
    adapter: new PrismaPg(
      {
        connectionString: databaseUrl,
        max: CONNECTIONS,
        connectionTimeoutMillis: IDENTITY_TIMEOUT_MS,
        query_timeout: IDENTITY_TIMEOUT_MS,
        application_name: 'stormdoor-identity',
      },
      { onPoolError: () => undefined, onConnectionError: () => undefined },
    ),
    log: [],
  })
}

interface LibraryOptions {
  store: PrismaClient
  newId: () => string
  sessionSecret: string
  publicUrl: string
  /** Whether a role may come with a profile: from the utility's provider alone. */
  roleOfProfile?: boolean
  /** Default: passwordHasher. */
  passwords?: PasswordHasher
}

/** What Better Auth is told wherever staff sign in: its tables, cookies and sessions. */
export function staffLibraryOptions({ store, newId, sessionSecret, publicUrl, roleOfProfile = false, passwords = passwordHasher }: LibraryOptions) {
  return {
    appName: STAFF_ISSUER,
    baseURL: publicUrl,
    secret: sessionSecret,
    database: prismaAdapter(store, { provider: 'postgresql', transaction: true }),
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: SHORTEST_PASSWORD, password: passwords, resetPasswordTokenExpiresIn: LINK_SECONDS, revokeSessionsOnPasswordReset: true },
    user: {
      modelName: 'staffMember',
      additionalFields: {
        role: { type: [...STAFF_ROLES], required: true, input: roleOfProfile },
        disabledAt: { type: 'date', required: false, input: false },
      },
    },
    session: {
      modelName: 'staffSession',
      fields: { userId: 'staffId' },
      additionalFields: { signedInBy: { type: [...SIGNED_IN_BY], required: true, input: false, defaultValue: 'password' } },
      expiresIn: SESSION_SECONDS,
      disableSessionRefresh: true,
      cookieCache: { enabled: true, maxAge: SESSION_SECONDS, strategy: 'compact' as const },
    },
    account: { modelName: 'staffCredential', fields: { userId: 'staffId' } },
    verification: { modelName: 'staffVerification' },
    databaseHooks: {
      session: {
        create: {
          before: async (session: { userId: string }, context: { path?: string } | null) => {
            const member = await store.staffMember.findUnique({ where: { id: session.userId }, select: { disabledAt: true } })
            if (!member || member.disabledAt) return false as const
            return { data: { signedInBy: WAYS[context?.path ?? ''] ?? ('password' as const) } }
          },
        },
      },
    },
    advanced: {
      cookiePrefix: 'stormdoor-staff',
      useSecureCookies: publicUrl.startsWith('https://'),
      database: { generateId: newId },
    },
    // Verbs call it without its router; attempts are limited in sign-in-limits.ts.
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { disabled: true },
  } satisfies BetterAuthOptions
}
