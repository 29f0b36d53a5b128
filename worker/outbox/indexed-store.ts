import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB } from 'idb'
import { type OutboxStore, OutboxUnavailableError } from './outbox-store.ts'
import type { Draft, ReportRecord } from './report-record.ts'

export const DATABASE_NAME = 'stormdoor'

/**
 * Raised when a store is added. Versions only ever add: an old page beside a new worker
 * reads the newer database, and what it does not know it leaves alone.
 */
export const DATABASE_VERSION = 1

/** A browser that hangs on open (seen in private modes) is one that keeps nothing. */
const OPEN_TIMEOUT_MS = 5_000

interface Schema extends DBSchema {
  reports: { key: string; value: ReportRecord }
  drafts: { key: 'report'; value: Draft }
  notes: { key: string; value: unknown }
}
type Database = IDBPDatabase<Schema>
type StoreName = 'reports' | 'drafts' | 'notes'

/**
 * The outbox in IndexedDB: one record per report, strictly durable.
 * Opens at first use, steps aside for an upgrade in another tab, and opens again after the browser dropped it.
 */
export function openIndexedStore(): OutboxStore {
  let opening: Promise<Database> | null = null

  const forget = () => {
    opening = null
  }
  const connect = () => (opening ??= open(forget).catch((error: unknown) => {
    forget()
    throw error
  }))

  /** Tries once more when the connection was dropped between two uses (iOS does so in the background). */
  async function use<T>(work: (database: Database) => Promise<T>): Promise<T> {
    try {
      const database = await connect()
      try {
        return await work(database)
      } catch (error) {
        if (!isLostConnection(error)) throw error
        forget()
        return await work(await connect())
      }
    } catch (error) {
      throw new OutboxUnavailableError('This browser does not keep data', { cause: error })
    }
  }

  return {
    durable: true,
    transact: (change) =>
      use((database) =>
        write(database, ['reports', 'drafts'], async (transaction) => {
          const reports = transaction.objectStore('reports')
          const drafts = transaction.objectStore('drafts')
          const { put = [], remove = [], dropDraft, result } = change(await reports.getAll())
          await Promise.all([...put.map((record) => reports.put(record)), ...remove.map((id) => reports.delete(id))])
          if (dropDraft !== undefined && (await drafts.get('report'))?.id === dropDraft) await drafts.delete('report')
          return result
        }),
      ),
    listReports: () => use((database) => database.getAll('reports')),
    readDraft: () => use((database) => database.get('drafts', 'report')),
    writeDraft: (draft) =>
      use((database) =>
        write(database, ['reports', 'drafts'], async (transaction) => {
          const saved = await transaction.objectStore('reports').getKey(draft.id)
          if (saved === undefined) await transaction.objectStore('drafts').put(draft, 'report')
        }),
      ),
    readNote: (name) => use((database) => database.get('notes', name)),
    writeNote: (name, value) =>
      use(async (database) => {
        await (value === undefined ? database.delete('notes', name) : database.put('notes', value, name))
      }),
  }
}

/** All or nothing, and on disk before it resolves. */
async function write<N extends StoreName, T>(
  database: Database,
  stores: N[],
  work: (transaction: IDBPTransaction<Schema, N[], 'readwrite'>) => Promise<T>,
): Promise<T> {
  const transaction = database.transaction(stores, 'readwrite', { durability: 'strict' })
  // A failed write is told below; this only keeps the same failure from being reported twice.
  transaction.done.catch(() => {})
  try {
    const result = await work(transaction)
    await transaction.done
    return result
  } catch (error) {
    if (!transaction.error) abortQuietly(transaction)
    throw error
  }
}

function abortQuietly(transaction: { abort(): void }): void {
  try {
    transaction.abort()
  } catch {
    // It has ended by itself.
  }
}

async function open(onGone: () => void): Promise<Database> {
  const request = openAt(DATABASE_VERSION, onGone).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'VersionError') return openAt(undefined, onGone)
    throw error
  })
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('IndexedDB did not open in time')), OPEN_TIMEOUT_MS)
  })
  try {
    return await Promise.race([request, timeout])
  } finally {
    clearTimeout(timer)
  }
}

function openAt(version: number | undefined, onGone: () => void): Promise<Database> {
  return openDB<Schema>(DATABASE_NAME, version, {
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

function isLostConnection(error: unknown): boolean {
  return error instanceof DOMException && (error.name === 'InvalidStateError' || (error.name === 'UnknownError' && /connection/i.test(error.message)))
}
