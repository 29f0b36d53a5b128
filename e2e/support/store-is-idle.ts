import type { Page } from '@playwright/test'

/** After what this tab still had to write: one that stops in the middle of a transaction is another fault. Runs last in the store's queue. */
export async function storeIsIdle(page: Page): Promise<void> {
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const opening = indexedDB.open('stormdoor')
        opening.addEventListener('success', () => {
          const database = opening.result
          database.transaction(database.objectStoreNames, 'readwrite').addEventListener('complete', () => {
            database.close()
            resolve()
          })
        })
      }),
  )
}
