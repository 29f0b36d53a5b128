import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { AccountsSynced } from '../../../domain/operations.ts'
import type { Snapshot } from '../../core-system/core-answers.ts'

const SCHEMA_VERSION = 2
const BUSY_MS = 5_000
const CACHE_KIB = 65_536
const FILE = 'full-load.sqlite'

export interface StagedAccount {
  row: number
  /** accountNumberKey */
  key: string
  /** accountHash; empty when the row was rejected: what was known of the account stays. */
  contentHash: string
  /** Account as JSON; empty when the row was rejected. */
  account: string
}

/** How far a load is. `next` null: every page is there. */
export interface LoadProgress {
  runId: string
  startedAt: string
  snapshot: Snapshot
  phase: 'fetching' | 'fetched'
  pages: number
  next: string | null
  rows: number
  rejected: number
  /** Rejected rows, also of changes since, that do not even say which account they are about. */
  unreadable: number
  /** AccountDigest of the rows so far. */
  digest: string
  /** Rows whose column cannot be what it is called, by column. */
  misshaped: Record<string, number>
  /** Where the change feed goes on after what is staged. */
  cursor: string
  rejectedRows: AccountsSynced['rejectedRows']
}

/**
 * All accounts of a snapshot on disk, before anything of them reaches the log: each page with its cursor in one transaction,
 * so that a killed load goes on at the page where it was. Holds personal data, for as long as the load lasts.
 */
export class LoadStage {
  readonly #database: DatabaseSync
  readonly #put: StatementSync
  readonly #replace: StatementSync
  readonly #remove: StatementSync
  readonly #page: StatementSync
  readonly #present: StatementSync
  readonly #save: StatementSync
  #revision: number
  #progress: LoadProgress | null

  /**
   * @param folder of sync's own; made when it is missing
   * @param owner whose stage it is (log and core system): one of another is thrown away
   */
  constructor(folder: string, owner: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    this.#database = openFor(join(folder, FILE), owner)
    this.#put = this.#database.prepare('INSERT INTO staged (key, content_hash, account) VALUES (?, ?, ?) ON CONFLICT (key) DO NOTHING')
    this.#replace = this.#database.prepare(
      `INSERT INTO staged (key, content_hash, account) VALUES (?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET content_hash = excluded.content_hash, account = excluded.account`,
    )
    this.#remove = this.#database.prepare('DELETE FROM staged WHERE key = ?')
    this.#page = this.#database.prepare('SELECT row, key, content_hash, account FROM staged WHERE row > ? ORDER BY row LIMIT ?')
    this.#page.setReturnArrays(true)
    this.#present = this.#database.prepare('SELECT key FROM staged WHERE key IN (SELECT value FROM json_each(?))')
    this.#present.setReturnArrays(true)
    this.#save = this.#database.prepare('UPDATE load SET progress = ?, revision = revision + 1 WHERE revision = ?')
    const held = this.#database.prepare('SELECT revision, progress FROM load').get()!
    this.#revision = Number(held['revision'])
    // Written by this class alone, in the shape of this schema version.
    this.#progress = JSON.parse(String(held['progress'])) as LoadProgress | null
  }

  /** Null when nothing is staged. */
  get progress(): LoadProgress | null {
    return this.#progress
  }

  /** Throws away what is staged and begins with a snapshot. */
  begin(run: Pick<LoadProgress, 'runId' | 'startedAt' | 'snapshot' | 'digest'>): LoadProgress {
    const { runId, startedAt, snapshot, digest } = run
    return this.step(() => {
      this.#database.exec('DELETE FROM staged')
      return {
        runId, startedAt, snapshot, digest, phase: 'fetching', pages: 0, next: null, rows: 0, rejected: 0, unreadable: 0, misshaped: {}, cursor: snapshot.changesFrom, rejectedRows: [],
      }
    })
  }

  /** Forgets what is staged, and gives back its room on the disk. */
  clear(): void {
    if (this.#progress === null) return
    this.step(() => {
      this.#database.exec('DELETE FROM staged')
      return null
    })
    this.#database.exec('VACUUM; PRAGMA wal_checkpoint(TRUNCATE)')
  }

  /**
   * Durable when it returns: what `change` puts here, and the progress that it returns. Throws, and changes nothing, when
   * another process has gone on with this stage: that one owns sync now.
   */
  step<P extends LoadProgress | null>(change: () => P): P {
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      const progress = change()
      if (this.#save.run(JSON.stringify(progress), this.#revision).changes !== 1) throw new Error('Another process has gone on with this load')
      this.#database.exec('COMMIT')
      this.#revision++
      this.#progress = progress
      return progress
    } catch (error) {
      this.#database.exec('ROLLBACK')
      throw error
    }
  }

  /** False when the account is there already: the first of two counts. Within `step`. */
  put({ key, contentHash, account }: Omit<StagedAccount, 'row'>): boolean {
    return this.#put.run(key, contentHash, account).changes === 1
  }

  /** What is newer takes its place. Within `step`. */
  replace({ key, contentHash, account }: Omit<StagedAccount, 'row'>): void {
    this.#replace.run(key, contentHash, account)
  }

  /** Within `step`. */
  remove(key: string): void {
    this.#remove.run(key)
  }

  /** @param after 0 for the first ones */
  pageAfter(after: number, limit: number): StagedAccount[] {
    return this.#page.all(after, limit).map((columns) => {
      const [row, key, contentHash, account] = columns as unknown as [number, string, string, string]
      return { row, key, contentHash, account }
    })
  }

  /** Which of these accounts are staged, or were told in a row that was rejected. */
  present(keys: readonly string[]): Set<string> {
    return new Set(this.#present.all(JSON.stringify(keys)).map((columns) => (columns as unknown as [string])[0]))
  }

  close(): void {
    this.#database.close()
  }
}

function openFor(path: string, owner: string): DatabaseSync {
  for (const lastTry of [false, true]) {
    let database: DatabaseSync | undefined
    try {
      database = new DatabaseSync(path, { timeout: BUSY_MS })
      if (prepare(database, owner)) return database
      database.close()
    } catch (error) {
      database?.close()
      // 11 SQLITE_CORRUPT, 26 SQLITE_NOTADB: the core system tells it all again.
      if (lastTry || ![11, 26].includes((error as { errcode?: number }).errcode ?? 0)) throw error
    }
    removeFiles(path)
  }
  throw new Error(`${path} cannot be made anew`)
}

/** False when the file is of another owner or shape. */
function prepare(database: DatabaseSync, owner: string): boolean {
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -${CACHE_KIB}`)
  const version = database.prepare('PRAGMA user_version').get()!['user_version'] as number
  if (version !== 0 && version !== SCHEMA_VERSION) return false
  database.exec(`
    CREATE TABLE IF NOT EXISTS owner (owner TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS load (revision INTEGER NOT NULL, progress TEXT NOT NULL);
    INSERT INTO load (revision, progress) SELECT 0, 'null' WHERE NOT EXISTS (SELECT 1 FROM load);
    CREATE TABLE IF NOT EXISTS staged (row INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, content_hash TEXT NOT NULL, account TEXT NOT NULL);
    PRAGMA user_version = ${SCHEMA_VERSION};
  `)
  database.prepare('INSERT INTO owner (owner) SELECT ? WHERE NOT EXISTS (SELECT 1 FROM owner)').run(owner)
  return database.prepare('SELECT owner FROM owner').get()!['owner'] === owner
}

function removeFiles(path: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true })
}
