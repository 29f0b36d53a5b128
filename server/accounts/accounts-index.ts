import { mkdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { accountNumberKey, type Account } from '../../domain/account.ts'
import { versionOf, type EventData, type EventEnvelope } from '../../domain/event.ts'
import type { EventLog, LogRecord, Partition, Position } from '../platform/event-log/event-log.ts'
import { readEnvironment } from '../platform/environment.ts'
import { sha256 } from '../platform/hash.ts'
import { columnHashes } from './account-columns.ts'
import { accountHash } from './account-hash.ts'

const SCHEMA_VERSION = 3
const BUSY_MS = 30_000
const READ_RECORDS = 2_000

/** Of a first fold of millions, random places in the file are held in memory. */
const CACHE_KIB = 65_536

export interface IndexedAccount {
  /** accountNumberKey of its number. */
  key: string
  /** Id of the newest event of the account. */
  eventId: string
  /** accountHash of what that event says; empty when it closed the account. */
  contentHash: string
  /** columnHashes of what that event says; empty when it closed the account. */
  columns: Uint8Array
  closed: boolean
}

/** Where a log's index lies: beside an embedded one, so that they are moved and lost together; else in the data folder, a file for each log. */
export function accountsIndexPath(eventLogUrl: string): string {
  if (!eventLogUrl.startsWith('sqlite:')) {
    const { STORMDOOR_DATA: folder } = readEnvironment(['STORMDOOR_DATA'])
    return join(folder, 'log-index', `accounts-${sha256(eventLogUrl).slice(0, 12)}.sqlite`)
  }
  return join(dirname(eventLogUrl.replace(/^sqlite:/, '')), 'accounts-index.sqlite')
}

/**
 * Which event of each account is its newest, folded from the log alone and kept on disk: how an import and sync see
 * what is already there, and an export finds what to write. Holds no personal data: those stay in the log.
 * Several processes may use it at once; lost or of another log, it is made anew.
 */
export class AccountsIndex {
  readonly #database: DatabaseSync
  readonly #select: StatementSync
  readonly #selectAfter: StatementSync
  readonly #upsert: StatementSync

  /** @param path a file; its folder is made when it is missing */
  constructor(path: string, logId: string) {
    mkdirSync(dirname(path), { recursive: true })
    this.#database = openFor(path, logId)
    const columns = 'key, event_id, content_hash, columns, closed'
    this.#select = this.#database.prepare(`SELECT ${columns} FROM account WHERE key IN (SELECT value FROM json_each(?))`)
    this.#selectAfter = this.#database.prepare(`SELECT ${columns} FROM account WHERE key > ? AND closed = 0 ORDER BY key LIMIT ?`)
    for (const statement of [this.#select, this.#selectAfter]) statement.setReturnArrays(true)
    this.#upsert = this.#database.prepare(
      `INSERT INTO account (key, version, event_id, content_hash, columns, closed) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET version = excluded.version, event_id = excluded.event_id, content_hash = excluded.content_hash,
         columns = excluded.columns, closed = excluded.closed
       WHERE excluded.version > version`,
    )
  }

  /** Folds what the log has gained up to its tail. */
  async catchUp(log: Pick<EventLog, 'partitions' | 'read'>, signal: AbortSignal = new AbortController().signal): Promise<void> {
    for (const partition of await log.partitions('accounts')) {
      while (!(await this.#foldToTail(log, partition, signal))) signal.throwIfAborted()
    }
  }

  /** The newest of each account that is known, closed ones included. @param keys accountNumberKey of each, at most some thousands */
  findMany(keys: readonly string[]): Map<string, IndexedAccount> {
    return new Map(this.#select.all(JSON.stringify(keys)).map((row) => indexedOf(row)).map((account) => [account.key, account]))
  }

  /** The next accounts that are not closed, by key in byte order. @param after '' for the first ones */
  openAfter(after: string, limit: number): IndexedAccount[] {
    return this.#selectAfter.all(after, limit).map((row) => indexedOf(row))
  }

  /** How many accounts are not closed. Reads them all: a second for some millions. */
  countOpen(): number {
    return this.#database.prepare('SELECT count(*) AS count FROM account WHERE closed = 0').get()!['count'] as number
  }

  /** Ids of the newest events of accounts that are not closed, by account key in byte order, as of the first step. */
  *eventIds(): Generator<string> {
    for (const row of this.#database.prepare('SELECT event_id FROM account WHERE closed = 0 ORDER BY key').iterate()) yield row['event_id'] as string
  }

  close(): void {
    this.#database.close()
  }

  #position(partition: Partition): Position | null {
    const row = this.#database.prepare('SELECT position FROM progress WHERE partition = ?').get(partition)
    return (row?.['position'] as Position | undefined) ?? null
  }

  /** False when another process has moved on meanwhile: start again from where it came to. */
  async #foldToTail(log: Pick<EventLog, 'read'>, partition: Partition, signal: AbortSignal): Promise<boolean> {
    let after = this.#position(partition)
    for await (const batch of log.read(partition, after, { signal, follow: false, maxRecords: READ_RECORDS })) {
      if (!this.#fold(partition, after, batch)) return false
      after = batch.at(-1)!.position
    }
    return true
  }

  /** False, and nothing applied, when the index is no longer at `expected`. */
  #fold(partition: Partition, expected: Position | null, batch: readonly LogRecord[]): boolean {
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      const fenced = this.#position(partition) === expected
      if (fenced) {
        for (const { first, envelope } of batch) {
          if (first) this.#take(envelope)
        }
        this.#database
          .prepare('INSERT INTO progress (partition, position) VALUES (?, ?) ON CONFLICT (partition) DO UPDATE SET position = excluded.position')
          .run(partition, batch.at(-1)!.position)
      }
      this.#database.exec('COMMIT')
      return fenced
    } catch (error) {
      this.#database.exec('ROLLBACK')
      throw error
    }
  }

  #take(envelope: EventEnvelope): void {
    const version = versionOf(envelope)
    // Data of each type are as eventTypes in domain/event.ts says.
    if (envelope.type === 'account.upserted.v1') {
      const account = envelope.data as Account
      this.#upsert.run(accountNumberKey(account.accountNumber), version, envelope.id, accountHash(account), columnHashes(account), 0)
    } else if (envelope.type === 'account.closed.v1') {
      const { accountNumber } = envelope.data as EventData<'account.closed.v1'>
      this.#upsert.run(accountNumberKey(accountNumber), version, envelope.id, '', new Uint8Array(), 1)
    }
  }
}

/** @param row an array, in the order of the columns that are selected */
function indexedOf(row: unknown): IndexedAccount {
  const [key, eventId, contentHash, columns, closed] = row as [string, string, string, Uint8Array, number]
  return { key, eventId, contentHash, columns, closed: closed === 1 }
}

function openFor(path: string, logId: string): DatabaseSync {
  for (const lastTry of [false, true]) {
    let database: DatabaseSync | undefined
    try {
      database = new DatabaseSync(path, { timeout: BUSY_MS })
      if (prepare(database, logId)) return database
      database.close()
    } catch (error) {
      database?.close()
      // 11 SQLITE_CORRUPT, 26 SQLITE_NOTADB: everything in it can be folded again.
      if (lastTry || ![11, 26].includes((error as { errcode?: number }).errcode ?? 0)) throw error
    }
    for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true })
  }
  throw new Error(`${path} cannot be made anew`)
}

/** False when the file is of another log or another shape. */
function prepare(database: DatabaseSync, logId: string): boolean {
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -${CACHE_KIB}`)
  const version = database.prepare('PRAGMA user_version').get()!['user_version'] as number
  if (version !== 0 && version !== SCHEMA_VERSION) return false
  database.exec(`
    BEGIN IMMEDIATE;
    CREATE TABLE IF NOT EXISTS identity (log_id TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS progress (partition TEXT PRIMARY KEY, position TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS account (
      key TEXT PRIMARY KEY, version TEXT NOT NULL, event_id TEXT NOT NULL, content_hash TEXT NOT NULL, columns BLOB NOT NULL, closed INTEGER NOT NULL
    ) WITHOUT ROWID;
    PRAGMA user_version = ${SCHEMA_VERSION};
  `)
  database.prepare('INSERT INTO identity (log_id) SELECT ? WHERE NOT EXISTS (SELECT 1 FROM identity)').run(logId)
  const same = database.prepare('SELECT log_id FROM identity').get()!['log_id'] === logId
  database.exec('COMMIT')
  return same
}
