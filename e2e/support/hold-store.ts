import type { Page } from '@playwright/test'

/** Keeps a transaction over everything open for as long as this tab runs or is stopped. */
export async function holdStore(page: Page): Promise<void> {
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const opening = indexedDB.open('stormdoor')
        opening.addEventListener('success', () => {
          const store = opening.result.transaction(opening.result.objectStoreNames, 'readwrite').objectStore('notes')
          const goOn = () => {
            resolve()
            store.get('nothing').addEventListener('success', goOn)
          }
          goOn()
        })
      }),
  )
}
