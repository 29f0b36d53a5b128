import { accountNumberKey } from '../../../domain/account.ts'
import { reportSets } from '../../outages/report-cache.ts'
import { sha256 } from '../../platform/hash.ts'
import type { ReadSources } from '../../platform/read-sources.ts'
import { accountDeskKey } from '../account-desk-cache.ts'
import { unlessUnavailable } from './unless-unavailable.ts'

const NEWEST_REPORTS = 30

/** Changes when staff note or flag something, or a report comes, at an account: one look into Redis. Null without Redis. */
export function accountMark(sources: ReadSources, accountNumber: string): Promise<string | null> {
  const accountKey = accountNumberKey(accountNumber)
  return sources.redis
    .use(async (redis) => {
      const [said, reports] = await Promise.all([redis.hkeys(accountDeskKey(accountKey)), redis.zrevrange(reportSets.ofAccount(accountKey), 0, NEWEST_REPORTS - 1)])
      return sha256([...said.sort(), ...reports].join(' '))
    })
    .catch(unlessUnavailable)
}
