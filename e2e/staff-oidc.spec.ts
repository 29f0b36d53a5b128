import { startOpenIdProvider } from '../bin/test-support/open-id-provider.ts'
import { expectAccessible } from './support/expect-accessible.ts'
import { startPortal } from './support/portal.ts'
import { expect, test as base } from './support/test.ts'

/** The portal knows its provider at its start, and the provider where the portal is. */
const test = base.extend<object, { provider: Awaited<ReturnType<typeof startOpenIdProvider>> }>({
  provider: [
    async ({}, use) => {
      const provider = await startOpenIdProvider({
        redirectUri: 'http://localhost:1/replaced',
        people: { lead: { email: 'lead@example.com', name: 'A lead', groups: ['desk-leads'] }, guest: { email: 'guest@example.com', name: 'A guest', groups: ['staff'] } },
      })
      await use(provider)
      await provider.close()
    },
    { scope: 'worker' },
  ],
  portal: [
    async ({ provider }, use) => {
      const portal = await startPortal({
        env: {
          STAFF_OIDC_ISSUER: provider.issuer, STAFF_OIDC_CLIENT_ID: provider.clientId, STAFF_OIDC_CLIENT_SECRET: provider.clientSecret, STAFF_OIDC_ROLES: 'desk-leads:supervisor,desk-agents:agent',
        },
      })
      provider.allowRedirect(`${portal.url}/sign-in/oidc/callback`)
      await use(portal)
      await portal.stop()
    },
    { scope: 'worker', timeout: 300_000 },
  ],
})

test.describe("staff of the utility's own provider @identity", () => {
  test.describe.configure({ timeout: 240_000 })

  test('sign in there, and have here the role that it says; a new role ends the session of before @full', async ({ page, portal, provider, browser }) => {
    const signIn = async (on: typeof page, login: string) => {
      await on.goto(`${portal.url}/sign-in`)
      await expect(on.getByLabel('Password', { exact: true }), 'the provider alone').toHaveCount(0)
      await on.getByRole('link', { name: 'Sign in with your organization' }).click()
      await on.locator('input[name=login]').fill(login)
      await on.locator('input[name=password]').fill('anything')
      await on.getByRole('button').click()
    }
    await signIn(page, 'lead')
    await page.waitForURL('**/desk')
    await expect(page.getByText('A lead, supervisor')).toBeVisible()
    await page.getByRole('link', { name: 'A lead' }).click()
    await expect(page.getByText('You sign in with your organization')).toBeVisible()

    provider.people.set('lead', { email: 'lead@example.com', name: 'A lead', groups: ['desk-agents'] })
    const context = await browser.newContext()
    const other = await context.newPage()
    await signIn(other, 'lead')
    await other.waitForURL('**/desk')
    await expect(other.getByText('A lead, agent')).toBeVisible()
    await page.goto(`${portal.url}/desk`)
    await expect(page).toHaveURL(/\/sign-in/)
    await context.close()

    const stranger = await browser.newContext()
    const guest = await stranger.newPage()
    const refused = guest.waitForResponse((response) => response.url().endsWith('/sign-in/no-role'))
    await signIn(guest, 'guest')
    expect((await refused).status()).toBe(403)
    await expect(guest.getByRole('heading', { name: 'You have no role at the desk' })).toBeVisible()
    await expectAccessible(guest, 'no role')
    await stranger.close()
  })

  test('sign in with password and code only while the database is away @full', async ({ page, portal }) => {
    // The copy is written within a minute of the start, and the demo staff were made after it.
    await expect.poll(() => portal.breakGlassKnows('agent'), { timeout: 90_000 }).toBe(true)
    await portal.stack.kill('postgres')
    try {
      await page.goto(`${portal.url}/sign-in`)
      await page.getByLabel('Email').fill(portal.staff.agent.email)
      await page.getByLabel('Password', { exact: true }).fill(portal.staff.agent.password)
      await page.getByRole('button', { name: 'Sign in', exact: true }).click()
      await page.getByLabel('Code').fill(await portal.staffCode('agent'))
      await page.getByRole('button', { name: 'Confirm' }).click()
      await page.waitForURL('**/desk')
      await expect(page.getByText('from the sealed copy')).toBeVisible()
    } finally {
      await portal.stack.start('postgres')
    }
  })
})
