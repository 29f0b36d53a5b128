import type { IDBPObjectStore, IDBPTransaction } from 'idb'
import { inTime } from './in-time.ts'
import { FRESH_LINE, type Line } from './line.ts'
import { openDatabase, type OutboxDatabase, type OutboxSchema } from './open-database.ts'
import { draftKey, ownerOf } from './ownership.ts'
import { type Change, type Contents, type OutboxStore, OutboxUnavailableError } from './outbox-store.ts'
import type { FollowUpRecord } from './report-record.ts'
import { mayHelpToReopen, StorageTimeoutError, unavailable } from './storage-fault.ts'

type StoreName = 'reports' | 'drafts' | 'notes'

const EVERYTHING: StoreName[] = ['reports', 'drafts', 'notes']
const LINE_NOTE = 'line'
const FOLLOW_UP_NOTES = 'follow-up:'

/** A tab that was stopped in the middle of a transaction holds up every other one for as long as it is stopped. */
const ANSWER_TIMEOUT_MS = 10_000

/**
 * The outbox in IndexedDB: one record per report, strictly durable.
 * Opens at first use, steps aside for an upgrade in another tab, and opens again after the browser dropped it.
 * @param onGone called when the open database was closed under us: for an upgrade, by a deletion or by the browser
 */
export function openIndexedStore(onGone: () => void = () => {}): OutboxStore {
  let opening: Promise<OutboxDatabase> | null = null

  const connect = () => {
    const mine = (opening ??= openDatabase(() => {
      if (opening === mine) opening = null
      onGone()
    }))
    mine.catch(() => {
      if (opening === mine) opening = null
    })
    return mine
  }
  const reconnect = () => {
    opening?.then((database) => database.close(), () => {})
    opening = null
    return connect()
  }

  /** Tries once more on a new connection where that can help: every change may run again, for it looks at what stands. */
  async function use<T>(work: (database: OutboxDatabase) => Promise<T>): Promise<T> {
    try {
      try {
        return await work(await connect())
      } catch (error) {
        if (error instanceof ChangeError || !mayHelpToReopen(error)) throw error
        return await work(await reconnect())
      }
    } catch (error) {
      if (error instanceof ChangeError) throw error.cause
      throw unavailable(error)
    }
  }

  const ask = <T>(work: (database: OutboxDatabase) => Promise<T>) => use((database) => inTime(ANSWER_TIMEOUT_MS, work(database)))

  const transact: OutboxStore['transact'] = (change) =>
    use((database) =>
      write(database, EVERYTHING, async (transaction) => {
        const reports = transaction.objectStore('reports')
        const drafts = transaction.objectStore('drafts')
        const notes = transaction.objectStore('notes')
        const [standing, following, line] = await Promise.all([reports.getAll(), notes.getAll(followUpKeys()), notes.get(LINE_NOTE)])
        const changed = apply(change, { reports: standing, followUps: following as FollowUpRecord[], line: { ...FRESH_LINE, ...(line as Line | undefined) } })
        const { put = [], putFollowUps = [], remove = [], removeFollowUps = [], dropDraft } = changed
        await Promise.all([
          ...put.map((record) => reports.put(record)),
          ...putFollowUps.map((record) => notes.put(record, FOLLOW_UP_NOTES + record.id)),
          ...remove.map((id) => reports.delete(id)),
          ...removeFollowUps.map((id) => notes.delete(FOLLOW_UP_NOTES + id)),
          ...(changed.line ? [notes.put(changed.line, LINE_NOTE)] : []),
        ])
        if (dropDraft !== undefined) await forgetDraft(drafts, dropDraft)
        return changed.result
      }),
    )

  return {
    durable: true,
    async transact(change) {
      try {
        return await transact(change)
      } catch (error) {
        if (!(error instanceof OutboxUnavailableError) || error.reason !== 'full') throw error
        // What was read can be read again; a report cannot be typed again.
        await ask((database) => database.delete('notes', 'read-cache')).catch(() => {})
        return transact(change)
      }
    },
    listReports: () => ask((database) => read(database, 'reports').getAll()),
    listFollowUps: () => ask((database) => read(database, 'notes').getAll(followUpKeys()) as Promise<FollowUpRecord[]>),
    readDraft: (owner = null) => ask((database) => read(database, 'drafts').get(draftKey(owner))),
    writeDraft: (draft) =>
      use((database) =>
        write(database, ['reports', 'drafts'], async (transaction) => {
          const saved = await transaction.objectStore('reports').getKey(draft.id)
          if (saved !== undefined) return
          const drafts = transaction.objectStore('drafts')
          await forgetDraft(drafts, draft.id)
          await drafts.put(draft, draftKey(ownerOf(draft)))
        }),
      ),
    readNote: (name) => ask((database) => read(database, 'notes').get(name)),
    writeNote: (name, value) =>
      ask(async (database) => {
        await (value === undefined ? database.delete('notes', name) : database.put('notes', value, name))
      }),
  }
}

/** Wherever it is kept: what nobody began becomes somebody's who signs in and goes on with it. */
async function forgetDraft(drafts: IDBPObjectStore<OutboxSchema, StoreName[], 'drafts', 'readwrite'>, id: string): Promise<void> {
  for (let cursor = await drafts.openCursor(); cursor; cursor = await cursor.continue()) {
    if (cursor.value.id === id) await cursor.delete()
  }
}

/** One note per follow-up, in the order of their ids. */
function followUpKeys(): IDBKeyRange {
  return IDBKeyRange.bound(FOLLOW_UP_NOTES, `${FOLLOW_UP_NOTES}\uffff`)
}

function read<N extends StoreName>(database: OutboxDatabase, store: N) {
  const transaction = database.transaction(store, 'readonly')
  // Its one request tells the failure; a page whose data is cleared would tell it a second time.
  transaction.done.catch(() => {})
  return transaction.objectStore(store)
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
  let isLate = false
  const timer = setTimeout(() => {
    isLate = true
    abortQuietly(transaction)
  }, ANSWER_TIMEOUT_MS)
  try {
    const result = await work(transaction)
    await transaction.done
    return result
  } catch (error) {
    if (isLate) throw new StorageTimeoutError(`IndexedDB held a change up for ${ANSWER_TIMEOUT_MS} ms; it was taken back`)
    // A commit that fails cuts its requests off; why it failed stands in the transaction alone.
    if (transaction.error) throw transaction.error
    abortQuietly(transaction)
    throw error
  } finally {
    clearTimeout(timer)
  }
}

function abortQuietly(transaction: { abort(): void }): void {
  try {
    transaction.abort()
  } catch {
    // It has ended by itself.
  }
}

/** The rule itself failed, not the disk. */
class ChangeError extends Error {
  override name = 'ChangeError'
}

function apply<T>(change: (contents: Contents) => Change<T>, contents: Contents): Change<T> {
  try {
    return change(contents)
  } catch (error) {
    throw new ChangeError('The change threw', { cause: error })
  }
}
