import type { Page } from '@playwright/test'
import { expect, newMarker, reportCard, sendReport, test as base, visitReportPage } from '../support/test.ts'
import { rendererOf } from '../support/renderer-of.ts'
import { stopBetweenWrites } from '../support/stop-between-writes.ts'
import { stopWithinWrite } from '../support/stop-within-write.ts'
import { withoutBackgroundSync } from '../support/with-phone.ts'
import { expectSurvived, wordsOf } from './expect-survived.ts'
import { noDiskNotice } from './ways-out.ts'
import { RELEASED_VERSION, type ReleaseSwitch, startReleaseSwitch } from './release-switch.ts'

const family = 'New version'
const RECEIVED = 'Received — reference'
/** Chromium takes a transaction back that has done nothing for a minute while others wait for it; then a lease's length. */
const STOPPED_WITHIN_A_WRITE_MS = 150_000

const test = base.extend<{ site: ReleaseSwitch }>({
  site: async ({ portal, context }, use) => {
    // A sync event that waits for the network holds the change of workers up for minutes.
    await withoutBackgroundSync(context)
    const site = await startReleaseSwitch(Number(new URL(portal.stack.url).port))
    portal.network.leadTo(site.port)
    await use(site)
    portal.network.leadTo()
    await site.close()
  },
})

type Build = 'released' | 'current'

/** Which build's page stands in the tab, by the script that it runs. */
async function expectPageOf(page: Page, build: Build): Promise<void> {
  const released = page.locator('script[src*="report-cff94322bde61bcf"]')
  await expect(released, `the page is the ${build} one`).toHaveCount(build === 'released' ? 1 : 0)
}

/** The worker in charge was loaded from the build that is served; a changed one takes over at once. */
async function updateWorker(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready
    const before = registration.active
    await registration.update()
    const { promise, resolve } = Promise.withResolvers<void>()
    const look = () => {
      if (registration.active !== before && registration.active?.state === 'activated') resolve()
    }
    for (const worker of [registration.installing, registration.waiting, registration.active]) worker?.addEventListener('statechange', look)
    look()
    await promise
  })
}

async function saveUnsent(page: Page, site: ReleaseSwitch, marker: string): Promise<string> {
  site.letReportsThrough(false)
  await sendReport(page, marker)
  await expect(reportCard(page, marker)).toContainText('Saved on this phone')
  return wordsOf(reportCard(page, marker), 'Saved on this phone')
}

async function letThrough(page: Page, site: ReleaseSwitch): Promise<void> {
  site.letReportsThrough(true)
  await page.evaluate(() => window.dispatchEvent(new Event('online')))
}

