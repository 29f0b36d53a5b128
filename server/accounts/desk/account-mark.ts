import { accountNumberKey } from '../../../domain/account.ts'
import type { Clock } from '../../../domain/clock.ts'
import { reportSets } from '../../outages/report-cache.ts'
import { sha256 } from '../../platform/hash.ts'
import type { ReadSources } from '../../platform/read-sources.ts'
import { accountDeskKey } from '../account-desk-cache.ts'
import { unlessUnavailable } from './unless-unavailable.ts'

const NEWEST_REPORTS = 30
/** Who looked and acted stands in Postgres alone, which may also be behind Redis: it is asked again after so long at the most. */
const MARK_HOLDS_MS = 10_000

/** Changes when staff note or flag something, or a report comes, at an account, and with time: one look into Redis. Null without Redis. */
export function accountMark({ sources, clock }: { sources: ReadSources; clock: Clock }, accountNumber: string): Promise<string | null> {
  const accountKey = accountNumberKey(accountNumber)
  return sources.redis
    .use(async (redis) => {
      const [said, reports] = await Promise.all([redis.hkeys(accountDeskKey(accountKey)), redis.zrevrange(reportSets.ofAccount(accountKey), 0, NEWEST_REPORTS - 1)])
      return sha256([Math.floor(clock.nowMs() / MARK_HOLDS_MS), ...said.sort(), ...reports].join(' '))
    })
    .catch(unlessUnavailable)
}
