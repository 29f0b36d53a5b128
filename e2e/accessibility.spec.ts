import type { Browser, Page } from '@playwright/test'
import { expectAccessible } from './support/expect-accessible.ts'
import type { Portal } from './support/portal.ts'
import { expect, newMarker, sendReport, signIn, test } from './support/test.ts'

const PUBLIC_PAGES = ['/en', '/es', '/en/report', '/es/report', '/en/reports', '/es/reports', '/en/offline', '/sign-in', '/no-such-page']
/** Each of them once, in one language or the other. */
const EACH_PAGE = ['/es', '/en/report', '/es/reports', '/en/offline', '/sign-in', '/no-such-page']

interface Look {
  width: number
  colorScheme: 'light' | 'dark'
}

/** A browser's page of its own, on a screen like this. */
async function lookAt(browser: Browser, { width, colorScheme }: Look, use: (page: Page) => Promise<void>): Promise<void> {
  const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme, reducedMotion: 'reduce' })
  await use(await context.newPage())
  await context.close()
}

async function expectPages(page: Page, portal: Portal, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await page.goto(portal.url + path)
    await expectAccessible(page, path)
  }
}

/** With its errors, and with a report of this text. */
async function expectReportPage(page: Page, portal: Portal, marker: string): Promise<void> {
  await page.goto(`${portal.url}/en/report`)
  await page.getByRole('button', { name: 'Send report' }).click()
  await expectAccessible(page, 'the report page with its errors')
  await sendReport(page, marker, { hazard: 'Fire, smoke or sparks' })
  await expect(page.getByRole('article').filter({ hasText: marker })).toContainText('Received — reference')
  await expectAccessible(page, 'the report page with a report')
}

async function expectDesk(page: Page, portal: Portal, marker: string): Promise<void> {
  await signIn(page, portal)
  await expect(page.getByText(marker).first()).toBeVisible()
  await expectAccessible(page, '/desk')
  await page.getByRole('link').filter({ hasText: marker }).first().click()
  await page.waitForURL('**/desk/reports/**')
  await expectAccessible(page, '/desk/reports/…')
  await page.goto(`${portal.url}/desk/new-report`)
  await expectAccessible(page, '/desk/new-report')
}

test.describe('every page for everybody @access', () => {
  test.describe.configure({ timeout: 300_000 })

  // Both widths, both colour schemes and both languages once; every page at all of them in the full run.
  test('what customers open on a small light screen; the report page and the desk on a wide dark one', async ({ browser, portal }) => {
    const marker = newMarker('access')
    await lookAt(browser, { width: 320, colorScheme: 'light' }, (page) => expectPages(page, portal, EACH_PAGE))
    await lookAt(browser, { width: 1280, colorScheme: 'dark' }, async (page) => {
      await expectReportPage(page, portal, marker)
      await expectDesk(page, portal, marker)
    })
  })

  for (const width of [320, 1280]) {
    for (const colorScheme of ['light', 'dark'] as const) {
      test(`${width} px wide, ${colorScheme} @full`, async ({ browser, portal }) => {
        const marker = newMarker('access')
        await lookAt(browser, { width, colorScheme }, async (page) => {
          await expectPages(page, portal, PUBLIC_PAGES)
          await expectReportPage(page, portal, marker)
          await expectDesk(page, portal, marker)
        })
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
