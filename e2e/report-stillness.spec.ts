import type { BrowserContext, Page } from '@playwright/test'
import { expect, newMarker, reportCard, sendReport, test } from './support/test.ts'

/** Lighthouse takes off points from 0.1 on, and begins to from about a tenth of that. */
const LEAST_SEEN = 0.01
const REPORTS = '**/api/v1/outage-reports'

test.describe('the phone\'s pages stand still @access @full', () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true })

  test('while the disk and the server answer, for a new customer and for one who comes back', async ({ page, context, portal }) => {
    await sumShifts(context)
    for (const who of ['new', 'back, its report received']) {
      for (const path of ['/es/report', '/en/report', '/es/reports', '/en/reports']) {
        await page.goto(portal.url + path)
        await expect(page.locator('main')).not.toContainText(/Looking at|Mirando/)
        await page.waitForLoadState('networkidle')
        expect(await shiftOf(page), `${path}, ${who}`).toBeLessThan(LEAST_SEEN)
      }
      if (who === 'new') await reportReceived(page, `${portal.url}/en/report`)
    }
  })

  test('while a card says more, the button for another report stays under the thumb', async ({ page, context, portal }) => {
    const marker = newMarker('still')
    await page.goto(`${portal.url}/en/report`)
    await sendReport(page, newMarker('earlier'))
    await expect(page.getByRole('article').first()).toContainText('Received')
    await page.reload()
    await page.getByRole('button', { name: 'Report another problem' }).tap()
    await context.route(REPORTS, (route) => route.abort())
    await sendReport(page, marker)
    const another = page.getByRole('button', { name: 'Report another problem' })
    await expect(another).toBeInViewport()
    const before = await another.boundingBox()
    await expect(reportCard(page, marker)).toContainText('No connection to us right now.')
    expect(await another.boundingBox()).toEqual(before)
  })
})

async function reportReceived(page: Page, address: string): Promise<void> {
  const marker = newMarker('still')
  await page.goto(address)
  await sendReport(page, marker)
  await expect(reportCard(page, marker)).toContainText('Received — reference')
  await expect(reportCard(page, marker)).toContainText('Waiting at our outage desk.')
}

/** Every page adds up what moved without the customer's doing. */
async function sumShifts(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const seen = globalThis as { shift?: number }
    seen.shift = 0
    new PerformanceObserver((list) => {
      for (const { value, hadRecentInput } of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) {
        if (!hadRecentInput) seen.shift! += value
      }
    }).observe({ type: 'layout-shift', buffered: true })
  })
}

async function shiftOf(page: Page): Promise<number> {
  return page.evaluate(() => (globalThis as { shift?: number }).shift ?? Number.NaN)
}