test.describe('the app changes while a report waits @outbox @survives @full', () => {
  test('an old page goes on beside the new worker', async ({ page, portal, browser, site }) => {
    const marker = newMarker('old-page')
    site.serve('released')
    await visitReportPage(page, portal.url)
    await expectPageOf(page, 'released')
    const sees = [await saveUnsent(page, site, marker)]
    site.serve('current')
    await updateWorker(page)
    await expectPageOf(page, 'released')
    await expect(reportCard(page, marker)).toContainText('Saved on this phone')
    await letThrough(page, site)
    await expect(reportCard(page, marker)).toContainText(RECEIVED, { timeout: 60_000 })
    sees.push(await wordsOf(reportCard(page, marker)))
    const second = newMarker('old-page-again')
    await page.getByRole('button', { name: 'Report another problem' }).click()
    await sendReport(page, second)
    await expect(reportCard(page, second)).toContainText(RECEIVED, { timeout: 60_000 })
    await expectSurvived(portal, browser, { family, case: `page of ${RELEASED_VERSION}, worker of this version`, marker, sees })
    await expectSurvived(portal, browser, { family, case: `page of ${RELEASED_VERSION}, worker of this version: a further report`, marker: second, sees })
  })

  test('a new page goes on beside the old worker', async ({ page, portal, browser, site }) => {
    const marker = newMarker('old-worker')
    site.serve('released')
    await visitReportPage(page, portal.url)
    const sees = [await saveUnsent(page, site, marker)]
    site.serve('current', 'released')
    const session = await page.context().newCDPSession(page)
    const loaded = page.waitForEvent('load')
    await session.send('Page.reload', { ignoreCache: true })
    await loaded
    await expectPageOf(page, 'current')
    await expect(reportCard(page, marker)).toContainText('Saved on this phone')
    await letThrough(page, site)
    await expect(reportCard(page, marker)).toContainText(RECEIVED, { timeout: 60_000 })
    sees.push(await wordsOf(reportCard(page, marker)))
    const second = newMarker('old-worker-again')
    await page.getByRole('button', { name: 'Report another problem' }).click()
    await sendReport(page, second)
    await expect(reportCard(page, second)).toContainText(RECEIVED, { timeout: 60_000 })
    await expectSurvived(portal, browser, { family, case: `page of this version, worker of ${RELEASED_VERSION}`, marker, sees })
    await expectSurvived(portal, browser, { family, case: `page of this version, worker of ${RELEASED_VERSION}: a further report`, marker: second, sees })
  })

  test('the old worker alone sends what the new page has saved', async ({ page, portal, browser, site }) => {
    const marker = newMarker('left-to-old')
    site.serve('released')
    await visitReportPage(page, portal.url)
    site.serve('current', 'released')
    const session = await page.context().newCDPSession(page)
    const loaded = page.waitForEvent('load')
    await session.send('Page.reload', { ignoreCache: true })
    await loaded
    await expectPageOf(page, 'current')
    const sees = [await saveUnsent(page, site, marker)]
    site.letReportsThrough(true)
    const [worker] = page.context().serviceWorkers()
    await page.goto('about:blank')
    await worker!.evaluate(() => dispatchEvent(new MessageEvent('message', { data: { type: 'send' } })))
    await expectSurvived(portal, browser, { family, case: `worker of ${RELEASED_VERSION} sends what the page of this version saved`, marker, sees })
  })

  test('a queue of the old version is opened by the new one', async ({ page, portal, browser, site }) => {
    const marker = newMarker('old-queue')
    site.serve('released')
    await visitReportPage(page, portal.url)
    const sees = [await saveUnsent(page, site, marker)]
    site.serve('current')
    await updateWorker(page)
    await page.reload()
    await expectPageOf(page, 'current')
    await expect(reportCard(page, marker)).toContainText('Saved on this phone')
    sees.push(await wordsOf(reportCard(page, marker), 'Saved on this phone'))
    await letThrough(page, site)
    await expect(reportCard(page, marker)).toContainText(RECEIVED, { timeout: 60_000 })
    sees.push(await wordsOf(reportCard(page, marker)))
    await expectSurvived(portal, browser, { family, case: `queue of ${RELEASED_VERSION} opened by this version`, marker, sees })
  })

  test('the new version is taken back while its queue is not empty', async ({ page, portal, browser, site }) => {
    const marker = newMarker('taken-back')
    site.serve('current')
    await visitReportPage(page, portal.url)
    await expectPageOf(page, 'current')
    const sees = [await saveUnsent(page, site, marker)]
    site.serve('released')
    await updateWorker(page)
    await page.reload()
    await expectPageOf(page, 'released')
    await expect(reportCard(page, marker)).toContainText('Saved on this phone')
    await letThrough(page, site)
    await expect(reportCard(page, marker)).toContainText(RECEIVED, { timeout: 60_000 })
    sees.push(await wordsOf(reportCard(page, marker)))
    await expectSurvived(portal, browser, { family, case: `queue of this version opened by ${RELEASED_VERSION} after a rollback`, marker, sees })
  })

  for (const [when, stop] of [
    ['between writes', stopBetweenWrites],
    ['in the middle of a write', (pid: number, _witness: Page, old: Page) => stopWithinWrite(pid, old)],
  ] as const) {
    test(`a tab of the old version is stopped ${when} while the new one comes`, async ({ page: old, context, portal, browser, site }) => {
      test.setTimeout(300_000)
      const marker = newMarker('old-stopped')
      site.serve('released')
      await visitReportPage(old, portal.url)
      const pid = await rendererOf(browser, old)
      const sees = [await saveUnsent(old, site, marker)]
      const page = await context.newPage()
      await page.goto(`${portal.url}/en/report`)
      expect(await rendererOf(browser, page), 'another process').not.toBe(pid)
      try {
        await stop(pid, page, old)
        site.serve('current')
        const session = await context.newCDPSession(page)
        const loaded = page.waitForEvent('load')
        await session.send('Page.reload', { ignoreCache: true })
        await loaded
        await expectPageOf(page, 'current')
        await letThrough(page, site)
        if (stop !== stopBetweenWrites) sees.push(await wordsOf(noDiskNotice(page), 'Send directly'))
        await expect(reportCard(page, marker)).toContainText(RECEIVED, { timeout: STOPPED_WITHIN_A_WRITE_MS })
        sees.push(await wordsOf(reportCard(page, marker), RECEIVED))
      } finally {
        process.kill(pid, 'SIGCONT')
      }
      await expectSurvived(portal, browser, { family, case: `page of this version beside a page of ${RELEASED_VERSION} that is stopped ${when}`, marker, sees })
    })
  }
})
