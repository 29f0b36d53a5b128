import type { Redis } from 'ioredis'
import { type RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible'
import { sha256 } from '../platform/hash.ts'
import { TooManyRequestsError } from '../platform/errors.ts'
import { sharedLimit } from '../platform/shared-limit.ts'

/** Wrong passwords for one login from one place. Another place is not held up: nobody can lock a colleague out. */
const PER_LOGIN_AND_SOURCE = { points: 6, durationSeconds: 15 * 60 }
/** Wrong passwords from one place over all logins: one office behind one address mistypes less than this. */
const PER_SOURCE = { points: 60, durationSeconds: 60 * 60 }

export interface SignInLimits {
  /** Counts an attempt before the password is looked at, so that attempts at once cannot slip past. Throws TooManyRequestsError. */
  take(email: string, source: string): Promise<void>
  /** A right password: the attempt was none. */
  giveBack(email: string, source: string): Promise<void>
}

/**
 * Counts sign-in attempts in Redis, so that all web processes see them; in memory while Redis is dead.
 * @param redis null: memory alone
 */
export function createSignInLimits(redis: Redis | null): SignInLimits {
  const perLogin = sharedLimit(redis, 'sign-in:login', PER_LOGIN_AND_SOURCE)
  const perSource = sharedLimit(redis, 'sign-in:source', PER_SOURCE)
  return {
    async take(email, source) {
      await consume(perSource, sourcePrefix(source))
      await consume(perLogin, loginKey(email, source))
    },
    async giveBack(email, source) {
      await Promise.allSettled([perSource.reward(sourcePrefix(source)), perLogin.delete(loginKey(email, source))])
    },
  }
}

/** An IPv4 address as it is; the first 64 bits of an IPv6 one, which is what a household or an office is given. */
export function sourcePrefix(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)
  if (mapped) return mapped[1]!
  if (!address.includes(':')) return address
  const [head = '', tail] = address.toLowerCase().split('%')[0]!.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail ? tail.split(':') : []
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length)
  const groups = [...left, ...Array<string>(zeros).fill('0'), ...right]
  return groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16)).join(':')
}

function loginKey(email: string, source: string): string {
  return sha256(JSON.stringify([email.trim().toLowerCase(), sourcePrefix(source)]))
}

async function consume(limit: RateLimiterAbstract, key: string): Promise<void> {
  try {
    await limit.consume(key)
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal
    throw new TooManyRequestsError(Math.max(1, Math.ceil(refusal.msBeforeNext / 1000)))
  }
}
