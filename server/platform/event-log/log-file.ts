import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { SHARE_SCHEMA } from './commit-share.ts'

const SCHEMA_VERSION = 1
const BUSY = 5
const JOURNAL_BYTES_KEPT = 64 * 1024 * 1024
/** Appends wait while a checkpoint is written: often and short is a better tail than seldom and long. */
const CHECKPOINT_PAGES = 1_000
const READER_BUSY_MS = 1_000

/**
 * `position` counts from 1 without gaps within a topic, so lag is a subtraction and a lost row would show.
 * The first record of an id is the one with `conflict = 0`: the partial index lets only one in.
 */
const SCHEMA = `
  CREATE TABLE log (log_id TEXT NOT NULL) STRICT;
  CREATE TABLE topics (
    topic TEXT PRIMARY KEY, records INTEGER NOT NULL, conflicts INTEGER NOT NULL, newest_hlc TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE records (
    topic TEXT NOT NULL, position INTEGER NOT NULL, id BLOB NOT NULL, conflict INTEGER NOT NULL,
    body_hash TEXT NOT NULL, envelope TEXT NOT NULL, UNIQUE (topic, position)
  ) STRICT;
  CREATE UNIQUE INDEX first_records ON records (topic, id) WHERE conflict = 0;
  CREATE UNIQUE INDEX conflicting_records ON records (topic, id, body_hash) WHERE conflict = 1;
  CREATE TABLE cursors (
    consumer TEXT NOT NULL, partition TEXT NOT NULL, position TEXT NOT NULL, PRIMARY KEY (consumer, partition)
  ) STRICT, WITHOUT ROWID;
`

/** Added to a file of any Stormdoor before; an older one passes it over. */
const ADDED_SCHEMA = `
  CREATE TABLE IF NOT EXISTS cursor_epochs (
    consumer TEXT NOT NULL, partition TEXT NOT NULL, epoch TEXT NOT NULL, PRIMARY KEY (consumer, partition)
  ) STRICT, WITHOUT ROWID;
  ${SHARE_SCHEMA}
`

interface WriterFile {
  database: DatabaseSync
  logId: string
  /** Of every record in the file; null when it has none. */
  newestHlc: string | null
}

export interface WriterFileOptions {
  path: string
  /** How long the lock of another process is waited for, milliseconds. */
  busyBoundMs: number
  /** When given, the file must be this log: a writer that starts again never makes a new one in its place. */
  logId?: string
  /** Upper bound of the file in pages of 4 kB, as a full disk would be one. */
  maxPages?: number
}

/**
 * Opens the log's file for writing and makes it when there is none (readable by its owner alone: it holds personal data).
 * Throws when it cannot, when it is another log, or when a newer Stormdoor has written it.
 */
export function openWriterFile(options: WriterFileOptions): WriterFile {
  if (options.logId === undefined) {
    mkdirSync(dirname(options.path), { recursive: true, mode: 0o700 })
    closeSync(openSync(options.path, 'a', 0o600))
  } else closeSync(openSync(options.path, 'r+'))
  const database = new DatabaseSync(options.path, { timeout: 0 })
  try {
    const mode = whenFree(options.busyBoundMs, () => database.prepare('PRAGMA journal_mode = WAL').get())
    if (mode?.['journal_mode'] !== 'wal') throw new Error(`${options.path} is on a file system that cannot share memory: use a local disk`)
    database.exec(`PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}; PRAGMA journal_size_limit = ${JOURNAL_BYTES_KEPT}`)
    whenFree(options.busyBoundMs, () => database.exec('BEGIN IMMEDIATE'))
    bringToSchema(database, options.logId)
    database.exec(ADDED_SCHEMA)
    database.exec('COMMIT')
    if (options.maxPages !== undefined) database.exec(`PRAGMA max_page_count = ${options.maxPages}`)
    const found = database.prepare('SELECT log_id, (SELECT max(newest_hlc) FROM topics) AS newest FROM log').get()
    const logId = String(found?.['log_id'])
    if (options.logId !== undefined && logId !== options.logId) throw new Error(`${options.path} is now another event log`)
    return { database, logId, newestHlc: String(found?.['newest'] ?? '') || null }
  } catch (error) {
    database.close()
    throw error
  }
}

/** A second connection to a file that a writer has opened; it can only read. */
export function openReaderFile(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: READER_BUSY_MS })
  database.exec('PRAGMA query_only = ON')
  return database
}

function bringToSchema(database: DatabaseSync, logId: string | undefined): void {
  const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version'])
  if (version > SCHEMA_VERSION) {
    throw new Error(`The event log was written by a newer Stormdoor (format ${version}; this one knows ${SCHEMA_VERSION})`)
  }
  if (version === SCHEMA_VERSION) return
  if (logId !== undefined) throw new Error('The event log was emptied while it was in use')
  database.exec(SCHEMA)
  database.prepare('INSERT INTO log VALUES (?)').run(crypto.randomUUID())
  database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`)
}

/**
 * Runs `attempt` until no other connection holds the lock. SQLite's own waiting grows to 100 ms a step, which starves
 * a process beside one that appends without pause; transactions here last about a millisecond, so the steps stay as short.
 * Blocks its thread. Throws SQLite's error when `boundMs` have passed.
 */
export function whenFree<T>(boundMs: number, attempt: () => T): T {
  const startMs = performance.now()
  for (let tries = 1; ; tries++) {
    try {
      return attempt()
    } catch (error) {
      if (sqliteCode(error) !== BUSY || performance.now() - startMs > boundMs) throw error
      sleepBlocking((0.1 + Math.random() * 0.4) * Math.min(tries, 10))
    }
  }
}

const never = new Int32Array(new SharedArrayBuffer(4))
function sleepBlocking(durationMs: number): void {
  Atomics.wait(never, 0, 0, durationMs)
}

/** SQLite's primary result code (https://sqlite.org/rescode.html); null when the error is none of SQLite's. */
export function sqliteCode(error: unknown): number | null {
  const code = (error as { errcode?: unknown } | null)?.errcode
  return typeof code === 'number' ? code & 0xff : null
}
