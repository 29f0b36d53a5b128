import { betterAuth } from 'better-auth'
import { twoFactor } from 'better-auth/plugins/two-factor'
import { systemClock, systemRandom } from '../../domain/clock.ts'
import { uuidV7 } from '../../domain/uuid.ts'
import { type PasswordHasher, passwordHasher } from './password-hasher.ts'
import type { Revocations } from './revocations.ts'
import { openIdentityStore, STAFF_ISSUER, staffLibraryOptions } from './staff-library.ts'

const CHALLENGE_SECONDS = 10 * 60

export interface StaffAuthOptions {
  databaseUrl: string
  /** At least 32 characters; signs the cookies. */
  sessionSecret: string
  /** `https://…` makes the cookies Secure. */
  publicUrl: string
  /** Sessions that ended before their time, also while Postgres is dead; without it only what Postgres says counts. */
  revocations?: Pick<Revocations, 'isRevoked' | 'ready' | 'take'>
  /** Default: passwordHasher. */
  passwords?: PasswordHasher
}

export type StaffAuth = ReturnType<typeof createStaffAuth>

/**
 * Staff logins: Better Auth over the Postgres schema `identity`. Opens no connection until it is used
 * and never throws because Postgres is down. The session's content stands signed in a second cookie,
 * so that it can be verified while Postgres is dead.
 */
export function createStaffAuth({ passwords = passwordHasher, ...options }: StaffAuthOptions) {
  const store = openIdentityStore(options.databaseUrl)
  const newId = () => uuidV7(systemClock, systemRandom)
  const auth = betterAuth({
    ...staffLibraryOptions({ ...options, passwords, store, newId }),
    plugins: [twoFactor({ issuer: STAFF_ISSUER, twoFactorCookieMaxAge: CHALLENGE_SECONDS, schema: { twoFactor: { modelName: 'staffTwoFactor', fields: { userId: 'staffId' } } } })],
  })
  return { api: auth.api, context: auth.$context, store, newId, options, passwords, close: () => store.$disconnect() }
}
