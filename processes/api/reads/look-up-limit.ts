import type { LookUpLimit } from '../../../server/outages/guest-look-up.ts'
import { sha256 } from '../../../server/platform/hash.ts'
import type { ReadSources } from '../../../server/platform/read-sources.ts'
import { sharedLimit, tooMany } from '../../../server/platform/shared-limit.ts'

const HOUR_SECONDS = 3_600
/** Different questions that matched nothing, per source and hour. A household mistypes a few; a list has thousands. */
export const MISSES_PER_HOUR = 30

/**
 * Slows whoever tries a list, and not a street behind one address: volume is free, the same mistake again is free,
 * and each different account that somebody knew gives one mistake back. Counted by all api processes together.
 * @param redis null: by this process alone
 */
export function createLookUpLimit(redis: ReadSources['redis']['client'] | null): LookUpLimit {
  const misses = sharedLimit(redis, 'guest:miss', { points: MISSES_PER_HOUR, durationSeconds: HOUR_SECONDS })
  const seen = sharedLimit(redis, 'guest:seen', { points: 1, durationSeconds: HOUR_SECONDS })
  // Hashed: who asked for which account is nobody's to read.
  const isNew = (source: string, what: string) => seen.consume(sha256(`${source} ${what}`)).then(() => true, () => false)
  return {
    check: async (source) => {
      const spent = await misses.get(source)
      if (spent && spent.consumedPoints >= MISSES_PER_HOUR) throw tooMany(spent)
    },
    missed: async (source, question) => {
      if (await isNew(source, question)) await misses.penalty(source)
    },
    matched: async (source, account) => {
      if (await isNew(source, account)) await misses.reward(source)
    },
  }
}
