import type { Page } from '@playwright/test'
import type { Portal } from '../support/portal.ts'
import { expect, newMarker, reportCard, sendReport, test, visitReportPage } from '../support/test.ts'
import { expectSurvived, wordsOf } from './expect-survived.ts'
import { expectWaysOut, sendDirectly } from './ways-out.ts'

const family = 'Storage'
const RECEIVED = 'Received — reference'
/** Enough for the page, its worker and their files. */
const QUOTA_BYTES = 4_000_000

test.describe('the phone has no room left @outbox @survives @full', () => {
  test('no room is left when a report is saved', async ({ page, portal, browser }) => {
    const marker = newMarker('quota')
    await limitQuota(page, portal)
    await visitReportPage(page, portal.url)
    await fillQuota(page)
    await sendReport(page, marker)
    const sees = [await expectWaysOut(page, marker)]
    sees.push(await sendDirectly(page, marker))
    await expectSurvived(portal, browser, { family, case: 'no room left (quota) when a report is saved', marker, sees })
  })

  test('room is made, and the report is saved again', async ({ page, portal, browser }) => {
    const marker = newMarker('room-made')
    await limitQuota(page, portal)
    await visitReportPage(page, portal.url)
    await fillQuota(page)
    await sendReport(page, marker)
    const sees = [await expectWaysOut(page, marker)]
    await freeQuota(page)
    portal.network.goOffline()
    await page.getByRole('button', { name: 'Try to save again' }).click()
    await expect(reportCard(page, marker)).toContainText('Saved on this phone')
    portal.network.goOnline()
    await page.evaluate(() => window.dispatchEvent(new Event('online')))
    await expect(reportCard(page, marker)).toContainText(RECEIVED, { timeout: 60_000 })
    sees.push(await wordsOf(reportCard(page, marker), RECEIVED))
    await expectSurvived(portal, browser, { family, case: 'no room left (quota), then room is made and the report saved again', marker, sees })
  })

  test('no room is left while a report waits', async ({ page, portal, browser }) => {
    const marker = newMarker('quota-later')
    await limitQuota(page, portal)
    await visitReportPage(page, portal.url)
    portal.network.goOffline()
    await sendReport(page, marker)
    await expect(reportCard(page, marker)).toContainText('Saved on this phone')
    await fillQuota(page)
    const sees = [await wordsOf(reportCard(page, marker), 'Saved on this phone')]
    portal.network.goOnline()
    await page.evaluate(() => window.dispatchEvent(new Event('online')))
    await expect.poll(async () => (await portal.eventsWith(marker)).length, { timeout: 60_000 }).toBe(1)
    await freeQuota(page)
    await page.reload()
    await expect(reportCard(page, marker)).toContainText(RECEIVED, { timeout: 60_000 })
    sees.push(await wordsOf(reportCard(page, marker), RECEIVED))
    await expectSurvived(portal, browser, { family, case: 'no room left (quota) while a report waits', marker, sees })
  })
})

/** Before the first visit: the browser reckons with the room that it has once counted for half a minute. */
async function limitQuota(page: Page, { url }: Portal): Promise<void> {
  const session = await page.context().newCDPSession(page)
  await session.send('Storage.overrideQuotaForOrigin', { origin: url, quotaSize: QUOTA_BYTES })
}

/** Writes into a database of its own until not even a few hundred bytes go in. */
async function fillQuota(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((resolve) => {
      const opening = indexedDB.open('filler', 1)
      opening.addEventListener('upgradeneeded', () => opening.result.createObjectStore('filler', { autoIncrement: true }))
      opening.addEventListener('success', () => resolve(opening.result))
    })
    const put = (bytes: number) =>
      new Promise<boolean>((resolve) => {
        const transaction = database.transaction('filler', 'readwrite', { durability: 'strict' })
        transaction.objectStore('filler').put(crypto.getRandomValues(new Uint8Array(Math.min(bytes, 65_536))))
        transaction.addEventListener('complete', () => resolve(true))
        transaction.addEventListener('abort', () => resolve(false))
      })
    for (let bytes = 65_536; bytes > 200; ) if (!(await put(bytes))) bytes /= 4
    database.close()
  })
}

async function freeQuota(page: Page): Promise<void> {
  await page.evaluate(() => new Promise((resolve) => indexedDB.deleteDatabase('filler').addEventListener('success', resolve)))
}
