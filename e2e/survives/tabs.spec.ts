import type { BrowserContext, Page } from '@playwright/test'
import type { Portal } from '../support/portal.ts'
import { expect, newMarker, reportCard, sendReport, test, visitReportPage } from '../support/test.ts'
import { expectSurvived, numbered, wordsOf } from './expect-survived.ts'

const family = 'Tabs and worker'
const RECEIVED = 'Received — reference'

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
})
