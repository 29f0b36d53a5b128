import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { sqliteCode } from '../log-file.ts'
import type { Logger } from '../../logger.ts'

const FORMAT = 1
const [BUSY, CORRUPT, NOT_A_DATABASE] = [5, 11, 26]
const NAMES = 100
/** Memory of the page cache, kB: the same whatever the count of ids, since the system's own cache stands behind it. */
const CACHE_KB = 16_384
/** 64 MB: at random ids a page is changed many times, and only a late checkpoint writes it once. */
const CHECKPOINT_PAGES = 16_384

/**
 * `places` are the partitions. `firsts` has the records that count in the order of the log; `ids` finds them, and is narrow
 * because at random ids each row is a page to write. `conflicts` has the other bodies under a first, `later` every record
 * that is not the first of its id. A key is 16 bytes and a hash 32; other text stays text (ANY): no foreign record stops the fold.
 */
const SCHEMA = `
  CREATE TABLE log (log_id TEXT NOT NULL) STRICT;
  CREATE TABLE places (
    place INTEGER PRIMARY KEY, partition TEXT NOT NULL UNIQUE, next INTEGER NOT NULL,
    records INTEGER NOT NULL, conflicts INTEGER NOT NULL, newest_s INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE ids (id ANY NOT NULL, place INTEGER NOT NULL, first INTEGER NOT NULL, PRIMARY KEY (id, place)) STRICT, WITHOUT ROWID;
  CREATE TABLE firsts (
    place INTEGER NOT NULL, first INTEGER NOT NULL, id ANY NOT NULL, body_hash ANY NOT NULL, time_s INTEGER NOT NULL,
    PRIMARY KEY (place, first)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE conflicts (
    place INTEGER NOT NULL, first INTEGER NOT NULL, body_hash ANY NOT NULL, PRIMARY KEY (place, first, body_hash)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE later (place INTEGER NOT NULL, offset INTEGER NOT NULL, PRIMARY KEY (place, offset)) STRICT, WITHOUT ROWID;
`

export interface IndexFileOptions {
  /** Absolute path ending in `.sqlite`; null: in memory. */
  path: string | null
  /** A file of another log is emptied. */
  logId: string
  logger?: Logger
}

export interface IndexFile {
  database: DatabaseSync
  /** The one taken; null in memory. */
  path: string | null
}

/**
 * Opens the index's file for this process alone; one that another holds is left to it and the next name is taken
 * (`api.sqlite`, `api-2.sqlite`, …). A file that is damaged, of another log or of another format is made anew.
 */
export function openIndexFile({ path, logId, logger }: IndexFileOptions): IndexFile {
  if (path === null) return { database: opened(':memory:', logId), path }
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  for (let number = 1; number <= NAMES; number++) {
    const own = number === 1 ? path : path.replace(/\.sqlite$/, `-${number}.sqlite`)
    const database = openedUnlessHeld(own, logId, logger)
    if (database) return { database, path: own }
  }
  throw new Error(`${path} and ${NAMES - 1} more files like it are in use by other processes`)
}

/** True when the file itself is at fault: then it is removed, for the next start folds a new one. */
export function removeWhenDamaged(path: string | null, error: unknown): boolean {
  const code = sqliteCode(error)
  if (code !== CORRUPT && code !== NOT_A_DATABASE) return false
  if (path !== null) for (const end of ['', '-wal', '-journal', '-shm']) rmSync(path + end, { force: true })
  return true
}

function openedUnlessHeld(path: string, logId: string, logger: Logger | undefined): DatabaseSync | null {
  for (let again = false; ; again = true) {
    try {
      return opened(path, logId)
    } catch (error) {
      if (sqliteCode(error) === BUSY) return null
      if (again || !removeWhenDamaged(path, error)) throw error
      logger?.warn({ path, reason: (error as Error).message }, 'the index of the event log is damaged and is made anew')
    }
  }
}

function opened(path: string, logId: string): DatabaseSync {
  if (path !== ':memory:') closeSync(openSync(path, 'a', 0o600))
  const database = new DatabaseSync(path, { timeout: 0 })
  try {
    // Before the first access: then SQLite keeps the lock until the process ends, however it ends.
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; BEGIN EXCLUSIVE')
    if (!isOf(database, logId)) makeAnew(database, logId)
    database.exec(`COMMIT; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -${CACHE_KB}; PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

function isOf(database: DatabaseSync, logId: string): boolean {
  if (Number(database.prepare('PRAGMA user_version').get()?.['user_version']) !== FORMAT) return false
  return database.prepare('SELECT log_id FROM log').get()?.['log_id'] === logId
}

function makeAnew(database: DatabaseSync, logId: string): void {
  const tables = database.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).all()
  for (const { name } of tables) database.exec(`DROP TABLE "${String(name)}"`)
  database.exec(SCHEMA)
  database.prepare('INSERT INTO log VALUES (?)').run(logId)
  database.exec(`PRAGMA user_version = ${FORMAT}`)
}
