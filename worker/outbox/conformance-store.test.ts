import { vi } from 'vitest'
import { describeOutboxStore } from './conformance-store.ts'
import { openIndexedStore } from './indexed-store.ts'
import { openMemoryStore } from './memory-store.ts'
import { resetBrowser } from './outbox.fixture.ts'
import { rememberingStore } from './remembering-store.ts'
import { simulatedDisk } from './simulation/simulated-disk.fixture.ts'

function indexedDatabase() {
  resetBrowser()
  return {
    open: () => openIndexedStore(),
    failCommits() {
      vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore) {
        this.transaction.abort()
        throw new DOMException('The disk is full', 'QuotaExceededError')
      })
    },
    refuse() {
      vi.spyOn(IDBFactory.prototype, 'open').mockImplementation(() => {
        throw new DOMException('blocked', 'SecurityError')
      })
    },
    end: () => void vi.restoreAllMocks(),
  }
}

describeOutboxStore('IndexedDB', indexedDatabase)

describeOutboxStore('IndexedDB, remembered by its page', () => ({ ...indexedDatabase(), open: () => rememberingStore(openIndexedStore) }))

describeOutboxStore('memory', () => {
  const store = openMemoryStore()
  return { open: () => store, failCommits() {}, refuse() {}, end() {} }
}, { durable: false })

describeOutboxStore("the simulation's disk", simulatedDisk)
