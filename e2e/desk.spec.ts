import { someFollowUp, someReport, someSecret } from '../server/outages/report-fixture.ts'
import { expect, expectOnceEverywhere, newMarker, sendReport, signIn, test } from './support/test.ts'

test.describe('the desk @desk', () => {
  test('a stranger sees nothing; a wrong password is refused in words, and a tampered session is none', async ({ page, portal, context, request }) => {
    expect((await request.get(`${portal.url}/desk/stream`, { maxRedirects: 0 })).status()).toBe(401)
    await page.goto(`${portal.url}/desk`)
    await expect(page).toHaveURL(/\/sign-in/)
    await page.getByLabel('Email').fill(portal.staff.agent.email)
    await page.getByLabel('Password', { exact: true }).fill('not the password')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await expect(page.getByRole('alert').filter({ hasText: 'do not belong together' })).toBeVisible()

    await signIn(page, portal)
    const cookies = await context.cookies()
    await context.clearCookies()
    await context.addCookies(cookies.map((cookie) => ({ ...cookie, value: `${cookie.value.slice(0, -4)}AAAA` })))
    await page.goto(`${portal.url}/desk`)
    await expect(page).toHaveURL(/\/sign-in/)
  })

  test('a report arrives without a reload; hazards stand first; another body under its id is refused to the phone and marked, and the first one stands', async ({ page, portal, browser, request }) => {
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

    const [marker, secret] = [newMarker('first'), someSecret()]
    const report = { ...someReport(), place: { address: `12 ${marker} Street` } }
    const send = (data: object) => request.post(`${portal.url}/api/v1/outage-reports`, { data, headers: { 'report-secret': secret } })
    expect((await send(report)).status()).toBe(201)
    expect((await send({ ...report, place: { address: '99 Other Street' } })).status()).toBe(409)
    const row = page.getByRole('listitem').filter({ has: page.getByRole('link', { name: marker }) })
    await expect(row).toContainText('1 conflict', { timeout: 20_000 })
    await expect(page.getByText('99 Other Street')).toHaveCount(0)
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

  test('what a customer says later appears without a reload: added, asked and answered, withdrawn', async ({ page, portal, request }) => {
    await signIn(page, portal)
    const [marker, secret] = [newMarker('later'), someSecret()]
    const report = { ...someReport({ savedAt: new Date(Date.now() - 7_805_000).toISOString() }), place: { address: `12 ${marker} Street` } }
    const post = async (path: string, data: object) => {
      const headers = { 'report-secret': secret, 'report-clock-offset-ms': '0', 'report-clock-error-ms': '90000' }
      expect((await request.post(`${portal.url}/api/v1/outage-reports${path}`, { data, headers })).status()).toBe(201)
    }
    const follow = (words: Parameters<typeof someFollowUp>[1]) => post(`/${report.id}/follow-ups`, someFollowUp(report.id, words))
    await post('', report)
    const row = page.getByRole('listitem').filter({ has: page.getByRole('link', { name: marker }) })
    await expect(row).toContainText('Waited 2 hr 10 min on the phone: we have asked whether it is still out.', { timeout: 20_000 })

    await follow({ kind: 'add', hazards: ['fire'], accessNotes: '<img src=x onerror=alert(1)>' })
    await expect(row).toContainText('Fire', { timeout: 20_000 })
    await expect(row).toContainText('1 addition')
    await row.getByRole('link').click()
    await expect(page.getByText('Access notes: <img src=x onerror=alert(1)>')).toBeVisible()
    await expect(page.getByText('No answer yet.')).toBeVisible()

    await follow({ kind: 'still-out', answer: 'yes' })
    await expect(page.getByText('the customer said: still out.')).toBeVisible({ timeout: 20_000 })
    await follow({ kind: 'withdraw', reason: 'power-back' })
    await expect(page.getByText('The customer withdrew this report')).toBeVisible({ timeout: 20_000 })
    await expect(page.getByText('it still counts')).toBeVisible()
    const standing = await request.get(`${portal.url}/api/v1/outage-reports/${report.id}`, { headers: { 'report-secret': secret } })
    expect(await standing.json()).toMatchObject({ state: 'withdrawn', confirmation: 'back', additions: 1, corrected: { savedAt: report.savedAt, errorMs: 90_000 } })
  })
})
