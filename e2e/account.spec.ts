import type { Page } from '@playwright/test'
import { type CustomerLogin, makeCustomers, signInCustomer, signOutCustomer } from './support/customers.ts'
import { expectAccessible } from './support/expect-accessible.ts'
import { expect, test } from './support/test.ts'

const OLD = 'This is the last that we know'

const premise = (page: Page, { accounts }: CustomerLogin, which = 0) => page.getByRole('article', { name: accounts[which]!.personal.address.line1 })

async function keepPages(page: Page): Promise<void> {
  await page.evaluate(async () => void (await navigator.serviceWorker.ready))
}

test.describe('a customer’s own page @reads', () => {
  test('shows their premises and changes quiet hours; offline all of it is still there, with its age', async ({ page, portal }) => {
    const [her] = await makeCustomers(portal, 2)
    await signInCustomer(page, portal, her!, 'account')
    await expect(premise(page, her!)).toContainText(her!.accounts[0]!.accountNumber, { timeout: 20_000 })
    await expect(page.getByRole('article')).toHaveCount(2)
    await page.getByLabel('From').fill('22:30')
    await page.getByLabel('Until').fill('06:15')
    await page.getByRole('button', { name: 'Save' }).click()
    await expect(page.getByText('Saved.')).toBeVisible()
    await keepPages(page)

    portal.network.goOffline()
    await page.reload()
    await expect(premise(page, her!)).toContainText(her!.accounts[0]!.accountNumber)
    await expect(page.getByText(OLD)).toBeVisible({ timeout: 30_000 })
    await expect(page.getByText(/^As of/)).toBeVisible()
    await expect(page.getByLabel('From')).toHaveValue('22:30')
    await expect(page.getByLabel('From')).toBeDisabled()
    await expect(page.getByText('This cannot be changed while we cannot be reached').first()).toBeVisible()

    portal.network.goOnline()
    await page.reload()
    await expect(page.getByLabel('From')).toBeEnabled({ timeout: 20_000 })
    await expect(page.getByLabel('From')).toHaveValue('22:30')
  })

  test('works with Postgres and web dead: reads, reports at a premise and changes what is sent @full', async ({ page, portal }) => {
    test.setTimeout(240_000)
    const [her] = await makeCustomers(portal, 2)
    await signInCustomer(page, portal, her!, 'account')
    await expect(page.getByRole('article')).toHaveCount(2, { timeout: 20_000 })
    for (const name of ['postgres', 'web'] as const) await portal.stack.kill(name)
    try {
      await page.reload()
      await expect(premise(page, her!, 1)).toContainText('No outage known')
      await premise(page, her!, 1).getByRole('link', { name: 'Report an outage here' }).click()
      await expect(page.getByLabel(her!.accounts[1]!.personal.address.line1)).toBeChecked()
      await page.getByLabel('Everything').check()
      await page.getByRole('button', { name: 'Send report' }).click()
      await expect(page.getByRole('article')).toContainText('Received — reference')
      await page.goto(`${portal.url}/en/account`)
      await expect(premise(page, her!, 1)).toContainText('Outage reported', { timeout: 30_000 })
      await premise(page, her!, 1).getByRole('link', { name: /^Report of/ }).click()
      await page.waitForURL(/\/en\/reports#[0-9a-f-]{36}$/)
      await page.goto(`${portal.url}/en/account`)
      await page.getByRole('checkbox', { name: 'Text message' }).check()
      await page.getByLabel('Phone for text messages').fill('555')
      await page.getByRole('button', { name: 'Save' }).click()
      await expect(page.getByText('Write the number with its area code')).toBeVisible()
      await page.getByLabel('Phone for text messages').fill('(707) 555-0142')
      await page.getByRole('button', { name: 'Save' }).click()
      await expect(page.getByText('Saved.')).toBeVisible()
      await page.reload()
      await expect(page.getByLabel('Phone for text messages')).toHaveValue('+17075550142')
    } finally {
      await Promise.all((['postgres', 'web'] as const).map((name) => portal.stack.start(name)))
    }
  })

  test('shows nothing of another customer: not by an address, not on the same phone, not from what the phone has kept @full', async ({ page, portal }) => {
    test.setTimeout(240_000)
    const [her, him] = await makeCustomers(portal, 2, 1)
    await signInCustomer(page, portal, her!, 'account')
    await expect(page.getByRole('article')).toHaveCount(2, { timeout: 20_000 })
    const strange = him!.accounts[0]!.accountNumber
    const status = (path: string) => page.evaluate(async (address) => (await fetch(address)).status, path)
    for (const path of [`/en/account/${strange}`, `/api/v1/me/${strange}`, `/api/v1/me/premises/${strange}`]) expect([path, await status(path)]).toEqual([path, 404])
    expect(await status(`/api/v1/accounts/${strange}`), 'for programs of staff alone').toBe(401)
    await keepPages(page)

    await signOutCustomer(page, portal)
    await page.goto(`${portal.url}/en/account`)
    await expect(page.getByRole('link', { name: 'Sign in', exact: true })).toBeVisible()
    await signInCustomer(page, portal, him!, 'account')
    await expect(premise(page, him!)).toBeVisible({ timeout: 20_000 })
    await expect(page.locator('body')).not.toContainText(her!.accounts[0]!.accountNumber)
    const kept = () => page.evaluate(async () => {
      const found: string[] = []
      for (const { name } of await indexedDB.databases()) {
        const database = await new Promise<IDBDatabase>((resolve, reject) => {
          const opening = indexedDB.open(name!)
          opening.addEventListener('success', () => resolve(opening.result))
          opening.addEventListener('error', () => reject(opening.error!))
        })
        for (const store of database.objectStoreNames) {
          found.push(JSON.stringify(await new Promise((resolve) => {
            const reading = database.transaction(store).objectStore(store).getAll()
            reading.addEventListener('success', () => resolve(reading.result))
          })))
        }
        database.close()
      }
      return found.join('\n')
    })
    await expect.poll(kept, { timeout: 20_000 }).toContain(strange)
    await expect.poll(kept, { timeout: 20_000 }).not.toContain(her!.accounts[0]!.accountNumber)
  })

  test('has nothing that axe finds, in both languages, at both widths, light and dark; a download and an erasure @full', async ({ browser, portal }) => {
    test.setTimeout(420_000)
    const [her] = await makeCustomers(portal, 1)
    for (const [width, colorScheme, locale, heading] of [[320, 'light', 'en', 'Your account'], [1280, 'dark', 'es', 'Su cuenta'], [320, 'dark', 'es', 'Su cuenta'], [1280, 'light', 'en', 'Your account']] as const) {
      const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme, reducedMotion: 'reduce' })
      const page = await context.newPage()
      await page.goto(`${portal.url}/${locale}/account`)
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(heading)
      await expectAccessible(page, `/${locale}/account, nobody signed in, ${width} px`)
      await signInCustomer(page, portal, her!, 'account')
      await page.goto(`${portal.url}/${locale}/account`)
      await expect(premise(page, her!)).toBeVisible({ timeout: 20_000 })
      await page.locator('details > summary').last().click()
      await expectAccessible(page, `/${locale}/account at ${width} px`)
      await context.close()
    }
    const context = await browser.newContext()
    const page = await context.newPage()
    await signInCustomer(page, portal, her!, 'account')
    const downloading = page.waitForEvent('download')
    await page.getByRole('link', { name: 'Download my data' }).click()
    expect((await downloading).suggestedFilename()).toBe('my-data.json')
    await page.getByText('Have my data erased').click()
    await page.getByLabel(/^Type .* to confirm$/).fill('another@example.com')
    await page.getByRole('button', { name: 'Erase my sign-in and my data' }).click()
    await expect(page.getByText('This is not the email that you sign in with.')).toBeVisible()
    await page.getByLabel(/^Type .* to confirm$/).fill(her!.email)
    await page.getByRole('button', { name: 'Erase my sign-in and my data' }).click()
    await expect(page.getByText('We have your request')).toBeVisible({ timeout: 20_000 })
    await page.reload()
    await expect(page.getByRole('link', { name: 'Sign in', exact: true })).toBeVisible()
    await page.goto(`${portal.url}/account/sign-in`)
    await page.getByLabel('Email').fill(her!.email)
    await page.getByLabel('Password', { exact: true }).fill(her!.password)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await expect(page.getByText('Email and password do not belong together')).toBeVisible()
    await context.close()
  })
})
