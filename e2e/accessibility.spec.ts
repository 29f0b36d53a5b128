import { expectAccessible } from './support/expect-accessible.ts'
import { expect, newMarker, sendReport, signIn, test } from './support/test.ts'

test.describe('every page for everybody @access', () => {
  for (const width of [320, 1280]) {
    for (const colorScheme of ['light', 'dark'] as const) {
      test(`${width} px wide, ${colorScheme}`, async ({ browser, portal }) => {
        const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme, reducedMotion: 'reduce' })
        const page = await context.newPage()
        const marker = newMarker('access')
        for (const path of ['/en', '/es', '/en/report', '/es/report', '/en/reports', '/es/reports', '/en/offline', '/sign-in', '/no-such-page']) {
          await page.goto(portal.url + path)
          await expectAccessible(page, path)
        }
        await page.goto(`${portal.url}/en/report`)
        await page.getByRole('button', { name: 'Send report' }).click()
        await expectAccessible(page, 'the report page with its errors')
        await sendReport(page, marker, { hazard: 'Fire, smoke or sparks' })
        await expect(page.getByRole('article').filter({ hasText: marker })).toContainText('Received — reference')
        await expectAccessible(page, 'the report page with a report')

        await signIn(page, portal)
        await expect(page.getByText(marker).first()).toBeVisible()
        await expectAccessible(page, '/desk')
        await page.getByRole('link').filter({ hasText: marker }).first().click()
        await page.waitForURL('**/desk/reports/**')
        await expectAccessible(page, '/desk/reports/…')
        await page.goto(`${portal.url}/desk/new-report`)
        await expectAccessible(page, '/desk/new-report')
        await context.close()
      })
    }
  }
})
