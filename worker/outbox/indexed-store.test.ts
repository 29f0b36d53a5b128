import { openDB } from 'idb'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { openIndexedStore } from './indexed-store.ts'
import { DATABASE_NAME, DATABASE_VERSION } from './open-database.ts'
import { onlyReport, phone, resetBrowser, saved, simulatedDoor } from './outbox.fixture.ts'

beforeEach(resetBrowser)
afterEach(() => vi.restoreAllMocks())

describe('the outbox in IndexedDB @outbox', () => {
  test('another tab reads what this one saved', async () => {
    const door = await simulatedDoor()
    const record = await saved(phone(door))
    expect(await onlyReport(phone(door))).toEqual(record)
  })

  test('steps aside for a newer version, and goes on with it afterwards', async () => {
    const outbox = phone(await simulatedDoor())
    const record = await saved(outbox)
    const newer = await openDB(DATABASE_NAME, DATABASE_VERSION + 1, { upgrade: (database) => void database.createObjectStore('later') })
    newer.close()
    expect(await onlyReport(outbox)).toEqual(record)
    await saved(outbox)
    expect(await outbox.store.listReports()).toHaveLength(2)
  })

  test('opens again after the browser dropped the connection', async () => {
    const outbox = phone(await simulatedDoor())
    await saved(outbox)
    const lost = vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementationOnce(() => {
      throw new DOMException('The database connection is closing', 'InvalidStateError')
    })
    await saved(outbox)
    expect(lost.mock.calls.length).toBeGreaterThan(1)
    expect(await outbox.store.listReports()).toHaveLength(2)
  })

  test('a browser without IndexedDB is told apart from an empty one, and tried anew later', async () => {
    const store = openIndexedStore()
    const open = vi.spyOn(IDBFactory.prototype, 'open').mockImplementation(() => {
      throw new DOMException('blocked', 'SecurityError')
    })
    globalThis.indexedDB.open = open
    await expect(store.listReports()).rejects.toMatchObject({ name: 'OutboxUnavailableError', reason: 'refused' })
    expect(open).toHaveBeenCalledTimes(1)
    resetBrowser()
    vi.restoreAllMocks()
    expect(await store.listReports()).toEqual([])
  })

  test('one that the browser closes while it is being opened, for the site’s data is being cleared, is opened again; not for ever', async () => {
    const whole = globalThis.indexedDB
    const aborting = (times: number) => vi.spyOn(whole, 'open').mockImplementation((name, version) => {
      if (times-- > 0) throw new DOMException('The connection was closed.', 'AbortError')
      return IDBFactory.prototype.open.call(whole, name, version)
    })
    aborting(3)
    expect(await openIndexedStore().listReports()).toEqual([])
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    aborting(Infinity)
    const refused = expect(openIndexedStore().listReports()).rejects.toMatchObject({ name: 'OutboxUnavailableError', reason: 'broken' })
    await vi.advanceTimersByTimeAsync(2_000)
    await refused
    vi.useRealTimers()
    vi.restoreAllMocks()
  })

  test('a database that never opens counts as none', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    globalThis.indexedDB.open = () => new IDBOpenDBRequest()
    const refused = expect(openIndexedStore().listReports()).rejects.toMatchObject({ name: 'OutboxUnavailableError', reason: 'broken' })
    await vi.advanceTimersByTimeAsync(5_000)
    await refused
    vi.useRealTimers()
  })

  test('a store that another tab holds locked counts as broken, and nothing of what was tried is done later', async () => {
    const outbox = phone(await simulatedDoor())
    const { id } = await saved(outbox)
    const release = await lockedByAnother()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const refusals = [
      expect(outbox.store.listReports()).rejects.toMatchObject({ reason: 'broken' }),
      expect(outbox.store.transact(() => ({ remove: [id], result: null }))).rejects.toMatchObject({ reason: 'broken' }),
    ]
    await new Promise((resolve) => setImmediate(resolve))
    await vi.advanceTimersByTimeAsync(10_000)
    await release()
    await Promise.all(refusals)
    vi.useRealTimers()
    expect(await onlyReport(outbox)).toMatchObject({ id })
  })

  test.each([
    ['a full disk', 'QuotaExceededError', 'The quota has been exceeded', 'full'],
    ['a full disk in Firefox', 'NS_ERROR_FILE_NO_DEVICE_SPACE', '', 'full'],
    ['a full disk in WebKit', 'UnknownError', 'Unable to store record: disk is full', 'full'],
    ['a read-only disk', 'ReadOnlyError', 'The transaction is read-only', 'refused'],
    ['a private window of old', 'InvalidStateError', 'A mutation operation was attempted on a database that did not allow mutations.', 'refused'],
    ['a corrupt database', 'UnknownError', 'Internal error', 'broken'],
  ])('%s is told by its reason, and nothing is saved', async (_name, name, message, reason) => {
    const outbox = phone(await simulatedDoor())
    await outbox.store.listReports()
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException(message, name)
    })
    await expect(saved(outbox)).rejects.toMatchObject({ name: 'OutboxUnavailableError', reason })
    vi.restoreAllMocks()
    expect(await outbox.store.listReports()).toEqual([])
  })

  test('a disk that is full only at the commit is full all the same', async () => {
    const outbox = phone(await simulatedDoor())
    await outbox.store.listReports()
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore) {
      const { transaction } = this
      queueMicrotask(() => (transaction as unknown as { _abort(name: string): void })._abort('QuotaExceededError'))
      return this.get('nothing')
    })
    await expect(saved(outbox)).rejects.toMatchObject({ reason: 'full' })
  })

  test('a phone without IndexedDB refuses', async () => {
    vi.stubGlobal('indexedDB', undefined)
    await expect(openIndexedStore().listReports()).rejects.toMatchObject({ reason: 'refused' })
    vi.unstubAllGlobals()
  })

  test('a read that the browser cuts off is read again, and told to nobody else', async () => {
    const outbox = phone(await simulatedDoor())
    const record = await saved(outbox)
    const getAll = Object.getOwnPropertyDescriptor(IDBObjectStore.prototype, 'getAll')!.value as IDBObjectStore['getAll']
    vi.spyOn(IDBObjectStore.prototype, 'getAll').mockImplementationOnce(function (this: IDBObjectStore, ...parts) {
      const request = getAll.apply(this, parts)
      this.transaction.abort()
      return request
    })
    const unheard = vi.fn<(reason: unknown) => void>()
    process.on('unhandledRejection', unheard)
    expect(await onlyReport(outbox)).toEqual(record)
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', unheard)
    expect(unheard).not.toHaveBeenCalled()
  })

  test('makes room with what can be read again, and saves', async () => {
    const outbox = phone(await simulatedDoor())
    await outbox.store.writeNote('read-cache', 'a lot')
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementationOnce(() => {
      throw new DOMException('', 'QuotaExceededError')
    })
    const record = await saved(outbox)
    expect(await onlyReport(outbox)).toEqual(record)
    expect(await outbox.store.readNote('read-cache')).toBeUndefined()
  })

  test('a rule that throws is no fault of the disk, and changes nothing', async () => {
    const outbox = phone(await simulatedDoor())
    const record = await saved(outbox)
    const rule = () => {
      throw new RangeError('not this')
    }
    await expect(outbox.store.transact(rule)).rejects.toThrow(RangeError)
    expect(await onlyReport(outbox)).toEqual(record)
  })

  test('notes are kept and forgotten', async () => {
    const store = openIndexedStore()
    await store.writeNote('locale', 'es')
    expect(await openIndexedStore().readNote('locale')).toBe('es')
    await store.writeNote('locale', undefined)
    expect(await store.readNote('locale')).toBeUndefined()
    const raw = await openDB(DATABASE_NAME)
    expect(await raw.count('notes')).toBe(0)
    raw.close()
  })
})

/** As a tab does that is stopped in the middle of a transaction, until the returned function is called. */
async function lockedByAnother(): Promise<() => Promise<void>> {
  const database = await openDB(DATABASE_NAME)
  const transaction = database.transaction(Array.from(database.objectStoreNames), 'readwrite')
  const lock = { held: true }
  const hold = async () => {
    while (lock.held) await transaction.objectStore('notes').get('nothing')
  }
  const holding = hold()
  return async () => {
    lock.held = false
    await holding
    await transaction.done
    database.close()
  }
}
