import { expectAccessible } from './support/expect-accessible.ts'
import { expect, newMarker, sendReport, signIn, test } from './support/test.ts'

test.describe('every page for everybody @access', () => {
  for (const width of [320, 1280]) {
    for (const colorScheme of ['light', 'dark'] as const) {
      // Each width and each scheme once; the other two pairs in the full run.
      const isQuick = (width === 320) === (colorScheme === 'light')
      test(`${width} px wide, ${colorScheme}${isQuick ? '' : ' @full'}`, async ({ browser, portal }) => {
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

  test('the report page in forced colours, with large and widely spaced text, in both languages @full', async ({ browser, portal }) => {
    // The spacing is written into the page, which its policy forbids to anyone else.
    const context = await browser.newContext({ viewport: { width: 360, height: 800 }, forcedColors: 'active', reducedMotion: 'reduce', bypassCSP: true })
    const page = await context.newPage()
    for (const [path, send] of [['/en/report', 'Send report'], ['/es/report', 'Enviar reporte']] as const) {
      await page.goto(portal.url + path)
      await page.getByRole('button', { name: send }).click()
      await page.locator('[name=hazards]').first().check()
      for (const folded of await page.locator('main summary').all()) await folded.click()
      await expectAccessible(page, `${path} in forced colours`)
      await page.addStyleTag({ content: '* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } p { margin-block-end: 2em !important }' })
      await expectAccessible(page, `${path} with text spacing`)
      await page.addStyleTag({ content: 'html { font-size: 200% !important } * { letter-spacing: normal !important; word-spacing: normal !important }' })
      await expectAccessible(page, `${path} with text of twice the size`)
    }
    await context.close()
  })
})
