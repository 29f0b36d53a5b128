import { mkdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { ACCOUNT_FLAGS } from '../../domain/desk-choices.ts'
import type { Partition, Position } from '../platform/event-log/event-log.ts'
import { beginningsOf } from './beginnings.ts'
import type { SearchedAccount } from './searched-account.ts'

export const SCHEMA_VERSION = 2
const CACHE_KIB = 16_384

/** What is kept of an account: what is searched, and what is shown of it. */
export interface KeptAccount extends SearchedAccount {
  asOf: string
  flags: (typeof ACCOUNT_FLAGS)[number][]
}

/** What a change of an account means for what is in memory. */
export interface IndexChange {
  removed: number | null
  added: { doc: number; account: KeptAccount }
}

export type Row = [doc: number, shown: string]

/** Where a node's search keeps what it has read. */
export function searchStorePath(dataFolder: string, node: string): string {
  return join(dataFolder, 'search', `${node}.sqlite`)
}

/**
 * The accounts that are searched and how far the log was read, in a file of this node's own. Everything in it can be read from the log
 * again: lost, damaged or of another log it is made anew. One process has it at a time.
 */
export class SearchStore {
  readonly #database: DatabaseSync
  readonly #one: StatementSync
  readonly #byKey: StatementSync
  readonly #put: StatementSync
  readonly #drop: StatementSync
  readonly #versions: StatementSync
  readonly #after: StatementSync
  readonly #putWords: StatementSync
  readonly #dropWords: StatementSync
  #nextDoc: number

  /** @param path a file; its folder is made when it is missing */
  constructor(path: string, logId: string) {
    mkdirSync(dirname(path), { recursive: true })
    this.#database = openFor(path, logId)
    this.#one = this.#database.prepare('SELECT doc, shown FROM account WHERE doc = ?')
    this.#byKey = this.#database.prepare('SELECT doc, shown FROM account WHERE key = ?')
    this.#put = this.#database.prepare('INSERT INTO account (doc, key, version, shown) VALUES (?, ?, ?, ?)')
    this.#drop = this.#database.prepare('DELETE FROM account WHERE doc = ?')
    this.#versions = this.#database.prepare('SELECT version FROM account WHERE key = ?')
    this.#after = this.#database.prepare('SELECT doc, shown FROM account WHERE doc > ? ORDER BY doc LIMIT ?')
    this.#putWords = this.#database.prepare('INSERT INTO beginning (rowid, words) VALUES (?, ?)')
    this.#dropWords = this.#database.prepare("INSERT INTO beginning (beginning, rowid, words) VALUES ('delete', ?, ?)")
    for (const statement of [this.#one, this.#byKey, this.#versions, this.#after]) statement.setReturnArrays(true)
    this.#nextDoc = (this.#database.prepare('SELECT coalesce(max(doc), 0) + 1 AS next FROM account').get()!['next'] as number)
  }

  /** The accounts whose numbers here are next after this one, in ascending order, so many at the most. */
  after(doc: number, most: number): { doc: number; account: KeptAccount }[] {
    return (this.#after.all(doc, most) as unknown as Row[]).map(keptOf)
  }

  get(doc: number): KeptAccount | null {
    const row = this.#one.get(doc) as unknown as Row | undefined
    return row ? keptOf(row).account : null
  }

  ofKey(key: string): { doc: number; account: KeptAccount } | null {
    const row = this.#byKey.get(key) as unknown as Row | undefined
    return row ? keptOf(row) : null
  }

  /** Order of the event that the account was last told by; null for an unknown one. */
  versionOf(key: string): string | null {
    return (this.#versions.get(key) as unknown as [string] | undefined)?.[0] ?? null
  }

  /** Under a number greater than all before, in the place of what it was. */
  put(key: string, version: string, account: KeptAccount): IndexChange {
    const before = this.#byKey.get(key) as unknown as Row | undefined
    if (before) {
      this.#drop.run(before[0])
      this.#dropWords.run(before[0], beginningsOf(keptOf(before).account))
    }
    const doc = this.#nextDoc++
    this.#put.run(doc, key, version, JSON.stringify(account))
    this.#putWords.run(doc, beginningsOf(account))
    return { removed: before?.[0] ?? null, added: { doc, account } }
  }

  /** Flags that were told of an account that is not known yet. */
  flagsWaiting(key: string): KeptAccount['flags'] {
    const row = this.#database.prepare('SELECT flags FROM flagged WHERE key = ?').get(key)
    return row ? (JSON.parse(row['flags'] as string) as KeptAccount['flags']) : []
  }

  keepFlags(key: string, flags: KeptAccount['flags']): void {
    this.#database.prepare('INSERT INTO flagged (key, flags) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET flags = excluded.flags').run(key, JSON.stringify(flags))
  }

  position(partition: Partition): Position | null {
    return (this.#database.prepare('SELECT position FROM progress WHERE partition = ?').get(partition)?.['position'] as Position | undefined) ?? null
  }

  /** What `work` puts and the position stand together, or neither does. @param at the time of the last event of it */
  apply<T>(partition: Partition, position: Position, at: string, work: () => T): T {
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      const result = work()
      this.#database
        .prepare('INSERT INTO progress (partition, position, at) VALUES (?, ?, ?) ON CONFLICT (partition) DO UPDATE SET position = excluded.position, at = excluded.at')
        .run(partition, position, at)
      this.#database.exec('COMMIT')
      return result
    } catch (error) {
      this.#database.exec('ROLLBACK')
      throw error
    }
  }

  close(): void {
    this.#database.close()
  }
}

export function keptOf([doc, shown]: Row): { doc: number; account: KeptAccount } {
  // Written by put.
  return { doc, account: JSON.parse(shown) as KeptAccount }
}

function openFor(path: string, logId: string): DatabaseSync {
  for (const lastTry of [false, true]) {
    let database: DatabaseSync | undefined
    try {
      database = new DatabaseSync(path)
      if (prepare(database, logId)) return database
      database.close()
    } catch (error) {
      database?.close()
      // 11 SQLITE_CORRUPT, 26 SQLITE_NOTADB.
      if (lastTry || ![11, 26].includes((error as { errcode?: number }).errcode ?? 0)) throw error
    }
    for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true })
  }
  throw new Error(`${path} cannot be made anew`)
}

/** False when the file is of another log or another shape. */
function prepare(database: DatabaseSync, logId: string): boolean {
  // What was replaced is overwritten: an account that must be forgotten leaves nothing in free pages.
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON; PRAGMA cache_size = -${CACHE_KIB}`)
  const version = database.prepare('PRAGMA user_version').get()!['user_version'] as number
  if (version !== 0 && version !== SCHEMA_VERSION) return false
  database.exec(`
    CREATE TABLE IF NOT EXISTS identity (log_id TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS progress (partition TEXT PRIMARY KEY, position TEXT NOT NULL, at TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS account (doc INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, version TEXT NOT NULL, shown TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS flagged (key TEXT PRIMARY KEY, flags TEXT NOT NULL) WITHOUT ROWID;
    CREATE VIRTUAL TABLE IF NOT EXISTS beginning USING fts5(words, content = '', detail = none, columnsize = 0);
    INSERT INTO beginning (beginning, rank) VALUES ('secure-delete', 1);
    PRAGMA user_version = ${SCHEMA_VERSION};
  `)
  database.prepare('INSERT INTO identity (log_id) SELECT ? WHERE NOT EXISTS (SELECT 1 FROM identity)').run(logId)
  return database.prepare('SELECT log_id FROM identity').get()!['log_id'] === logId
}
