import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { accountNumberKey, type Account } from '../../../domain/account.ts'

const ROWS_PER_COMMIT = 5_000

/**
 * The good rows of one file on disk, the last row of each account only, so that a file is loaded after it was
 * read to its end, and loading it twice appends nothing. The file is unlinked at once: no crash leaves it behind.
 */
export class StagedAccounts {
  readonly #database: DatabaseSync
  readonly #upsert: StatementSync
  #puts = 0

  /** @param folder with room for the file, as large as the customers unpacked */
  constructor(folder: string) {
    const own = mkdtempSync(join(folder, 'import-'))
    this.#database = new DatabaseSync(join(own, 'staged.sqlite'))
    this.#database.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE')
    this.#database.exec('CREATE TABLE staged (key TEXT PRIMARY KEY, account TEXT NOT NULL)')
    rmSync(own, { recursive: true })
    this.#upsert = this.#database.prepare(
      'INSERT INTO staged (key, account) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET account = excluded.account',
    )
    this.#database.exec('BEGIN')
  }

  put(account: Account): void {
    this.#upsert.run(accountNumberKey(account.accountNumber), JSON.stringify(account))
    this.#puts++
    if (this.#puts % ROWS_PER_COMMIT === 0) this.#database.exec('COMMIT; BEGIN')
  }

  count(): number {
    return this.#database.prepare('SELECT count(*) AS count FROM staged').get()!['count'] as number
  }

  /** Each account once, in the order of its first row. */
  *accounts(): Generator<Account> {
    const rows = this.#database.prepare('SELECT account FROM staged ORDER BY rowid').iterate()
    for (const row of rows) yield JSON.parse(row['account'] as string) as Account
  }

  close(): void {
    this.#database.close()
  }
}
