import type { BrowserContext, Page } from '@playwright/test'
import type { Portal } from '../support/portal.ts'
import { rendererOf } from '../support/renderer-of.ts'
import { storeIsIdle } from '../support/store-is-idle.ts'
import { expect, fillReport, newMarker, reportCard, sendReport, test, visitReportPage } from '../support/test.ts'
import { expectSurvived, numbered, wordsOf } from './expect-survived.ts'
import { expectWaysOut, sendDirectly } from './ways-out.ts'

const family = 'Tabs and worker'
const RECEIVED = 'Received — reference'
/** A lease's length, and a try after it. */
const AFTER_LEASE_MS = 90_000

async function openTabs(context: BrowserContext, portal: Portal, count: number): Promise<Page[]> {
  const tabs = []
  for (let tab = 0; tab < count; tab++) {
    const page = await context.newPage()
    await visitReportPage(page, portal.url)
    tabs.push(page)
  }
  return tabs
}

/** Each tab keeps one report of its own while there is no network. */
async function saveInEach(tabs: readonly Page[], marker: string): Promise<void> {
  for (const [index, page] of tabs.entries()) {
    const another = page.getByRole('button', { name: 'Report another problem' })
    if (index > 0) await another.click()
    await sendReport(page, numbered(marker, index))
    await expect(reportCard(page, numbered(marker, index))).toContainText('Saved on this phone')
  }
}

/** The network is back, and every tab and the worker hear of it at once. */
async function wakeAll(portal: Portal, tabs: readonly Page[]): Promise<void> {
  portal.network.goOnline()
  await Promise.all(
    tabs.map((page) =>
      page.evaluate(async () => {
        const { active } = await navigator.serviceWorker.ready
        window.dispatchEvent(new Event('online'))
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin but ours
        active?.postMessage({ type: 'send' })
      }),
    ),
  )
}

/** Keeps a transaction over everything open for as long as this tab runs or is stopped. */
async function holdStore(page: Page): Promise<void> {
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

test.describe('tabs and worker send at once @outbox @survives', () => {
  test('two tabs and the worker', async ({ context, portal, browser }) => {
    const marker = newMarker('two-tabs')
    const tabs = await openTabs(context, portal, 2)
    portal.network.goOffline()
    await saveInEach(tabs, marker)
    const sees = [await wordsOf(reportCard(tabs[1]!, numbered(marker, 0)))]
    await wakeAll(portal, tabs)
    for (const page of tabs) await expect(page.getByRole('article').filter({ hasText: marker }).filter({ hasText: RECEIVED })).toHaveCount(2, { timeout: 60_000 })
    sees.push(await wordsOf(reportCard(tabs[0]!, numbered(marker, 1))))
    await expectSurvived(portal, browser, { family, case: 'two tabs and the worker send at once', marker, count: 2, sees })
  })

  test('one draft sent from two tabs is one report @full', async ({ context, portal, browser }) => {
    const marker = newMarker('one-draft')
    const first = await context.newPage()
    await visitReportPage(first, portal.url)
    await fillReport(first, marker)
    const second = await context.newPage()
    await expect(async () => {
      await second.goto(`${portal.url}/en/report`)
      await expect(second.getByLabel('Anything the crew should know?')).toHaveValue(marker, { timeout: 1000 })
    }).toPass()
    const send = (page: Page) => page.getByRole('button', { name: 'Send report' }).evaluate((button: HTMLButtonElement) => button.click())
    await Promise.all([first, second].map(send))
    const said = async () => (await Promise.all([first, second].map((page) => page.getByText('This report was already saved').count()))).reduce((sum, one) => sum + one)
    await expect.poll(said, { message: 'tabs that say so' }).toBe(1)
    for (const page of [first, second]) await expect(reportCard(page, marker)).toContainText(RECEIVED, { timeout: 60_000 })
    const sees = [await wordsOf(reportCard(first, marker))]
    await expectSurvived(portal, browser, { family, case: 'the same form is sent from two tabs', marker, sees })
  })

  test('five tabs and the worker, the one that sends is stopped in the middle @full', async ({ context, portal, browser }) => {
    test.setTimeout(240_000)
    const marker = newMarker('five-tabs')
    const tabs = await openTabs(context, portal, 5)
    portal.network.goOffline()
    await saveInEach(tabs, marker)
    const stopped = await rendererOf(browser, tabs[0]!)
    const [, running] = tabs
    expect(await rendererOf(browser, running!), 'another process').not.toBe(stopped)
    const cut = portal.network.cutNext('before-response', async () => {
      await storeIsIdle(tabs[0]!)
      process.kill(stopped, 'SIGSTOP')
    })
    try {
      await wakeAll(portal, tabs)
      await cut
      await expect(running!.getByRole('article').filter({ hasText: marker }).filter({ hasText: RECEIVED })).toHaveCount(5, { timeout: AFTER_LEASE_MS })
    } finally {
      process.kill(stopped, 'SIGCONT')
    }
    for (const page of tabs) await expect(page.getByRole('article').filter({ hasText: marker }).filter({ hasText: RECEIVED })).toHaveCount(5)
    const sees = [await wordsOf(reportCard(tabs[0]!, numbered(marker, 0)))]
    await expectSurvived(portal, browser, { family, case: 'five tabs and the worker send at once; one process is stopped in the middle', marker, count: 5, sees })
  })

  test('the only sender is frozen with the lock in its hand @full', async ({ browser, portal }) => {
    test.setTimeout(240_000)
    const marker = newMarker('frozen')
    const context = await browser.newContext({ serviceWorkers: 'block' })
    const frozen = await context.newPage()
    await frozen.goto(`${portal.url}/en/report`)
    const pid = await rendererOf(browser, frozen)
    const cut = portal.network.cutNext('before-response', async () => {
      await storeIsIdle(frozen)
      process.kill(pid, 'SIGSTOP')
    })
    const sees: string[] = []
    try {
      await sendReport(frozen, marker)
      await cut
      const other = await context.newPage()
      await other.goto(`${portal.url}/en/report`)
      await expect(reportCard(other, marker)).toContainText('Sending…')
      sees.push(await wordsOf(reportCard(other, marker)))
      await expect(reportCard(other, marker)).toContainText(RECEIVED, { timeout: AFTER_LEASE_MS })
      sees.push(await wordsOf(reportCard(other, marker)))
    } finally {
      process.kill(pid, 'SIGCONT')
    }
    await expect(reportCard(frozen, marker)).toContainText(RECEIVED)
    await expectSurvived(portal, browser, { family, case: 'the tab that sends is frozen with the lock in its hand; another tab is open', marker, sees })
    await context.close()
  })

  test('a tab is stopped in the middle of a write, and the store is locked for all others @full', async ({ context, portal, browser }) => {
    test.setTimeout(240_000)
    const marker = newMarker('locked')
    const [stopped, other] = await openTabs(context, portal, 2)
    const pid = await rendererOf(browser, stopped!)
    expect(await rendererOf(browser, other!), 'another process').not.toBe(pid)
    await fillReport(other!, marker)
    await holdStore(stopped!)
    process.kill(pid, 'SIGSTOP')
    const sees: string[] = []
    try {
      await other!.getByRole('button', { name: 'Send report' }).click()
      sees.push(await expectWaysOut(other!, marker))
      sees.push(await sendDirectly(other!, marker))
    } finally {
      process.kill(pid, 'SIGCONT')
    }
    await expectSurvived(portal, browser, { family, case: 'a tab is stopped in the middle of a write; a report is saved in another', marker, sees })
  })
})
