import type { APIRequestContext, Browser, Page } from '@playwright/test'
import { someReport, someSecret } from '../server/outages/report-fixture.ts'
import { expectAccessible } from './support/expect-accessible.ts'
import type { Portal } from './support/portal.ts'
import { expect, newMarker, signIn, test } from './support/test.ts'

const SEEN = { timeout: 20_000 }

const link = (page: Page, marker: string) => page.getByRole('link', { name: marker })
const row = (page: Page, marker: string) => page.getByRole('list', { name: /Reports|Reportes/ }).getByRole('listitem').filter({ has: link(page, marker) })

async function report(request: APIRequestContext, url: string, marker: string, changes: Parameters<typeof someReport>[0] = {}): Promise<string> {
  const body = { ...someReport(changes), place: { address: `12 ${marker} Street` } }
  expect((await request.post(`${url}/api/v1/outage-reports`, { data: body, headers: { 'report-secret': someSecret() } })).status()).toBe(201)
  return body.id
}

async function secondAgent(browser: Browser, portal: Portal): Promise<Page> {
  const page = await (await browser.newContext()).newPage()
  await signIn(page, portal, 'agent')
  return page
}

test.describe('a shift at the desk @desk', () => {
  test('a report is claimed and resolved by the keyboard alone, and another agent sees it at once', async ({ page, portal, browser, request }) => {
    test.setTimeout(240_000)
    const [older, newer] = [newMarker('older'), newMarker('newer')]
    await signIn(page, portal)
    const other = await secondAgent(browser, portal)
    for (const marker of [older, newer]) {
      await report(request, portal.url, marker)
      for (const desk of [page, other]) await expect(row(desk, marker)).toBeVisible(SEEN)
    }

    await expect(async () => {
      // Others' reports may stand before it.
      await page.keyboard.press('j')
      await expect(link(page, newer)).toBeFocused({ timeout: 100 })
    }).toPass({ intervals: [0] })
    await page.keyboard.press('j')
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('ArrowDown')
    await expect(link(page, older)).toBeFocused()
    await page.keyboard.press('c')
    await expect(row(page, older)).toContainText('Yours')
    await expect(row(other, older)).toContainText('Claimed by Demo dispatcher', SEEN)
    await expect(row(other, older).getByRole('button')).toHaveCount(0)

    await page.keyboard.press('k')
    await page.keyboard.press('r')
    await expect(row(page, newer)).toHaveCount(0)
    await expect(link(page, older)).toBeFocused()
    await expect(row(other, newer)).toHaveCount(0, SEEN)

    // A field has its letters for itself.
    await page.keyboard.press('/')
    await page.keyboard.type('jcr')
    await expect(page.locator(':focus')).toHaveValue('jcr')
    await page.keyboard.press('Escape')
    await link(page, older).focus()
    await page.keyboard.press('?')
    await expect(page.getByRole('dialog', { name: 'Keyboard' })).toBeVisible()
    await page.keyboard.press('Escape')
    await link(page, older).focus()
    await page.keyboard.press('Enter')
    await expect(page.getByRole('heading', { name: 'Handling' })).toBeVisible()
    await page.keyboard.press('c')
    await expect(page.getByText('Nobody has taken it yet.')).toBeVisible()
    await expect(row(other, older).getByRole('button', { name: /^Claim / })).toBeVisible(SEEN)
    await row(other, older).getByRole('link').click()
    await other.getByRole('button', { name: 'Claim', exact: true }).click()
    await expect(page.getByText('Claimed by Demo agent', { exact: true })).toBeVisible(SEEN)
    await other.context().close()
  })

  test('of two the second is told who was first, and nothing of theirs counts @full', async ({ page, portal, browser, request }) => {
    test.setTimeout(240_000)
    const marker = newMarker('conflict')
    await signIn(page, portal)
    const other = await secondAgent(browser, portal)
    await report(request, portal.url, marker)
    for (const desk of [page, other]) await expect(row(desk, marker)).toBeVisible(SEEN)
    // One of them hears nothing any more, and goes on by what is on the screen.
    await other.route(/\/desk\/(stream|reports)/, (route) => route.abort())
    await link(page, marker).focus()
    await page.keyboard.press('c')
    await expect(page.getByRole('status').filter({ hasText: 'is yours' })).toBeVisible(SEEN)
    await link(other, marker).focus()
    await other.keyboard.press('c')
    const said = other.getByRole('status').filter({ hasText: /Claimed by Demo dispatcher .*ago|has it\. Open it/ })
    await expect(said).toBeVisible(SEEN)
    await expect(row(other, marker)).toContainText('Claimed by Demo dispatcher')
    await expect(row(page, marker)).toContainText('Yours')
    await other.context().close()
  })

  test('after a cut line it catches up by the stream alone, without a gap @full', async ({ page, portal, request }) => {
    test.setTimeout(240_000)
    await signIn(page, portal)
    const first = newMarker('before')
    await report(request, portal.stack.url, first)
    await expect(row(page, first)).toBeVisible(SEEN)
    const loads: string[] = []
    page.on('request', (asked) => {
      if (/\/desk\/reports\?order/.test(asked.url())) loads.push(asked.url())
    })
    const sent: string[] = []
    for (let cut = 0; cut < 3; cut++) {
      portal.network.goOffline()
      await expect(page.getByText('Reconnecting. The list may lag behind.')).toBeVisible(SEEN)
      for (let number = 0; number < 2; number++) {
        const marker = newMarker('meanwhile')
        sent.push(marker)
        await report(request, portal.stack.url, marker)
      }
      portal.network.goOnline()
      await expect(page.getByText('Live', { exact: true })).toBeVisible(SEEN)
      for (const marker of sent) await expect(row(page, marker)).toBeVisible(SEEN)
    }
    expect(loads).toEqual([])
  })

  test('filters stand in the address, count, and go back; keys of one letter can be turned off for good @full', async ({ page, portal, request }) => {
    test.setTimeout(240_000)
    const [calm, danger] = [newMarker('calm'), newMarker('danger')]
    await signIn(page, portal)
    await report(request, portal.url, calm)
    await report(request, portal.url, danger, { hazards: ['fire'] })
    await expect(row(page, calm)).toBeVisible(SEEN)
    await page.getByRole('button', { name: /^Hazards \(\d+\)/ }).click()
    await expect(page).toHaveURL(/\?mark=hazards$/)
    await expect(row(page, calm)).toHaveCount(0)
    await page.getByLabel('Reference, address or name').fill(danger)
    await expect(row(page, danger)).toBeVisible()
    await page.keyboard.press('Tab')
    await page.keyboard.press('f')
    await expect(page.getByRole('button', { name: /^Show:/ })).toBeFocused()
    await page.keyboard.press('Enter')
    await page.getByRole('menuitemradio', { name: /^Resolved \(\d+\)/ }).click()
    await expect(page).toHaveURL(/state=resolved/)
    await expect(page.getByText('No report of this kind.')).toBeVisible()
    await page.goBack()
    await expect(row(page, danger)).toBeVisible()
    await page.reload()
    await expect(row(page, danger)).toBeVisible()
    await expect(row(page, calm)).toHaveCount(0)

    await page.getByRole('button', { name: 'Keyboard' }).click()
    await page.getByLabel('Keys of one letter').uncheck()
    await page.keyboard.press('Escape')
    await page.reload()
    await link(page, danger).focus()
    await page.keyboard.press('c')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('?')
    await expect(page.getByRole('dialog')).toHaveCount(0)
    await expect(row(page, danger)).not.toContainText('Yours')
    await page.getByRole('button', { name: 'Keyboard' }).click()
    await page.getByLabel('Keys of one letter').check()
  })

  test('is accessible, in Spanish, and at 320 px @full', async ({ page, portal, request }) => {
    test.setTimeout(240_000)
    const marker = newMarker('axe')
    await signIn(page, portal)
    const id = await report(request, portal.url, marker, { hazards: ['fire', 'gas-smell'] })
    await expect(row(page, marker)).toBeVisible(SEEN)
    await link(page, marker).focus()
    await page.keyboard.press('c')
    await expect(row(page, marker)).toContainText('Yours')
    for (const width of [1280, 320]) {
      await page.setViewportSize({ width, height: 800 })
      await expectAccessible(page, `the desk at ${width} px`)
      await page.keyboard.press('?')
      await expect(page.getByRole('dialog')).toBeVisible()
      await expectAccessible(page, `the keys at ${width} px`)
      await page.keyboard.press('Escape')
    }
    await page.goto(`${portal.url}/desk/reports/${id}`)
    await expect(page.getByText('Yours')).toBeVisible()
    await expectAccessible(page, 'the handling of a report at 320 px')
    await page.goto(`${portal.url}/desk`)
    await page.getByRole('button', { name: 'Menu' }).click()
    await page.getByRole('link', { name: 'Español' }).click()
    await expect(page.getByRole('button', { name: /^Peligros \(\d+\)/ })).toBeVisible()
    await expect(row(page, marker)).toContainText('Suyo')
    await expectAccessible(page, 'the desk in Spanish at 320 px')
  })
})
