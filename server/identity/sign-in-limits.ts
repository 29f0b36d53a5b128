import type { Redis } from 'ioredis'
import { sha256 } from '../platform/hash.ts'
import { consume, hasRoom, sharedLimit } from '../platform/shared-limit.ts'
import { sourcePrefix } from '../platform/source-prefix.ts'

/** Wrong passwords for one login from one place. Another place is not held up: nobody can lock a colleague out. */
const PER_LOGIN_AND_SOURCE = { points: 6, durationSeconds: 15 * 60 }
/** Wrong passwords from one place over all logins: one office behind one address mistypes less than this. */
const PER_SOURCE = { points: 60, durationSeconds: 60 * 60 }
/** Wrong codes from one place. The library locks a login by itself; while its store is away, this does. */
const CODES_PER_SOURCE = { points: 60, durationSeconds: 60 * 60 }
const CODES_PER_LOGIN = { points: 10, durationSeconds: 15 * 60 }
/** A code is good for 90 seconds at the most. */
const ONCE = { points: 1, durationSeconds: 180 }

export interface SignInLimits {
  /** Counts an attempt before the password is looked at, so that attempts at once cannot slip past. Throws TooManyRequestsError. */
  take(email: string, source: string): Promise<void>
  /** A right password: the attempt was none. */
  giveBack(email: string, source: string): Promise<void>
  /** Counts a code before it is looked at. Throws TooManyRequestsError. @param email of whom the break-glass copy knows */
  takeCode(source: string, email?: string): Promise<void>
  giveBackCode(source: string, email?: string): Promise<void>
  /** False when this code was shown before. For when the identity store cannot say. */
  useOnce(staffId: string, step: number): Promise<boolean>
}

/**
 * Counts sign-in attempts in Redis, so that all web processes see them; in memory while Redis is dead.
 * @param redis null: memory alone
 */
export function createSignInLimits(redis: Redis | null): SignInLimits {
  const perLogin = sharedLimit(redis, 'sign-in:login', PER_LOGIN_AND_SOURCE)
  const perSource = sharedLimit(redis, 'sign-in:source', PER_SOURCE)
  const codesPerSource = sharedLimit(redis, 'sign-in:code', CODES_PER_SOURCE)
  const codesPerLogin = sharedLimit(redis, 'sign-in:code-login', CODES_PER_LOGIN)
  const once = sharedLimit(redis, 'sign-in:code-used', ONCE)
  return {
    async takeCode(source, email) {
      await consume(codesPerSource, sourcePrefix(source))
      if (email !== undefined) await consume(codesPerLogin, sha256(email))
    },
    async giveBackCode(source, email) {
      await Promise.allSettled([codesPerSource.reward(sourcePrefix(source)), email === undefined ? null : codesPerLogin.delete(sha256(email))])
    },
    useOnce: (staffId, step) => hasRoom(once, `${staffId}:${step}`),
    async take(email, source) {
      await consume(perSource, sourcePrefix(source))
      await consume(perLogin, loginKey(email, source))
    },
    async giveBack(email, source) {
      await Promise.allSettled([perSource.reward(sourcePrefix(source)), perLogin.delete(loginKey(email, source))])
    },
  }
}

function loginKey(email: string, source: string): string {
  return sha256(JSON.stringify([email.trim().toLowerCase(), sourcePrefix(source)]))
}
