import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { AccountHistory } from '../../processes/core-sim/account-history.ts'
import { openCoreFile } from '../../processes/core-sim/open-core-file.ts'
import { AccountDigest } from '../../server/core-system/account-digest.ts'
import { parseCoreAccount } from '../../server/core-system/parse-core-account.ts'
import { utility } from '../../utility.config.ts'
import { demoCustomers } from '../demo/demo-customers.ts'
import { temporaryFolder } from '../test-support/temporary-folder.ts'
import { changeAccounts } from './change-accounts.ts'
import { seedCore } from './seed-core.ts'

const MANY = 10_000

function opened(path: string): AccountHistory {
  const database = openCoreFile(path)
  onTestFinished(() => database.close())
  return new AccountHistory(database)
}

function standing(history: AccountHistory): Map<string, unknown> {
  return new Map(history.page(0, history.state().newest, MANY).map(({ accountNumber, row }) => [accountNumber, JSON.parse(row!) as unknown]))
}

function digestOf(rows: Iterable<unknown>): string {
  const digest = new AccountDigest()
  for (const row of rows) digest.add(row)
  return digest.toString()
}

describe('the customers of the stand-in @core', () => {
  test('are those of the demo utility, so that a first sync changes nothing', async () => {
    const path = join(temporaryFolder(), 'core.sqlite')
    expect(await seedCore({ path, accounts: 300 })).toBe(300)
    const told = [...standing(opened(path)).values()].map((row) => parseCoreAccount(row, { country: utility.defaultCountry, language: 'en' }))
    expect(told).toEqual(Array.from(demoCustomers({ count: 300 }), (account) => ({ account })))
  })

  test('are added once, also when it was stopped in between, and a change of theirs is not undone', async () => {
    const path = join(temporaryFolder(), 'core.sqlite')
    const stop = new AbortController()
    await expect(seedCore({ path, accounts: 12_000, signal: stop.signal, onProgress: () => stop.abort() })).rejects.toThrow()
    const history = opened(path)
    const { accounts } = history.state()
    expect(accounts).toBeGreaterThan(0)
    expect(accounts).toBeLessThan(12_000)
    const [first] = demoCustomers({ count: 1 })
    history.append([{ accountNumber: first!.accountNumber, row: null }])
    expect(await seedCore({ path, accounts: 6_000 })).toBe(6_000 - accounts)
    expect(await seedCore({ path, accounts: 6_000 })).toBe(0)
    expect(history.state().accounts).toBe(5_999)
  })

  test('change by the number that was asked for: new phones, homes that change hands, closings', async () => {
    const path = join(temporaryFolder(), 'core.sqlite')
    await seedCore({ path, accounts: 200 })
    const history = opened(path)
    const before = standing(history)
    const summary = changeAccounts({ path, count: 150 })
    const after = standing(history)
    const { newPhones, moveIns, closings } = summary
    expect(newPhones + moveIns + closings).toBe(150)
    expect(Math.min(newPhones, moveIns, closings)).toBeGreaterThan(0)
    expect([...before.keys()].filter((number) => !after.has(number))).toHaveLength(moveIns + closings)
    expect([...after.keys()].filter((number) => !before.has(number))).toHaveLength(moveIns)
    expect(history.state()).toMatchObject({ accounts: after.size, digest: digestOf(after.values()) })
    for (const row of after.values()) expect(parseCoreAccount(row, { country: utility.defaultCountry, language: 'en' })).toHaveProperty('account')

    expect(changeAccounts({ path, count: 150 }), 'another day').not.toEqual(summary)
    const { accounts } = history.state()
    const all = changeAccounts({ path, count: MANY })
    expect(all.newPhones + all.moveIns + all.closings, 'no more than there are').toBe(accounts)
  })
})
