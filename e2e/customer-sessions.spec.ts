import type { BrowserContext, Page } from '@playwright/test'
import { makeCustomers, signInTo } from './support/customers.ts'
import type { Portal } from './support/portal.ts'
import { expect, test } from './support/test.ts'

const SESSION = 'stormdoor-customer.session_token'
/** Less than a second where nothing else runs; what ends a session is known by then, says revocations.test.ts. */
const SOON_MS = 10_000

async function sessionOf(context: BrowserContext): Promise<string | undefined> {
  return (await context.cookies()).find(({ name }) => name === SESSION)?.value
}

async function isSignedIn(page: Page, portal: Portal): Promise<boolean> {
  await page.goto(`${portal.url}/account/security`)
  return new URL(page.url()).pathname === '/account/security'
}

/** Another process than the one that ends sessions. */
async function isKnownToApi(page: Page, portal: Portal): Promise<boolean> {
  return (await page.request.get(`${portal.url}/api/v1/me/premises`)).status() !== 401
}

/** What a form of a page sends without script, with these fields filled in. */
async function formOf(page: Page, filled: Record<string, string>): Promise<Record<string, string>> {
  const hidden = await page.locator('main form').last().locator('input[type=hidden]').evaluateAll((inputs) => inputs.map((input) => [(input as HTMLInputElement).name, (input as HTMLInputElement).value]))
  return { ...(Object.fromEntries(hidden) as Record<string, string>), ...filled }
}

test.describe('sessions of customers @identity @full', () => {
  test('what stood in the cookies before a sign-in opens nothing after it, nor does the session before', async ({ page, context, portal, browser }) => {
    const [customer, other] = await makeCustomers(portal, 1, 1)
    await context.addCookies([{ name: SESSION, value: 'planted', url: portal.url }])
    await signInTo(page, portal, customer!)
    const first = await context.cookies()
    expect(await sessionOf(context)).not.toBe('planted')
    await signInAnew(page, portal, other!)
    expect(await sessionOf(context)).not.toBe(first.find(({ name }) => name === SESSION)!.value)

    const stolen = await browser.newContext()
    await stolen.addCookies(first)
    const thief = await stolen.newPage()
    await expect.poll(() => isSignedIn(thief, portal), { timeout: SOON_MS }).toBe(false)
    await stolen.close()
  })

  test('a form that another site sends is refused, also one without script', async ({ browser, portal }) => {
    const [customer] = await makeCustomers(portal, 1)
    const context = await browser.newContext({ javaScriptEnabled: false })
    const page = await context.newPage()
    await signInTo(page, portal, customer!)
    const everywhere = await formOf(page, {})
    const foreign = await page.request.post(`${portal.url}/account/security`, { multipart: everywhere, headers: { origin: 'https://evil.example' }, maxRedirects: 0 })
    expect(foreign.status()).toBeGreaterThanOrEqual(400)
    expect(await isSignedIn(page, portal), 'signed in after a foreign form').toBe(true)
    const own = await page.request.post(`${portal.url}/account/security`, { multipart: await formOf(page, {}), headers: { origin: new URL(portal.url).origin }, maxRedirects: 0 })
    expect(own.status()).toBe(303)
    expect(await isSignedIn(page, portal), 'signed in after the own form').toBe(false)
    await context.close()
  })

  test('who guesses passwords is told to wait, calmly and with the way to report; others at the same place are not held up', async ({ page, portal, browser }) => {
    // Whom no other test signs in: who was guessed at has to wait.
    const [neighbor, , , , guessedAt] = await makeCustomers(portal, 1, 1, 1, 1, 1)
    await page.goto(`${portal.url}/account/sign-in`)
    const main = page.getByRole('main')
    for (const email of [guessedAt!.email, 'nobody@example.com']) {
      await page.getByLabel('Email').fill(email)
      await page.getByLabel('Password', { exact: true }).fill('a guess of somebody')
      await page.getByRole('button', { name: 'Sign in', exact: true }).click()
      await expect(main, 'the same words whether or not there is such a sign-in').toContainText('Email and password do not belong together.')
      await page.reload()
    }
    await page.getByLabel('Email').fill(guessedAt!.email)
    await page.getByLabel('Password', { exact: true }).fill('a guess of somebody')
    await expect(async () => {
      await page.getByRole('button', { name: 'Sign in', exact: true }).click()
      await expect(main).toContainText(/That was tried too often\. Wait \d+ min/, { timeout: 2_000 })
    }).toPass({ timeout: 60_000 })
    await expect(main.getByRole('link', { name: 'Report an outage' })).toBeVisible()
    const elsewhere = await browser.newContext()
    await signInTo(await elsewhere.newPage(), portal, neighbor!)
    await elsewhere.close()
  })

  test('end on one device, and everywhere, also while Postgres is down: soon, in every process', async ({ page, browser, portal }) => {
    const [customer] = await makeCustomers(portal, 1)
    const other = await browser.newContext()
    const elsewhere = await other.newPage()
    await signInTo(elsewhere, portal, customer!)
    await signInTo(page, portal, customer!)
    await page.getByRole('button', { name: /^Sign out there/ }).first().click()
    await expect(page.getByText('That device is signed out.')).toBeVisible()
    await expect.poll(() => isKnownToApi(elsewhere, portal), { timeout: SOON_MS }).toBe(false)
    await expect.poll(() => isSignedIn(elsewhere, portal), { timeout: SOON_MS }).toBe(false)

    await signInTo(elsewhere, portal, customer!)
    await portal.stack.kill('postgres')
    try {
      expect(await isSignedIn(page, portal), 'signed in while Postgres is down').toBe(true)
      await expect(page.getByText('This cannot be shown just now.').first()).toBeVisible()
      await page.getByRole('button', { name: 'Sign out everywhere' }).click()
      await expect(page.getByText('You are signed out everywhere.')).toBeVisible()
      await expect.poll(() => isKnownToApi(elsewhere, portal), { timeout: SOON_MS }).toBe(false)
      await expect.poll(() => isSignedIn(elsewhere, portal), { timeout: SOON_MS }).toBe(false)

      await elsewhere.getByLabel('Email').fill(customer!.email)
      await elsewhere.getByLabel('Password', { exact: true }).fill(customer!.password)
      await elsewhere.getByRole('button', { name: 'Sign in', exact: true }).click()
      await expect(elsewhere.getByRole('main')).toContainText('Sign-in cannot be reached just now. Nothing was changed.')
    } finally {
      await portal.stack.start('postgres')
    }
    await other.close()
  })
})

/** Whoever comes next on a phone, without the one before having signed out. */
async function signInAnew(page: Page, portal: Portal, { email, password }: { email: string; password: string }): Promise<void> {
  await page.goto(`${portal.url}/account/sign-in?told=again&next=/account/security`)
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(page.getByText(`You sign in as ${email}.`)).toBeVisible()
}
