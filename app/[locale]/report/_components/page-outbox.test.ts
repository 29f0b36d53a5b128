import { openDB } from 'idb'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { DATABASE_NAME } from '../../../../worker/outbox/open-database.ts'
import { content, phone, resetBrowser, saved, simulatedDoor } from '../../../../worker/outbox/outbox.fixture.ts'
import { newDraft, saveReport } from '../../../../worker/outbox/save-report.ts'
import { PageOutbox } from './page-outbox.ts'

beforeEach(() => {
  resetBrowser()
  vi.stubGlobal('window', new EventTarget())
  vi.stubGlobal('document', Object.assign(new EventTarget(), { visibilityState: 'visible', cookie: '' }))
  vi.stubGlobal('location', { protocol: 'http:' })
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no network')))
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
// The globals stay: what a stopped page still reads of its disk, it ends with them.
afterEach(() => void vi.useRealTimers())

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

test('shows to each login what is theirs, and to whoever’s session ended what this page has saved @outbox', async () => {
  const outbox = phone(await simulatedDoor())
  const hers = (await saveReport(outbox, { ...newDraft(outbox), owner: 'login-1' }, () => content)).record
  const nobodys = await saved(outbox)
  Object.assign(document, { cookie: 'stormdoor-customer.here=login-2.1' })
  const page = new PageOutbox()
  const stop = page.start()
  await vi.waitFor(() => expect(page.view().disk).toBe('works'))
  expect(page.view()).toMatchObject({ reports: [{ id: nobodys.id }], hidden: { sending: 1 }, who: { loginId: 'login-2' } })

  const { record: his } = await page.save(newDraft(outbox), () => content)
  expect(his.owner).toBe('login-2')
  Object.assign(document, { cookie: '' })
  await page.refresh()
  expect(idsOf(page)).toEqual(new Set([nobodys.id, his.id]))

  Object.assign(document, { cookie: 'stormdoor-customer.here=login-1.2' })
  document.dispatchEvent(new Event('visibilitychange'))
  expect(idsOf(page), 'at once, before the disk is asked').toEqual(new Set([nobodys.id, hers.id]))
  Object.assign(document, { cookie: 'stormdoor-customer.here=left.3' })
  await page.refresh()
  expect(idsOf(page)).toEqual(new Set([nobodys.id]))
  expect(page.view().hidden).toMatchObject({ sending: 2, refused: 0 })
  stop()
})

test('a page that keeps nothing is drawn again only for what it would show otherwise; one with a report, for its age too @outbox', async () => {
  const page = new PageOutbox()
  const stop = page.start()
  await vi.waitFor(() => expect(page.view().disk).toBe('works'))
  const drawn = vi.fn<() => void>()
  page.subscribe(drawn)
  await page.refresh()
  expect(drawn).not.toHaveBeenCalled()
  Object.assign(document, { cookie: 'stormdoor-customer.here=login-1.1' })
  await page.refresh()
  expect(drawn).toHaveBeenCalledOnce()
  await page.refresh()
  expect(drawn).toHaveBeenCalledOnce()

  await page.save(newDraft(phone(await simulatedDoor())), () => content)
  expect(page.view().reports).toHaveLength(1)
  drawn.mockClear()
  await page.refresh()
  expect(drawn).toHaveBeenCalled()
  stop()
})

function idsOf(page: PageOutbox): Set<string> {
  return new Set(page.view().reports!.map(({ id }) => id))
}

/** In steps, so that IndexedDB, which takes no part in this time, has its turns. */
async function elapse(durationMs: number): Promise<void> {
  for (let elapsedMs = 0; elapsedMs < durationMs; elapsedMs += 100) await vi.advanceTimersByTimeAsync(100)
}
