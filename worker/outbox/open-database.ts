import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import type { Draft, FollowUpRecord, ReportRecord } from './report-record.ts'
import { OpenTimeoutError } from './storage-fault.ts'

export const DATABASE_NAME = 'stormdoor'

/**
 * Raised when a store is added. Versions only ever add: an old page beside a new worker
 * reads the newer database, and what it does not know it leaves alone.
 * 1: reports, drafts, notes. 2: follow-ups.
 */
export const DATABASE_VERSION = 2

/** Some browsers hang on open, in private modes and after a restart. */
const OPEN_TIMEOUT_MS = 5_000

export interface OutboxSchema extends DBSchema {
  reports: { key: string; value: ReportRecord }
  drafts: { key: 'report'; value: Draft }
  notes: { key: string; value: unknown }
  'follow-ups': { key: string; value: FollowUpRecord }
}
export type OutboxDatabase = IDBPDatabase<OutboxSchema>

/**
 * Opens the database at this version, or at the newer one that a later release left.
 * @param onGone the connection is closed: for an upgrade or a deletion elsewhere, or by the browser
 */
export async function openDatabase(onGone: () => void): Promise<OutboxDatabase> {
  const request = openAt(DATABASE_VERSION, onGone).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'VersionError') return openAt(undefined, onGone)
    throw error
  })
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new OpenTimeoutError('IndexedDB did not open in time')), OPEN_TIMEOUT_MS)
  })
  try {
    return await Promise.race([request, timeout])
  } finally {
    clearTimeout(timer)
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
      if (oldVersion < 2) database.createObjectStore('follow-ups', { keyPath: 'id' })
    },
    blocking(_current, _blocked, event) {
      ;(event.target as IDBDatabase).close()
      onGone()
    },
    terminated: onGone,
  })
}
