import type { Redis } from 'ioredis'
import { sha256 } from '../../platform/hash.ts'
import { consume, hasRoom, sharedLimit } from '../../platform/shared-limit.ts'
import { sourcePrefix } from '../../platform/source-prefix.ts'

const HOUR = 60 * 60
/** Wrong passwords for one login from one place, or from one device that it was signed in on. */
const PER_LOGIN_AND_SOURCE = { points: 6, durationSeconds: 15 * 60 }
/** Wrong passwords from one place over all logins: fifty people in an office mistype less than this. */
const PER_SOURCE = { points: 300, durationSeconds: HOUR }
/** Wrong passwords for one login from places and devices it is not known by: beyond, tries are let through one by one. */
const PER_LOGIN = { points: 20, durationSeconds: HOUR }
const SLOW_DOWN = { points: 1, durationSeconds: 20 }
/** Codes, links and the like asked for from one place: fifty people may ask for three each. */
const ASKED_PER_SOURCE = { points: 200, durationSeconds: HOUR }
/** Challenges for passkeys: each opening of the sign-in page takes one, and none of them sends a message. */
const CHALLENGES_PER_SOURCE = { points: 1_000, durationSeconds: HOUR }
/** To one phone or address, whoever asks: nobody's phone is flooded. */
const CODES_PER_CONTACT = { points: 3, durationSeconds: HOUR }
const CODES_PER_ACCOUNT = { points: 3, durationSeconds: HOUR }
const RESETS_PER_EMAIL = { points: 3, durationSeconds: HOUR }
const NOTICES_PER_EMAIL = { points: 2, durationSeconds: HOUR }
const INVITATIONS_PER_LOGIN = { points: 20, durationSeconds: 24 * HOUR }

interface SignInAttempt {
  email: string
  source: string
  /** Id of a device that this login was signed in on before; null for any other. */
  knownDevice: string | null
}

export interface CustomerLimits {
  /** Counts an attempt before the password is looked at, so that attempts at once cannot slip past. Throws TooManyRequestsError. */
  takeSignIn(attempt: SignInAttempt): Promise<void>
  /** A right password, or one that could not be looked at: the attempt was none. */
  giveBackSignIn(attempt: SignInAttempt, outcome: 'signed-in' | 'not-checked'): Promise<void>
  /** Something asked for by whoever is not signed in. Throws TooManyRequestsError. */
  takeAsked(source: string): Promise<void>
  /** A challenge for a passkey, which the sign-in page asks for by itself. Throws TooManyRequestsError. */
  takeChallenge(source: string): Promise<void>
  /** A code asked for: counted by the contact as typed, known or not. Throws TooManyRequestsError. */
  takeCode(contact: string): Promise<void>
  /** It could not be made. */
  giveBackCode(contact: string): Promise<void>
  /** A code that was about to be sent: false when the account has had enough of them. Never shown. */
  mayReachAccount(accountKey: string): Promise<boolean>
  /** A reset asked for, by the address as typed. Throws TooManyRequestsError. */
  takeReset(email: string): Promise<void>
  /** A notice that somebody else's doing sends to an address: false when it has had enough. Never shown. */
  mayWriteTo(email: string): Promise<boolean>
  /** A message that a signed-in login has sent to another. Throws TooManyRequestsError. */
  takeInvitation(loginId: string): Promise<void>
}

/** Counts in Redis, so that all web processes see it; in memory while Redis is dead. What people typed stands there as a hash. */
export function createCustomerLimits(redis: Redis | null): CustomerLimits {
  const perLoginAndSource = sharedLimit(redis, 'customer:login-source', PER_LOGIN_AND_SOURCE)
  const perSource = sharedLimit(redis, 'customer:source', PER_SOURCE)
  const perLogin = sharedLimit(redis, 'customer:login', PER_LOGIN)
  const slowDown = sharedLimit(redis, 'customer:slow', SLOW_DOWN)
  const asked = sharedLimit(redis, 'customer:asked', ASKED_PER_SOURCE)
  const challenges = sharedLimit(redis, 'customer:challenge', CHALLENGES_PER_SOURCE)
  const perContact = sharedLimit(redis, 'customer:contact', CODES_PER_CONTACT)
  const perAccount = sharedLimit(redis, 'customer:account', CODES_PER_ACCOUNT)
  const resets = sharedLimit(redis, 'customer:reset', RESETS_PER_EMAIL)
  const notices = sharedLimit(redis, 'customer:notice', NOTICES_PER_EMAIL)
  const invitations = sharedLimit(redis, 'customer:invitation', INVITATIONS_PER_LOGIN)
  const ownKey = ({ email, source, knownDevice }: SignInAttempt) => sha256(JSON.stringify([email, knownDevice ?? sourcePrefix(source), knownDevice === null]))
  return {
    takeSignIn: async (attempt) => {
      const { email, source, knownDevice } = attempt
      await consume(perLoginAndSource, ownKey(attempt))
      await consume(perSource, sourcePrefix(source))
      if (knownDevice !== null) return
      if (!(await hasRoom(perLogin, sha256(email)))) await consume(slowDown, sha256(email))
    },
    giveBackSignIn: async (attempt, outcome) => {
      const { email, source, knownDevice } = attempt
      const own = outcome === 'signed-in' ? perLoginAndSource.delete(ownKey(attempt)) : perLoginAndSource.reward(ownKey(attempt))
      const ofLogin = knownDevice === null ? [perLogin.reward(sha256(email))] : []
      await Promise.allSettled([own, perSource.reward(sourcePrefix(source)), ...ofLogin])
    },
    takeAsked: (source) => consume(asked, sourcePrefix(source)),
    takeChallenge: (source) => consume(challenges, sourcePrefix(source)),
    takeCode: (contact) => consume(perContact, sha256(contact)),
    giveBackCode: async (contact) => void (await Promise.allSettled([perContact.reward(sha256(contact))])),
    mayReachAccount: (accountKey) => hasRoom(perAccount, sha256(accountKey)),
    takeReset: (email) => consume(resets, sha256(email)),
    mayWriteTo: (email) => hasRoom(notices, sha256(email)),
    takeInvitation: (loginId) => consume(invitations, loginId),
  }
}
