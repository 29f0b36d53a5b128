import type { DatabaseSync } from 'node:sqlite'
import { AccountDigest } from '../../server/core-system/account-digest.ts'
import type { CoreAccount } from '../../server/core-system/core-account.ts'
import { inTransaction } from './open-core-file.ts'

/** A row of null closes the account. */
export interface AccountChange {
  accountNumber: string
  row: CoreAccount | null
}

export interface HistoryState {
  /** Another one in another store: its cursors and snapshots mean nothing here. */
  storeId: string
  /** Of the last change; 0 before the first. */
  newest: number
  /** Changes up to this one have been forgotten. */
  oldest: number
  accounts: number
  /** 64 hexadecimal digits. */
  digest: string
}

export interface TakenSnapshot {
  number: number
  /** ISO instant */
  takenAt: string
  accounts: number
  digest: string
}

/** `row` is JSON; null when the account was closed. */
export interface AccountVersion {
  number: number
  accountNumber: string
  row: string | null
}

const STATE = 'SELECT store_id AS storeId, newest, oldest, accounts, digest FROM state'

/** Every state that the stand-in's accounts have had, by the number of the change. */
export class AccountHistory {
  readonly #database: DatabaseSync
  readonly #statements

  constructor(database: DatabaseSync) {
    this.#database = database
    const version = 'SELECT number, account_number AS accountNumber, row FROM account_versions'
    const stands = 'number > ?1 AND number <= ?2 AND row IS NOT NULL AND (until IS NULL OR until > ?2)'
    this.#statements = {
      state: database.prepare(STATE),
      newestOf: database.prepare(`${version} WHERE account_number = ? AND until IS NULL`),
      page: database.prepare(`${version} WHERE ${stands} ORDER BY number LIMIT ?3`),
      changes: database.prepare(`${version} WHERE number > ? ORDER BY number LIMIT ?`),
      supersede: database.prepare('UPDATE account_versions SET until = ? WHERE number = ?'),
      insert: database.prepare('INSERT INTO account_versions VALUES (?, ?, ?, NULL)'),
      setState: database.prepare('UPDATE state SET newest = ?, accounts = ?, digest = ?'),
      takeSnapshot: database.prepare('INSERT OR IGNORE INTO snapshots SELECT newest, ?, accounts, digest FROM state'),
      snapshot: database.prepare('SELECT number, taken_at AS takenAt, accounts, digest FROM snapshots WHERE number = ?'),
    }
  }

  state(): HistoryState {
    return this.#statements.state.get() as unknown as HistoryState
  }

  /** The account as it is now; null when it is unknown or closed. */
  current(accountNumber: string): AccountVersion | null {
    const found = this.#statements.newestOf.get(accountNumber) as unknown as AccountVersion | undefined
    return found?.row === null ? null : (found ?? null)
  }

  /** Whether there is or was an account of that number. */
  knows(accountNumber: string): boolean {
    return this.#statements.newestOf.get(accountNumber) !== undefined
  }

  /** All of it or nothing, durably against a killed process; what would change nothing is passed over. Returns how many changed. */
  append(changes: Iterable<AccountChange>): number {
    return inTransaction(this.#database, () => {
      const state = this.state()
      const digest = new AccountDigest(state.digest)
      const before = state.newest
      for (const { accountNumber, row } of changes) {
        const known = this.#statements.newestOf.get(accountNumber) as unknown as AccountVersion | undefined
        const text = row && JSON.stringify(row)
        if ((known?.row ?? null) === text) continue
        const number = ++state.newest
        if (known) this.#statements.supersede.run(number, known.number)
        this.#statements.insert.run(number, accountNumber, text)
        if (known?.row) digest.remove(JSON.parse(known.row))
        if (row) digest.add(row)
        state.accounts += (row ? 1 : 0) - (known?.row ? 1 : 0)
      }
      this.#statements.setState.run(state.newest, state.accounts, digest.toString())
      return state.newest - before
    })
  }

  /** The state of now under a number of its own; the same one until something changes. */
  takeSnapshot(nowIso: string): TakenSnapshot {
    return inTransaction(this.#database, () => {
      this.#statements.takeSnapshot.run(nowIso)
      return this.snapshot(this.state().newest) as TakenSnapshot
    })
  }

  /** Null when it was never taken, or is forgotten. */
  snapshot(number: number): TakenSnapshot | null {
    return (this.#statements.snapshot.get(number) as unknown as TakenSnapshot | undefined) ?? null
  }

  /** Rows that stood at the change `upTo`, those after the number `after`, in order. */
  page(after: number, upTo: number, limit: number): AccountVersion[] {
    return this.#statements.page.all(after, upTo, limit) as unknown as AccountVersion[]
  }

  changesAfter(number: number, limit: number): AccountVersion[] {
    return this.#statements.changes.all(number, limit) as unknown as AccountVersion[]
  }

  /** Forgets what was before now: earlier snapshots and cursors are gone from here on. */
  forget(): void {
    inTransaction(this.#database, () => {
      this.#database.exec('DELETE FROM account_versions WHERE until IS NOT NULL; DELETE FROM snapshots; UPDATE state SET oldest = newest')
    })
  }
}
