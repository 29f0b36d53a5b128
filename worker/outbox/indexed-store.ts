import type { IDBPTransaction } from 'idb'
import { FRESH_LINE, type Line } from './line.ts'
import { openDatabase, type OutboxDatabase, type OutboxSchema } from './open-database.ts'
import { type OutboxStore, OutboxUnavailableError } from './outbox-store.ts'

type StoreName = 'reports' | 'drafts' | 'notes' | 'follow-ups'

const EVERYTHING: StoreName[] = ['reports', 'follow-ups', 'drafts', 'notes']
const LINE_NOTE = 'line'

/**
 * The outbox in IndexedDB: one record per report, strictly durable.
 * Opens at first use, steps aside for an upgrade in another tab, and opens again after the browser dropped it.
 */
export function openIndexedStore(): OutboxStore {
  let opening: Promise<OutboxDatabase> | null = null

  const forget = () => {
    opening = null
  }
  const connect = () => (opening ??= openDatabase(forget).catch((error: unknown) => {
    forget()
    throw error
  }))

  /** Tries once more when the connection was dropped between two uses (iOS does so in the background). */
  async function use<T>(work: (database: OutboxDatabase) => Promise<T>): Promise<T> {
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
      throw new OutboxUnavailableError('broken', 'This browser does not keep data', { cause: error })
    }
  }

  return {
    durable: true,
    transact: (change) =>
      use((database) =>
        write(database, EVERYTHING, async (transaction) => {
          const reports = transaction.objectStore('reports')
          const followUps = transaction.objectStore('follow-ups')
          const drafts = transaction.objectStore('drafts')
          const notes = transaction.objectStore('notes')
          const [standing, following, line] = await Promise.all([reports.getAll(), followUps.getAll(), notes.get(LINE_NOTE)])
          const changed = change({ reports: standing, followUps: following, line: { ...FRESH_LINE, ...(line as Line | undefined) } })
          const { put = [], putFollowUps = [], remove = [], removeFollowUps = [], dropDraft } = changed
          await Promise.all([
            ...put.map((record) => reports.put(record)),
            ...putFollowUps.map((record) => followUps.put(record)),
            ...remove.map((id) => reports.delete(id)),
            ...removeFollowUps.map((id) => followUps.delete(id)),
            ...(changed.line ? [notes.put(changed.line, LINE_NOTE)] : []),
          ])
          if (dropDraft !== undefined && (await drafts.get('report'))?.id === dropDraft) await drafts.delete('report')
          return changed.result
        }),
      ),
    listReports: () => use((database) => database.getAll('reports')),
    listFollowUps: () => use((database) => database.getAll('follow-ups')),
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
  database: OutboxDatabase,
  stores: N[],
  work: (transaction: IDBPTransaction<OutboxSchema, N[], 'readwrite'>) => Promise<T>,
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

function isLostConnection(error: unknown): boolean {
  return error instanceof DOMException && (error.name === 'InvalidStateError' || (error.name === 'UnknownError' && /connection/i.test(error.message)))
}
