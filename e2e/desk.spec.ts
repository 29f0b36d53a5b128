import { expect, newMarker, sendReport, signIn, test } from './support/test.ts'

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
})
