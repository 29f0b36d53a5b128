import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { AccountDigest } from '../../server/core-system/account-digest.ts'

const BUSY_MS = 10_000

/**
 * A version of an account counts from its `number` up to, not including, `until`; without a `row` the account is closed.
 * So every snapshot is a range of numbers that nothing changes later, and the numbers are the change feed.
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS state (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1), store_id TEXT NOT NULL, newest INTEGER NOT NULL, oldest INTEGER NOT NULL,
    accounts INTEGER NOT NULL, digest TEXT NOT NULL, repeats INTEGER NOT NULL, conflicts INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS account_versions (
    number INTEGER PRIMARY KEY, account_number TEXT NOT NULL, row TEXT, until INTEGER
  ) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS newest_versions ON account_versions (account_number) WHERE until IS NULL;
  CREATE TABLE IF NOT EXISTS snapshots (
    number INTEGER PRIMARY KEY, taken_at TEXT NOT NULL, accounts INTEGER NOT NULL, digest TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS deliveries (
    place INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, report_id TEXT, reference TEXT NOT NULL,
    received_at TEXT NOT NULL, body BLOB NOT NULL, body_sha256 TEXT NOT NULL, times INTEGER NOT NULL
  ) STRICT;
`

/** Opens the stand-in's own store, makes it when there is none. Several processes may have it open. */
export function openCoreFile(path: string): DatabaseSync {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const database = new DatabaseSync(path, { timeout: BUSY_MS })
  // What was taken survives a killed process; a machine that loses its power may lose the last moments of a stand-in.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
  inTransaction(database, () => {
    database.exec(SCHEMA)
    database.prepare('INSERT OR IGNORE INTO state VALUES (1, ?, 0, 0, 0, ?, 0, 0)').run(randomBytes(6).toString('hex'), new AccountDigest().toString())
  })
  return database
}

/** All or nothing. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    database.exec('COMMIT')
    return result
  } catch (error) {
    database.exec('ROLLBACK')
    throw error
  }
}
