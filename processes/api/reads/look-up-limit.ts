import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible'
import type { LookUpLimit } from '../../../server/outages/guest-look-up.ts'
import { TooManyRequestsError } from '../../../server/platform/errors.ts'

const HOUR_SECONDS = 3_600
/** Different questions that matched nothing, per source and hour. A household mistypes a few; a list has thousands. */
export const MISSES_PER_HOUR = 30

/**
 * Slows whoever tries a list, and not a street behind one address: volume is free, the same mistake again is free,
 * and each different account that somebody knew gives one mistake back.
 */
export function createLookUpLimit(): LookUpLimit {
  const misses = new RateLimiterMemory({ keyPrefix: 'miss', points: MISSES_PER_HOUR, duration: HOUR_SECONDS })
  const seen = new RateLimiterMemory({ keyPrefix: 'seen', points: 1, duration: HOUR_SECONDS })
  const isNew = (key: string) => seen.consume(key).then(() => true, () => false)
  return {
    check: async (source) => {
      const spent = await misses.get(source)
      if (spent && spent.consumedPoints >= MISSES_PER_HOUR) throw tooMany(spent)
    },
    missed: async (source, question) => {
      if (await isNew(`${source} ${question}`)) await misses.penalty(source)
    },
    matched: async (source, account) => {
      if (await isNew(`${source} ${account}`)) await misses.reward(source)
    },
  }
}

function tooMany({ msBeforeNext }: RateLimiterRes): TooManyRequestsError {
  return new TooManyRequestsError(Math.max(1, Math.ceil(msBeforeNext / 1000)))
}
