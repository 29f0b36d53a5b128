import { someReport, someSecret } from '../server/outages/report-fixture.ts'
import { expect, expectOnceEverywhere, newMarker, sendReport, signIn, test } from './support/test.ts'

test.describe('the desk @desk', () => {
  test('a stranger sees nothing', async ({ page, portal, request }) => {
    await page.goto(`${portal.url}/desk`)
    await expect(page).toHaveURL(/\/sign-in/)
    expect((await request.get(`${portal.url}/desk/stream`, { maxRedirects: 0 })).status()).toBe(401)
  })

  test('a wrong password is refused in words, and a tampered session is none', async ({ page, portal, context }) => {
    await page.goto(`${portal.url}/sign-in`)
    await page.getByLabel('Email').fill(portal.staff.email)
    await page.getByLabel('Password', { exact: true }).fill('not the password')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await expect(page.getByRole('alert').first()).toBeVisible()

    await signIn(page, portal)
    const cookies = await context.cookies()
    await context.clearCookies()
    await context.addCookies(cookies.map((cookie) => ({ ...cookie, value: `${cookie.value.slice(0, -4)}AAAA` })))
    await page.goto(`${portal.url}/desk`)
    await expect(page).toHaveURL(/\/sign-in/)
  })

  test('a report arrives without a reload; hazards stand first', async ({ page, portal, browser }) => {
    await signIn(page, portal)
    const phone = await browser.newPage()
    await phone.goto(`${portal.url}/en/report`)
    const danger = newMarker('danger')
    await sendReport(phone, danger, { hazard: 'Power line down or hanging low' })
    await expect(page.getByText(danger).first()).toBeVisible({ timeout: 20_000 })

    const calm = newMarker('calm')
    await phone.getByRole('button', { name: 'Report another problem' }).click()
    await sendReport(phone, calm)
    await expect(page.getByText(calm).first()).toBeVisible({ timeout: 20_000 })
    const text = await page.locator('main').innerText()
    expect(text.indexOf(danger)).toBeLessThan(text.indexOf(calm))
    await phone.close()
  })

  test('a report for a caller is one, however often its form is sent', async ({ page, portal }) => {
    await signIn(page, portal)
    await page.goto(`${portal.url}/desk/new-report`)
    const marker = newMarker('caller')
    await page.getByLabel('Whole home').check()
    await page.getByLabel('Address given').fill(`12 ${marker} Street`)
    const sending = page.waitForRequest((request) => request.method() === 'POST' && request.url().endsWith('/desk/new-report'))
    await page.getByRole('button', { name: 'Save report' }).click()
    const sent = await sending
    await page.waitForURL('**/desk?taken=**')
    const again = await page.request.fetch(sent.url(), { method: 'POST', headers: await sent.allHeaders(), data: sent.postDataBuffer()!, maxRedirects: 0 })
    expect(again.status()).toBeLessThan(400)
    await expect(page.getByText(marker).first()).toBeVisible({ timeout: 20_000 })
    await expectOnceEverywhere(portal, marker)
  })

  test('another body under the same id is refused to the phone and marked at the desk; the first one stands', async ({ page, portal, request }) => {
    await signIn(page, portal)
    const marker = newMarker('first')
    const secret = someSecret()
    const report = { ...someReport(), place: { address: `12 ${marker} Street` } }
    const send = (data: object) => request.post(`${portal.url}/api/v1/outage-reports`, { data, headers: { 'report-secret': secret } })
    expect((await send(report)).status()).toBe(201)
    expect((await send({ ...report, place: { address: '99 Other Street' } })).status()).toBe(409)
    const row = page.getByRole('listitem').filter({ has: page.getByRole('link', { name: marker }) })
    await expect(row).toContainText('1 conflict', { timeout: 20_000 })
    await expect(page.getByText('99 Other Street')).toHaveCount(0)
  })
})
