import type { BrowserContext, Page } from '@playwright/test'
import type { Portal } from '../support/portal.ts'
import { rendererOf } from '../support/renderer-of.ts'
import { stopBetweenWrites } from '../support/stop-between-writes.ts'
import { stopWithinWrite } from '../support/stop-within-write.ts'
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

/** Two tabs with the same words, under one id that was made in the first. */
async function tabsOfOneDraft(context: BrowserContext, portal: Portal, marker: string): Promise<[Page, Page]> {
  const first = await context.newPage()
  await visitReportPage(first, portal.url)
  await fillReport(first, marker)
  const second = await context.newPage()
  await expect(async () => {
    await second.goto(`${portal.url}/en/report`)
    await expect(second.getByLabel('Anything the crew should know?')).toHaveValue(marker, { timeout: 1000 })
  }).toPass()
  return [first, second]
}

async function sendAndReceive(page: Page, marker: string): Promise<void> {
  await page.getByRole('button', { name: 'Send report' }).click()
  await expect(reportCard(page, marker)).toContainText(RECEIVED, { timeout: 60_000 })
}

function overtakenNotice(page: Page) {
  return page.getByRole('status').filter({ hasText: 'A report was sent from another tab' })
}

/** The form is in sight with these words in it. */
async function expectToStand(page: Page, marker: string): Promise<void> {
  await expect(page.getByLabel('Address', { exact: true })).toBeVisible()
  await expect(page.getByLabel('Address', { exact: true })).toHaveValue(`12 ${marker} Street`)
  await expect(page.getByLabel('Anything the crew should know?')).toHaveValue(marker, { timeout: 1000 })
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
    const [first, second] = await tabsOfOneDraft(context, portal, marker)
    const send = (page: Page) => page.getByRole('button', { name: 'Send report' }).evaluate((button: HTMLButtonElement) => button.click())
    await Promise.all([first, second].map(send))
    const said = async () => (await Promise.all([first, second].map((page) => page.getByText('This report was already saved').count()))).reduce((sum, one) => sum + one)
    await expect.poll(said, { message: 'tabs that say so' }).toBe(1)
    for (const page of [first, second]) await expect(reportCard(page, marker)).toContainText(RECEIVED, { timeout: 60_000 })
    const sees = [await wordsOf(reportCard(first, marker))]
    await expectSurvived(portal, browser, { family, case: 'the same form is sent from two tabs', marker, sees })
  })

  test('one draft gets other words in a second tab: none of them are lost, and none go by themselves @full', async ({ context, portal, browser }) => {
    const marker = newMarker('two-minds')
    const [first, second] = await tabsOfOneDraft(context, portal, numbered(marker, 0))
    await fillReport(second, numbered(marker, 1))
    await sendAndReceive(first, numbered(marker, 0))
    await expect(overtakenNotice(second)).toBeVisible()
    const sees = [await wordsOf(overtakenNotice(second))]
    await expect(reportCard(second, numbered(marker, 0))).toContainText(RECEIVED)
    await expectToStand(second, numbered(marker, 1))
    await expect(async () => {
      await second.reload()
      await expectToStand(second, numbered(marker, 1))
    }).toPass()
    expect(await portal.eventsWith(numbered(marker, 1))).toEqual([])
    await sendAndReceive(second, numbered(marker, 1))
    await expectSurvived(portal, browser, { family, case: 'one draft is sent from one tab and gets other words in another', marker, count: 2, sees })
  })

  test('what is typed in one tab stays in sight when another tab sends its report @full', async ({ context, portal, browser }) => {
    const marker = newMarker('typing')
    const [typing, sending] = await openTabs(context, portal, 2)
    await fillReport(typing!, numbered(marker, 0))
    await sendReport(sending!, numbered(marker, 1))
    await expect(reportCard(typing!, numbered(marker, 1))).toContainText(RECEIVED, { timeout: 60_000 })
    await expectToStand(typing!, numbered(marker, 0))
    await expect(overtakenNotice(typing!)).toHaveCount(0)
    await sendAndReceive(typing!, numbered(marker, 0))
    const sees = [await wordsOf(reportCard(typing!, numbered(marker, 0)))]
    await expectSurvived(portal, browser, { family, case: 'a report is sent from one tab while another is typed in', marker, count: 2, sees })
  })

  test('one draft is sent from two tabs with different words before they hear of each other @full', async ({ context, portal, browser }) => {
    const marker = newMarker('two-words')
    const [first, second] = await tabsOfOneDraft(context, portal, numbered(marker, 0))
    await second.addInitScript(() => Reflect.deleteProperty(globalThis, 'BroadcastChannel'))
    await second.reload()
    await expectToStand(second, numbered(marker, 0))
    await fillReport(second, numbered(marker, 1))
    await sendAndReceive(first, numbered(marker, 0))
    await expect(overtakenNotice(second)).toHaveCount(0)
    await second.getByRole('button', { name: 'Send report' }).click()
    await expect(overtakenNotice(second)).toBeVisible()
    const sees = [await wordsOf(overtakenNotice(second))]
    await expectToStand(second, numbered(marker, 1))
    expect(await portal.eventsWith(numbered(marker, 1))).toEqual([])
    await second.getByRole('button', { name: 'Send report' }).click()
    await expectSurvived(portal, browser, { family, case: 'one draft is sent from two tabs with different words', marker, count: 2, sees })
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
    const cut = portal.network.cutNext('before-response', () => stopBetweenWrites(stopped, running!))
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
    const witness = await context.newPage()
    await witness.goto(`${portal.url}/.well-known/jwks.json`)
    const cut = portal.network.cutNext('before-response', () => stopBetweenWrites(pid, witness))
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

  test('a tab that sends while another holds the lock is reloaded in the middle @full', async ({ browser, portal }) => {
    const marker = newMarker('without-lock')
    const context = await browser.newContext({ serviceWorkers: 'block' })
    const holder = await context.newPage()
    await holder.goto(`${portal.url}/.well-known/jwks.json`)
    await holder.evaluate(holdLock)
    const page = await context.newPage()
    await page.goto(`${portal.url}/en/report`)
    const reloaded = Promise.withResolvers<void>()
    const cut = portal.network.cutNext('before-response', () => reloaded.promise)
    await sendReport(page, marker)
    await expect(reportCard(page, marker)).toContainText('Sending…')
    await expect.poll(async () => (await portal.eventsWith(marker)).length, { message: 'events' }).toBe(1)
    const sees = [await wordsOf(reportCard(page, marker))]
    await page.reload()
    await expect(reportCard(page, marker), 'long before the lease ends').toContainText(RECEIVED)
    reloaded.resolve()
    await cut
    sees.push(await wordsOf(reportCard(page, marker)))
    await expectSurvived(portal, browser, { family, case: 'a tab that sends while another holds the lock is reloaded in the middle', marker, sees })
    await context.close()
  })

  test('a tab is stopped in the middle of a write, and the store is locked for all others @full', async ({ context, portal, browser }) => {
    test.setTimeout(240_000)
    const marker = newMarker('locked')
    const [stopped, other] = await openTabs(context, portal, 2)
    const pid = await rendererOf(browser, stopped!)
    expect(await rendererOf(browser, other!), 'another process').not.toBe(pid)
    await fillReport(other!, marker)
    const sees: string[] = []
    try {
      await stopWithinWrite(pid, stopped!)
      await other!.getByRole('button', { name: 'Send report' }).click()
      sees.push(await expectWaysOut(other!, marker))
      sees.push(await sendDirectly(other!, marker))
    } finally {
      process.kill(pid, 'SIGCONT')
    }
    await expectSurvived(portal, browser, { family, case: 'a tab is stopped in the middle of a write; a report is saved in another', marker, sees })
  })
})

/** Keeps every other sender from the common lock for as long as the page lives. Runs in the page. */
function holdLock(): Promise<void> {
  return new Promise((held) => {
    void navigator.locks.request('stormdoor-outbox', () => {
      held()
      return new Promise(() => {})
    })
  })
}
