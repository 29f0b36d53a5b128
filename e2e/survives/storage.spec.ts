import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, BrowserContext } from '@playwright/test'
import { seededRandom } from '../../load/seeded-random.ts'
import { makeReadOnly, readOnlySupport } from '../support/read-only-folder.ts'
import { expect, fillReport, newMarker, reportCard, sendReport, test, visitReportPage } from '../support/test.ts'
import { firstPage, withPhone } from '../support/with-phone.ts'
import { expectSurvived, wordsOf } from './expect-survived.ts'
import { survivesSeed } from './survives-seed.ts'
import { expectWaysOut, noDiskNotice, sendDirectly } from './ways-out.ts'

const family = 'Storage'
const RECEIVED = 'Received — reference'

async function browserOf(context: BrowserContext): Promise<Browser> {
  return context.browser()!
}

/** Chromium's folder of IndexedDB in a profile. */
function databases(profile: string): string {
  return join(profile, 'Default/IndexedDB')
}

test.describe('the phone\'s storage fails @outbox @survives', () => {
  test('the database is deleted under an open page with a report that waits @full', async ({ page, portal, browser }) => {
    const marker = newMarker('deleted')
    await visitReportPage(page, portal.url)
    portal.network.goOffline()
    await sendReport(page, marker)
    await expect(reportCard(page, marker)).toContainText('Saved on this phone')
    const session = await page.context().newCDPSession(page)
    await session.send('Storage.clearDataForOrigin', { origin: portal.url, storageTypes: 'indexeddb' })
    await expect.poll(() => page.evaluate(countKept), { message: 'reports that are written back' }).toBe(1)
    await expect(reportCard(page, marker)).toContainText('Saved on this phone')
    const sees = [await wordsOf(reportCard(page, marker), 'Saved on this phone')]
    await page.reload()
    await expect(reportCard(page, marker), 'also when the reload has cut an attempt off').toContainText('Saved on this phone')
    portal.network.goOnline()
    await page.evaluate(() => window.dispatchEvent(new Event('online')))
    await expect(reportCard(page, marker)).toContainText(RECEIVED, { timeout: 60_000 })
    sees.push(await wordsOf(reportCard(page, marker)))
    await expectSurvived(portal, browser, { family, case: 'database deleted under an open page', marker, sees })
  })

  test('cookies and site data are blocked in the browser\'s settings @full', async ({ portal }) => {
    await withPhone(async ({ start, profile }) => {
      mkdirSync(join(profile, 'Default'), { recursive: true })
      writeFileSync(join(profile, 'Default/Preferences'), JSON.stringify({ profile: { default_content_setting_values: { cookies: 2 } } }))
      const { context } = await start()
      const page = await firstPage(context)
      const marker = newMarker('blocked')
      await page.goto(`${portal.url}/en/report`)
      expect(await page.evaluate(probeStorage), 'the setting is in force').not.toBe('opened')
      await fillReport(page, marker)
      const sees = [await expectWaysOut(page, marker)]
      sees.push(await sendDirectly(page, marker))
      await expectSurvived(portal, await browserOf(context), { family, case: 'IndexedDB blocked by a setting', marker, sees })
    })
  })

  test('a private window @full', async ({ browser, portal }) => {
    const marker = newMarker('private')
    const context = await browser.newContext()
    const page = await context.newPage()
    await visitReportPage(page, portal.url)
    portal.network.goOffline()
    await sendReport(page, marker)
    await expect(reportCard(page, marker)).toContainText('Saved on this phone')
    const sees = [await wordsOf(page.getByRole('region', { name: 'Reports from this phone' }))]
    await page.close()
    const again = await context.newPage()
    await again.goto(`${portal.url}/en/report`)
    await expect(reportCard(again, marker)).toContainText('Saved on this phone')
    portal.network.goOnline()
    await again.evaluate(() => window.dispatchEvent(new Event('online')))
    await expect(reportCard(again, marker)).toContainText(RECEIVED, { timeout: 60_000 })
    sees.push(await wordsOf(reportCard(again, marker)))
    await expectSurvived(portal, browser, { family, case: 'private window, its tab closed and opened again', marker, sees })
    await context.close()
  })

  test('the database\'s files are overwritten under an open page @full', async ({ portal }) => {
    await withPhone(async ({ start, profile }) => {
      const marker = newMarker('overwritten')
      const phone = await start()
      const page = await firstPage(phone.context)
      await visitReportPage(page, portal.url)
      portal.network.goOffline()
      await sendReport(page, marker)
      await expect(reportCard(page, marker)).toContainText('Saved on this phone')
      const sees = [await wordsOf(reportCard(page, marker), 'Saved on this phone')]
      overwriteFiles(databases(profile))
      portal.network.goOnline()
      await page.evaluate(() => window.dispatchEvent(new Event('online')))
      await expect(reportCard(page, marker)).toContainText(RECEIVED, { timeout: 60_000 })
      sees.push(await wordsOf(reportCard(page, marker)))
      await expectSurvived(portal, await browserOf(phone.context), { family, case: 'database overwritten under an open page', marker, sees })
    })
  })

  test('the database\'s files are overwritten while the browser is dead @full', async ({ portal }) => {
    await withPhone(async ({ start, profile }) => {
      const phone = await start()
      const before = newMarker('whole')
      const first = await firstPage(phone.context)
      await visitReportPage(first, portal.url)
      await sendReport(first, before)
      await expect(reportCard(first, before)).toContainText(RECEIVED, { timeout: 60_000 })
      await phone.kill()
      overwriteFiles(databases(profile))

      const marker = newMarker('corrupt')
      const again = await start()
      const page = await firstPage(again.context)
      await page.goto(`${portal.url}/en/report`)
      await sendReport(page, marker)
      const notice = noDiskNotice(page)
      await expect(notice.or(reportCard(page, marker))).toBeVisible({ timeout: 30_000 })
      const sees = []
      if (await notice.isVisible()) {
        sees.push(await expectWaysOut(page, marker))
        sees.push(await sendDirectly(page, marker))
      } else {
        await expect(reportCard(page, marker)).toContainText(RECEIVED, { timeout: 60_000 })
        sees.push(await wordsOf(reportCard(page, marker)))
      }
      await expectSurvived(portal, await browserOf(again.context), { family, case: 'database overwritten while the browser was dead; then a new report', marker, sees })
      await expectSurvived(portal, await browserOf(again.context), { family, case: 'database overwritten after a report was received', marker: before, sees: [] })
    })
  })

  test('the database\'s folder is read-only @full', async ({ portal }) => {
    test.skip(readOnlySupport() !== null, readOnlySupport() ?? '')
    await withPhone(async ({ start, profile }) => {
      const before = newMarker('writable')
      const phone = await start()
      const first = await firstPage(phone.context)
      await visitReportPage(first, portal.url)
      portal.network.goOffline()
      await sendReport(first, before)
      await expect(reportCard(first, before)).toContainText('Saved on this phone')
      await phone.kill()
      const undo = makeReadOnly(databases(profile))
      try {
        const marker = newMarker('read-only')
        portal.network.goOnline()
        const again = await start()
        const page = await firstPage(again.context)
        await page.goto(`${portal.url}/en/report`)
        await fillReport(page, marker)
        const sees = [await expectWaysOut(page, marker)]
        sees.push(await sendDirectly(page, marker))
        await expectSurvived(portal, await browserOf(again.context), { family, case: 'storage is read-only', marker, sees })
        await again.kill()
      } finally {
        undo()
      }
      const healed = await start()
      const page = await firstPage(healed.context)
      await page.goto(`${portal.url}/en/report`)
      await expect(reportCard(page, before)).toContainText(RECEIVED, { timeout: 60_000 })
      await expectSurvived(portal, await browserOf(healed.context), { family, case: 'storage was read-only for a while; a report waited in it', marker: before, sees: [await wordsOf(reportCard(page, before))] })
    })
  })
})

/** Reports in the page's database; 0 when there is none, and none is made. Runs in the page. */
function countKept(): Promise<number> {
  return new Promise((resolve) => {
    const opening = indexedDB.open('stormdoor')
    opening.addEventListener('upgradeneeded', () => opening.transaction!.abort())
    opening.addEventListener('error', () => resolve(0))
    opening.addEventListener('success', () => {
      const count = opening.result.transaction('reports').objectStore('reports').count()
      opening.result.close()
      count.addEventListener('error', () => resolve(0))
      count.addEventListener('success', () => resolve(count.result))
    })
  })
}

/** `opened`, or the name of the error. Runs in the page. */
function probeStorage(): Promise<string> {
  return new Promise((resolve) => {
    try {
      const opening = indexedDB.open('probe')
      opening.addEventListener('success', () => resolve('opened'))
      opening.addEventListener('error', () => resolve(opening.error!.name))
    } catch (error) {
      resolve((error as Error).name)
    }
  })
}

/** Random bytes over every file. */
function overwriteFiles(folder: string): void {
  const random = seededRandom(survivesSeed())
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name === 'LOCK') continue
    const path = join(entry.parentPath, entry.name)
    writeFileSync(path, random.bytes(4096))
  }
}
