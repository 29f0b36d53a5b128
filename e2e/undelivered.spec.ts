import { someReport, someSecret } from '../server/outages/report-fixture.ts'
import { expectAccessible } from './support/expect-accessible.ts'
import type { Portal } from './support/portal.ts'
import { expect, newMarker, signIn, test } from './support/test.ts'

/** A report without an account waits ten seconds for one before it is handed over. */
const HANDED_OVER_MS = 45_000

async function coreSystem({ stack }: Portal, mode: object): Promise<void> {
  const control = new URL('/control', stack.env.CORE_SYSTEM_URL)
  const headers = { authorization: `Bearer ${stack.env.CORE_SYSTEM_TOKEN}`, 'content-type': 'application/json' }
  expect((await fetch(control, { method: 'POST', headers, body: JSON.stringify(mode) })).status).toBe(200)
}

test.describe('what the core system refuses @desk', () => {
  test('waits at the desk with its reason, and is handed over once more by the keyboard alone @full', async ({ page, portal, request }) => {
    test.setTimeout(240_000)
    const marker = newMarker('refused')
    await signIn(page, portal)
    await expect(page.getByRole('link', { name: 'Undelivered', exact: true })).toBeVisible()
    await coreSystem(portal, { mode: 'refusing', share: 1 })
    const report = { ...someReport(), place: { address: `12 ${marker} Street` } }
    expect((await request.post(`${portal.url}/api/v1/outage-reports`, { data: report, headers: { 'report-secret': someSecret() } })).status()).toBe(201)

    await page.goto(`${portal.url}/desk/undelivered`)
    const row = page.getByRole('listitem').filter({ hasText: marker })
    await expect(row).toContainText('The stand-in was told to refuse it', { timeout: HANDED_OVER_MS })
    await expect(row).toContainText('Answer 422')
    await expect(page.getByRole('link', { name: /^Undelivered: \d+ report/ })).toBeVisible({ timeout: 30_000 })
    await expectAccessible(page, '/desk/undelivered')
    await page.setViewportSize({ width: 320, height: 700 })
    await expectAccessible(page, '/desk/undelivered at 320 px')
    await page.setViewportSize({ width: 1280, height: 800 })
    await page.goto(`${portal.url}/desk/reports/${report.id}`)
    await expect(page.getByText(/^Refused /)).toBeVisible()
    await expectAccessible(page, 'a refused report')
    await page.goto(`${portal.url}/desk/undelivered`)

    await coreSystem(portal, { mode: 'up' })
    await row.getByRole('link').focus()
    await page.keyboard.press('Tab')
    await expect(row.getByRole('button', { name: /^Hand over once more: The report/ })).toBeFocused()
    await page.keyboard.press('Enter')
    const said = page.getByRole('status').filter({ hasText: 'is queued to be handed over once more' })
    await expect(said).toBeFocused()
    await expect(row).toHaveCount(0, { timeout: 20_000 })

    await page.goto(`${portal.url}/desk/reports/${report.id}`)
    await expect(page.getByText(/^At the core system since/)).toBeVisible({ timeout: HANDED_OVER_MS })
    await expect(page.getByText(/OMS-\d+ there/)).toBeVisible()
    await expectAccessible(page, 'a delivered report')
  })
})
