import type { Page } from '@playwright/test'

const HELD = 'the store is held'
/** Far longer than the signal that stops the process takes. */
const BUSY_MS = 20_000

/**
 * Stops a tab's process within a transaction over everything, the one that it has under way: the browser takes it back
 * after a minute, and each that waited behind it in the same tab would cost everybody a minute more.
 */
export async function stopWithinWrite(pid: number, page: Page): Promise<void> {
  const held = page.waitForEvent('console', (message) => message.text() === HELD)
  // It answers once the process goes on, if ever.
  page.evaluate(holdStore, { held: HELD, busyMs: BUSY_MS }).catch(() => {})
  await held
  process.kill(pid, 'SIGSTOP')
}

/** Keeps the only thread of the page busy inside the transaction, so that nothing else of the page begins one. */
async function holdStore({ held, busyMs }: { held: string; busyMs: number }): Promise<void> {
  // oxlint-disable-next-line typescript/unbound-method -- called on a database alone
  const begin = IDBDatabase.prototype.transaction
  const database = await new Promise<IDBDatabase>((resolve) => {
    const opening = indexedDB.open('stormdoor')
    opening.addEventListener('success', () => resolve(opening.result))
  })
  await holdAlone()

  /** Lets go and begins again when the page itself began a transaction behind it. */
  function holdAlone(): Promise<void> {
    let isAlone = true
    IDBDatabase.prototype.transaction = function (...args) {
      isAlone = false
      return begin.apply(this, args)
    }
    const transaction = begin.call(database, database.objectStoreNames, 'readwrite')
    const request = transaction.objectStore('notes').get('nothing')
    request.addEventListener('success', () => {
      IDBDatabase.prototype.transaction = begin
      if (!isAlone) return
      // oxlint-disable-next-line no-console -- the one way to be heard from within
      console.debug(held)
      const endMs = performance.now() + busyMs
      while (performance.now() < endMs);
    })
    return new Promise((resolve) => {
      transaction.addEventListener('complete', () => resolve(isAlone ? undefined : holdAlone()))
    })
  }
}
