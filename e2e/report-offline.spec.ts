import { expect, expectOnceEverywhere, newMarker, reportCard, sendReport, signIn, test, visitReportPage } from './support/test.ts'

test.describe('a report from a phone with no network @outbox', () => {
  test('is saved, sent when the network returns, seen at the desk with Postgres dead, and counted once', async ({ page, portal, browser }) => {
    const marker = newMarker('offline')
    const desk = await browser.newPage()
    await signIn(desk, portal)
    await visitReportPage(page, portal.url)

    await portal.stack.kill('postgres')
    portal.network.goOffline()
    await page.reload()
    await expect(page.getByRole('heading', { level: 1, name: 'Report an outage' })).toBeVisible()
    await sendReport(page, marker)
    await expect(reportCard(page, marker)).toContainText('Saved on this phone')
    expect(await portal.eventsWith(marker)).toHaveLength(0)

    await page.reload()
    await expect(reportCard(page, marker)).toContainText('Saved on this phone')

    portal.network.goOnline()
    await page.evaluate(() => window.dispatchEvent(new Event('online')))
    await expect(reportCard(page, marker)).toContainText('Received — reference', { timeout: 60_000 })

    await expect(desk.getByText(marker).first()).toBeVisible({ timeout: 30_000 })
    await portal.stack.start('postgres')
    await expectOnceEverywhere(portal, marker)
    await page.reload()
    await expect(reportCard(page, marker)).toContainText('Received — reference')
    await desk.close()
  })

  test('opens on a phone that has been here once, at the address that is printed on the bill, in its own language and with what was typed', async ({ page, portal }) => {
    await page.goto(`${portal.url}/es/report`)
    await page.evaluate(async () => {
      await navigator.serviceWorker.ready
    })
    await page.getByLabel('Dirección', { exact: true }).fill('77 Half Written Way')
    await page.getByText('Más detalles (opcional)').click()
    await page.locator('[name=accessNotes]').fill('The dog is friendly')
    await expect.poll(() => page.evaluate(keptDraft)).toContain('The dog is friendly')
    portal.network.goOffline()
    await page.goto(`${portal.url}/report`)
    await expect(page.locator('html')).toHaveAttribute('lang', 'es')
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await expect(page.getByLabel('Dirección', { exact: true })).toHaveValue('77 Half Written Way')
    await expect(page.locator('[name=accessNotes]')).toHaveValue('The dog is friendly')
    portal.network.goOnline()
  })
})

/** What the phone keeps of the form under way, as JSON. Runs in the page. */
function keptDraft(): Promise<string> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('stormdoor')
    opening.addEventListener('error', () => reject(opening.error))
    opening.addEventListener('success', () => {
      const drafts = opening.result.transaction('drafts').objectStore('drafts').getAll()
      drafts.addEventListener('success', () => {
        opening.result.close()
        resolve(JSON.stringify(drafts.result))
      })
    })
  })
}
