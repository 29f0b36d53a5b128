import type { Page } from '@playwright/test'

const ANSWERS_WITHIN_MS = 2_000
const MOST_TRIES = 50

/**
 * Stops a tab's process at a moment when it holds no lock of the store: one that is stopped within a transaction is
 * another fault. Whether it does can only be seen from outside and afterwards.
 * @param witness a page of the same origin in another process
 */
export async function stopBetweenWrites(pid: number, witness: Page): Promise<void> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    process.kill(pid, 'SIGSTOP')
    if (await storeAnswers(witness)) return
    process.kill(pid, 'SIGCONT')
    // Until it has got out of that transaction: stopped again at once it would stand in the same one.
    await storeAnswers(witness)
  }
  throw new Error(`Process ${pid} was within a transaction ${MOST_TRIES} times`)
}

function storeAnswers(page: Page): Promise<boolean> {
  return page.evaluate(
    (withinMs) =>
      new Promise<boolean>((resolve) => {
        setTimeout(() => resolve(false), withinMs)
        const opening = indexedDB.open('stormdoor')
        opening.addEventListener('success', () => {
          const database = opening.result
          database.transaction(database.objectStoreNames, 'readwrite').addEventListener('complete', () => {
            database.close()
            resolve(true)
          })
        })
      }),
    ANSWERS_WITHIN_MS,
  )
}
