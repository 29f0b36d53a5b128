import { AsyncLocalStorage } from 'node:async_hooks'
import { PrismaPg } from '@prisma/adapter-pg'
import { passkey } from '@better-auth/passkey'
import { APIError, betterAuth } from 'better-auth'
import { prismaAdapter } from 'better-auth/adapters/prisma'
import type { Clock, Random } from '../../../domain/clock.ts'
import { uuidV7 } from '../../../domain/uuid.ts'
import { PrismaClient } from '../../../prisma/client/client.ts'
import { type PasswordHasher, passwordHasher } from '../password-hasher.ts'
import { LONGEST_PASSWORD, SHORTEST_PASSWORD } from '../check-password.ts'
import { CUSTOMER_COOKIES, CUSTOMER_SESSION_SECONDS, customerSecret } from './customer-sessions.ts'

/** How long a sign-in waits for Postgres before it counts as dead. */
const ANSWERS_WITHIN_MS = 1_500
const CONNECTIONS = 6
const RESET_SECONDS = 30 * 60

export interface CustomerLibraryOptions {
  databaseUrl: string
  /** At least 32 characters; customers' own key is derived from it. */
  sessionSecret: string
  /** `https://…` makes the cookies Secure; passkeys are bound to its host. */
  publicUrl: string
  utilityName: string
  /** Of a connection and of a query; default 1,500. More where nobody waits for an answer. */
  answersWithinMs?: number
  /** Default: passwordHasher. */
  passwords?: PasswordHasher
  clock: Clock
  random: Random
}

/** A link that sets a new password, and whose. */
export interface ResetLink {
  loginId: string
  email: string
  token: string
}

export type CustomerLibrary = ReturnType<typeof customerLibrary>

/**
 * Better Auth for customers, over tables of their own and with a key of its own. Opens no connection until it is used and never
 * throws because Postgres is down. The session's content stands signed in a second cookie: that is what is read at each request.
 */
export function customerLibrary({ answersWithinMs = ANSWERS_WITHIN_MS, passwords = passwordHasher, ...options }: CustomerLibraryOptions) {
  const prisma = new PrismaClient({
    adapter: new PrismaPg(
      { connectionString: options.databaseUrl, max: CONNECTIONS, connectionTimeoutMillis: answersWithinMs, query_timeout: answersWithinMs, application_name: 'stormdoor-customers' },
      { onPoolError: () => undefined, onConnectionError: () => undefined },
    ),
    log: [],
  })
  const resetAsked = new AsyncLocalStorage<{ made: ResetLink | null }>()
  const { origin, hostname } = new URL(options.publicUrl)
  const auth = betterAuth({
    appName: 'stormdoor-customers',
    baseURL: options.publicUrl,
    secret: customerSecret(options.sessionSecret),
    database: prismaAdapter(prisma, { provider: 'postgresql', transaction: true }),
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: SHORTEST_PASSWORD,
      maxPasswordLength: LONGEST_PASSWORD,
      resetPasswordTokenExpiresIn: RESET_SECONDS,
      revokeSessionsOnPasswordReset: true,
      password: passwords,
      sendResetPassword: async ({ user, token }) => {
        const asked = resetAsked.getStore()
        if (asked) asked.made = { loginId: user.id, email: user.email, token }
      },
    },
    user: { modelName: 'customerLogin' },
    session: {
      modelName: 'customerSession',
      fields: { userId: 'loginId' },
      expiresIn: CUSTOMER_SESSION_SECONDS,
      disableSessionRefresh: true,
      cookieCache: { enabled: true, maxAge: CUSTOMER_SESSION_SECONDS, strategy: 'compact' },
    },
    account: { modelName: 'customerCredential', fields: { userId: 'loginId' } },
    verification: { modelName: 'customerVerification', storeIdentifier: 'hashed' },
    plugins: [
      passkey({
        rpID: hostname,
        rpName: options.utilityName,
        origin,
        schema: { passkey: { modelName: 'customerPasskey', fields: { userId: 'loginId' } } },
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
        // It is the only proof, so it must be of the person and not of the device alone.
        registration: { afterVerification: async ({ verification }) => requireVerifiedUser(verification.registrationInfo?.userVerified) },
        authentication: { afterVerification: async ({ verification }) => requireVerifiedUser(verification.authenticationInfo.userVerified) },
        advanced: { webAuthnChallengeCookie: 'passkey' },
      }),
    ],
    advanced: {
      cookiePrefix: CUSTOMER_COOKIES,
      useSecureCookies: options.publicUrl.startsWith('https://'),
      database: { generateId: () => uuidV7(options.clock, options.random) },
      // Which device, the page of sessions tells by its browser: where somebody was is nobody's business.
      ipAddress: { disableIpTracking: true },
    },
    // Verbs call it without its router; attempts are limited in customer-limits.ts.
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { disabled: true },
  })
  return {
    api: auth.api,
    context: auth.$context,
    database: prisma,
    /** Makes the link of whoever has this address; null when nobody has. */
    makeReset: async (email: string): Promise<ResetLink | null> => {
      const asked: { made: ResetLink | null } = { made: null }
      await resetAsked.run(asked, () => auth.api.requestPasswordReset({ body: { email } }))
      return asked.made
    },
    /** Whose password a link sets, without using it up; null when it opens nothing. */
    findReset: async (token: string): Promise<Omit<ResetLink, 'token'> | null> => {
      const { internalAdapter } = await auth.$context
      const made = await internalAdapter.findVerificationValue(`reset-password:${token}`)
      const login = made && made.expiresAt > new Date(options.clock.nowMs()) ? await internalAdapter.findUserById(made.value) : null
      return login && { loginId: login.id, email: login.email }
    },
    close: () => prisma.$disconnect(),
  }
}

function requireVerifiedUser(verified: boolean | undefined): undefined {
  if (!verified) throw new APIError('UNAUTHORIZED', { message: 'The passkey did not check who holds it' })
}
