import type { CoreAccount } from '../../server/core-system/core-account.ts'
import { AccountHistory, type AccountChange } from '../../processes/core-sim/account-history.ts'
import { openCoreFile } from '../../processes/core-sim/open-core-file.ts'
import { withCheckDigit } from '../demo/demo-customers.ts'
import { demoPerson } from '../demo/people.ts'
import { seededRandom } from '../demo/seeded-random.ts'

export const MOST_CHANGED = 100_000
/** Out of a number space that the demo utility's own customers never reach. */
const FIRST_NEW_ACCOUNT = 480_000_001
const FIRST_NEW_EXCHANGE = 600
const EXCHANGES = 300
const LINES = 10_000
const MOVE_IN_SHARE = 0.25
const CLOSING_SHARE = 0.1

export interface ChangeSummary {
  newPhones: number
  moveIns: number
  closings: number
}

/**
 * What a day brings at a utility: customers with a new phone, homes that change hands (the old account closed, a new
 * one at the same service point), a few closings. Each of so many accounts changes once, in one transaction.
 * @param options.path of the stand-in's store, which may be in use
 */
export function changeAccounts({ path, count }: { path: string; count: number }): ChangeSummary {
  const database = openCoreFile(path)
  try {
    const history = new AccountHistory(database)
    const random = seededRandom(history.state().newest, 7)
    const changes: AccountChange[] = []
    const summary: ChangeSummary = { newPhones: 0, moveIns: 0, closings: 0 }
    for (const [index, row] of chosenRows(history, count, random).entries()) {
      const serial = history.state().newest + index
      const phones = [newPhone(serial)]
      const fate = random()
      if (fate < CLOSING_SHARE + MOVE_IN_SHARE) changes.push({ accountNumber: row.accountNumber, row: null })
      if (fate < CLOSING_SHARE) {
        summary.closings++
      } else if (fate < CLOSING_SHARE + MOVE_IN_SHARE) {
        const accountNumber = withCheckDigit(String(FIRST_NEW_ACCOUNT + serial))
        const { name, email } = demoPerson(random, row.language === 'es' ? 'es' : 'en', FIRST_NEW_ACCOUNT + serial)
        changes.push({ accountNumber, row: { ...row, accountNumber, name, email, phones, medicalEquipment: false } })
        summary.moveIns++
      } else {
        changes.push({ accountNumber: row.accountNumber, row: { ...row, phones } })
        summary.newPhones++
      }
    }
    history.append(changes)
    return summary
  } finally {
    database.close()
  }
}

/** Different accounts from all over the store; all of them when there are no more. */
function chosenRows(history: AccountHistory, count: number, random: () => number): CoreAccount[] {
  const { newest, accounts } = history.state()
  const chosen = new Map<string, CoreAccount>()
  const wanted = Math.min(count, accounts)
  while (chosen.size < wanted) {
    // The rest of a small store one after the other: chance would take long to find them.
    const most = chosen.size > accounts / 2
    for (const { accountNumber, row } of history.page(most ? 0 : Math.floor(random() * newest), newest, most ? accounts : 1)) {
      if (chosen.size < wanted) chosen.set(accountNumber, JSON.parse(row as string) as CoreAccount)
    }
  }
  return [...chosen.values()]
}

function newPhone(serial: number): string {
  const exchange = FIRST_NEW_EXCHANGE + (Math.floor(serial / LINES) % EXCHANGES)
  return `+1707${exchange}${String(serial % LINES).padStart(4, '0')}`
}
