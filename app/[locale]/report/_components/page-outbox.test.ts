import { openDB } from 'idb'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { DATABASE_NAME } from '../../../../worker/outbox/open-database.ts'
import { phone, resetBrowser, saved, simulatedDoor } from '../../../../worker/outbox/outbox.fixture.ts'
import { PageOutbox } from './page-outbox.ts'

beforeEach(() => {
  resetBrowser()
  vi.stubGlobal('window', new EventTarget())
  vi.stubGlobal('document', Object.assign(new EventTarget(), { visibilityState: 'visible' }))
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no network')))
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('a page whose disk hung at its start looks again by itself, and shows what waits @outbox', async () => {
  const record = await saved(phone(await simulatedDoor()))
  const database = await openDB(DATABASE_NAME)
  const stopped = database.transaction(Array.from(database.objectStoreNames), 'readwrite')
  const lock = { held: true }
  const holding = (async () => {
    while (lock.held) await stopped.objectStore('notes').get('nothing')
  })()
  const page = new PageOutbox()
  const stop = page.start()
  // Its reading has given up, its sending, and its reading after that.
  await elapse(35_000)
  expect(page.view()).toMatchObject({ disk: 'refused', refusal: 'broken' })
  lock.held = false
  await holding
  await stopped.done
  await elapse(30_000)
  expect(page.view()).toMatchObject({ disk: 'works', refusal: null, reports: [{ id: record.id }] })
  stop()
  database.close()
})

test('a write that fails unforeseen is told as not done, and is reported @outbox', async () => {
  const record = await saved(phone(await simulatedDoor()))
  const reported = vi.fn<(error: unknown) => void>()
  vi.stubGlobal('reportError', reported)
  const page = new PageOutbox()
  const stop = page.start()
  await vi.waitFor(() => expect(page.view().disk).toBe('works'))
  const fault = new Error('unforeseen')
  vi.spyOn(page.view().outbox!.store, 'transact').mockRejectedValue(fault)
  expect(await page.retry(record.id)).toBe(false)
  expect(await page.followUp(record.id, { locale: 'en', channel: 'web', kind: 'still-out', answer: 'yes' })).toBe(false)
  expect(reported.mock.calls).toEqual([[fault], [fault]])
  stop()
})

/** In steps, so that IndexedDB, which takes no part in this time, has its turns. */
async function elapse(durationMs: number): Promise<void> {
  for (let elapsedMs = 0; elapsedMs < durationMs; elapsedMs += 100) await vi.advanceTimersByTimeAsync(100)
}
