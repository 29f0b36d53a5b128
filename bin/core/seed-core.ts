import { setImmediate as nextTurn } from 'node:timers/promises'
import { AccountHistory, type AccountChange } from '../../processes/core-sim/account-history.ts'
import { openCoreFile } from '../../processes/core-sim/open-core-file.ts'
import { demoCustomers } from '../demo/demo-customers.ts'
import { coreAccountOf } from './core-account-of.ts'

/** One transaction each: the stand-in may answer in between, and a killed run is finished by the next. */
const ACCOUNTS_AT_A_TIME = 5_000

export interface SeedOptions {
  /** Of the stand-in's store; made when there is none. It may be in use. */
  path: string
  /** How many of the demo utility's customers there are to be. */
  accounts: number
  onProgress?: (done: number) => void
  signal?: AbortSignal
}

/**
 * Gives the stand-in the demo utility's customers that it has never had; one that it has changed or closed since
 * stays as it is. Resolves to how many it added.
 */
export async function seedCore({ path, accounts, onProgress, signal }: SeedOptions): Promise<number> {
  const database = openCoreFile(path)
  try {
    const history = new AccountHistory(database)
    let added = 0
    let done = 0
    let batch: AccountChange[] = []
    const write = async () => {
      added += history.append(batch)
      done += batch.length
      batch = []
      onProgress?.(done)
      await nextTurn()
      signal?.throwIfAborted()
    }
    for (const account of demoCustomers({ count: accounts })) {
      const { accountNumber } = account
      if (history.knows(accountNumber)) done++
      else batch.push({ accountNumber, row: coreAccountOf(account) })
      if (batch.length === ACCOUNTS_AT_A_TIME) await write()
    }
    await write()
    return added
  } finally {
    database.close()
  }
}
