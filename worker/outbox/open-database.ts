import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import type { Draft, ReportRecord } from './report-record.ts'
import { inTime } from './in-time.ts'

export const DATABASE_NAME = 'stormdoor'

/**
 * Not to be raised lightly: a frozen tab of an older release keeps its connection, and an upgrade waits for it.
 * What a later release adds goes into `notes` under keys of its own: every older page leaves those alone.
 */
export const DATABASE_VERSION = 1

/** Some browsers hang on open, in private modes and after a restart. */
const OPEN_TIMEOUT_MS = 5_000
const FIRST_ABORT_WAIT_MS = 10
const LONGEST_ABORT_WAIT_MS = 320

export interface OutboxSchema extends DBSchema {
  reports: { key: string; value: ReportRecord }
  /** `report` and, of each login, `report:<login>`: a release that knows no logins finds nobody's alone. */
  drafts: { key: string; value: Draft }
  notes: { key: string; value: unknown }
}
export type OutboxDatabase = IDBPDatabase<OutboxSchema>

/**
 * Opens the database at this version, or at the newer one that a later release left.
 * @param onGone the connection is closed: for an upgrade or a deletion elsewhere, or by the browser
 */
export async function openDatabase(onGone: () => void): Promise<OutboxDatabase> {
  return inTime(OPEN_TIMEOUT_MS, openPatiently(onGone))
}

/** Who is told that the database is gone and opens it at once is too early: the browser closes that too while it clears the site's data. */
async function openPatiently(onGone: () => void): Promise<OutboxDatabase> {
  let version: number | undefined = DATABASE_VERSION
  for (let waitMs = FIRST_ABORT_WAIT_MS; ; ) {
    try {
      return await openAt(version, onGone)
    } catch (error) {
      const name = error instanceof DOMException ? error.name : null
      if (name === 'VersionError' && version !== undefined) version = undefined
      else if (name === 'AbortError' && waitMs <= LONGEST_ABORT_WAIT_MS) {
        await new Promise((resolve) => setTimeout(resolve, waitMs))
        waitMs *= 2
      } else throw error
    }
  }
}

function openAt(version: number | undefined, onGone: () => void): Promise<OutboxDatabase> {
  return openDB<OutboxSchema>(DATABASE_NAME, version, {
    upgrade(database, oldVersion) {
      if (oldVersion < 1) {
        database.createObjectStore('reports', { keyPath: 'id' })
        database.createObjectStore('drafts')
        database.createObjectStore('notes')
      }
    },
    blocking(_current, _blocked, event) {
      ;(event.target as IDBDatabase).close()
      onGone()
    },
    terminated: onGone,
  })
}
