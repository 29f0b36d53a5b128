import { openDB } from 'idb'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { openIndexedStore } from './indexed-store.ts'
import { DATABASE_NAME, DATABASE_VERSION } from './open-database.ts'
import { onlyReport, phone, resetBrowser, saved, simulatedDoor } from './outbox.fixture.ts'
import { OutboxUnavailableError } from './outbox-store.ts'

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
    await expect(store.listReports()).rejects.toThrow(OutboxUnavailableError)
    resetBrowser()
    vi.restoreAllMocks()
    expect(await store.listReports()).toEqual([])
  })

  test('a database that never opens counts as none', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    globalThis.indexedDB.open = () => new IDBOpenDBRequest()
    const refused = expect(openIndexedStore().listReports()).rejects.toThrow(OutboxUnavailableError)
    await vi.advanceTimersByTimeAsync(5_000)
    await refused
    vi.useRealTimers()
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
