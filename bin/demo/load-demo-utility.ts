import { systemClock } from '../../domain/clock.ts'
import { AccountsIndex, accountsIndexPath } from '../../server/accounts/accounts-index.ts'
import { loadAccounts } from '../../server/accounts/import/load-accounts.ts'
import { openEventLog } from '../../server/platform/event-log/open-event-log.ts'
import { DEMO_ACCOUNTS } from './demo-accounts.ts'
import { demoCustomers } from './demo-customers.ts'

/**
 * Loads the demo utility's customers into the log by the same way as an import: twice appends nothing,
 * and a killed run is finished by the next.
 * @param options.onProgress accounts done, and of how many
 */
export async function loadDemoUtility(options: {
  eventLogUrl: string
  count?: number
  onProgress?: (done: number, total: number) => void
}): Promise<{ accounts: number }> {
  const count = options.count ?? DEMO_ACCOUNTS
  const log = await openEventLog({ url: options.eventLogUrl, clock: systemClock, region: 'local', node: 'demo' })
  try {
    const index = new AccountsIndex(accountsIndexPath(options.eventLogUrl), log.logId)
    try {
      await loadAccounts({ log, index, accounts: demoCustomers({ count }), onProgress: (done) => options.onProgress?.(done, count) })
      return { accounts: count }
    } finally {
      index.close()
    }
  } finally {
    await log.close()
  }
}
