import { DatabaseSync, type StatementSync } from 'node:sqlite'

const CACHE_KILOBYTES = 8_000

/** A set of keys as large as the disk and never larger than a few megabytes in memory. Gone when it is closed or its process ends. */
export class DiskSet {
  // SQLite's name for a file that only this connection knows (https://sqlite.org/inmemorydb.html#temp_db).
  readonly #database = new DatabaseSync('')
  readonly #add: StatementSync
  readonly #delete: StatementSync
  readonly #has: StatementSync
  #size = 0

  constructor() {
    this.#database.exec(`PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -${CACHE_KILOBYTES};
      CREATE TABLE keys (key BLOB PRIMARY KEY) STRICT, WITHOUT ROWID`)
    this.#add = this.#database.prepare('INSERT OR IGNORE INTO keys VALUES (?)')
    this.#delete = this.#database.prepare('DELETE FROM keys WHERE key = ?')
    this.#has = this.#database.prepare('SELECT 1 FROM keys WHERE key = ?')
  }

  get size(): number {
    return this.#size
  }

  add(keys: readonly Uint8Array[]): void {
    this.#together(() => {
      for (const key of keys) this.#size += Number(this.#add.run(key).changes)
    })
  }

  delete(keys: readonly Uint8Array[]): void {
    this.#together(() => {
      for (const key of keys) this.#size -= Number(this.#delete.run(key).changes)
    })
  }

  has(key: Uint8Array): boolean {
    return this.#has.get(key) !== undefined
  }

  /** In the order of their bytes. */
  *keys(): Iterable<Uint8Array> {
    for (const row of this.#database.prepare('SELECT key FROM keys ORDER BY key').iterate()) yield row['key'] as Uint8Array
  }

  close(): void {
    this.#database.close()
  }

  #together(work: () => void): void {
    this.#database.exec('BEGIN')
    work()
    this.#database.exec('COMMIT')
  }
}
