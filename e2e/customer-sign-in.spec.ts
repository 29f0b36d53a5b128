import type { Page } from '@playwright/test'
import { demoCustomers } from '../bin/demo/demo-customers.ts'
import { makeCustomers, signInTo } from './support/customers.ts'
import { expectAccessible } from './support/expect-accessible.ts'
import { messageTo } from './support/messages.ts'
import { DEMO_ACCOUNTS } from './support/portal.ts'
import { expect, test } from './support/test.ts'

const PHONE = { width: 320, height: 740 }
const PASSWORD = 'lantern gravel otter piano'
/** From the end: makeCustomers takes them from the start. */
const unclaimed = demoCustomers({ count: DEMO_ACCOUNTS }).toArray().toReversed()

const send = (page: Page) => page.locator('main form button[type=submit]').last()

test.describe('customers sign in @identity', () => {
  test.use({ viewport: PHONE, reducedMotion: 'reduce' })

  test('by a code that is sent to a phone on file; they sign out, and in again', async ({ page, portal }) => {
    const { accountNumber, personal } = unclaimed[0]!
    const email = 'newcomer@example.com'
    await page.goto(`${portal.url}/account/sign-in`)
    await expect(page.getByRole('main').getByRole('link', { name: 'Report an outage' })).toBeVisible()
    await expectAccessible(page, '/account/sign-in')
    await page.getByRole('link', { name: 'First time here?' }).click()
    await page.getByLabel('Account number').fill(accountNumber)
    await page.getByLabel('Phone number or email that we have on file').fill(personal.phones[0]!)
    await page.getByRole('button', { name: 'Send me a code' }).click()
    await page.waitForURL('**/account/sign-up/*')
    const { values } = await messageTo(portal, personal.phones[0]!, 'sign-up-code')
    await page.getByRole('textbox', { name: 'Code' }).fill(values.code!)
    await page.getByLabel('Email').fill(email)
    await page.getByLabel('New password').fill('password1234')
    await page.getByRole('button', { name: 'Finish' }).click()
    const summary = page.getByRole('alert').filter({ hasText: 'One thing needs another look' })
    await expect(summary.locator('..')).toBeFocused()
    await expectAccessible(page, 'the code page with its error')
    await page.getByLabel('New password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Finish' }).click()
    await page.waitForURL('**/account/welcome')

    await page.goto(`${portal.url}/account/security`)
    await expect(page.getByText(`You sign in as ${email}.`)).toBeVisible()
    await expectAccessible(page, '/account/security')
    await page.getByRole('button', { name: 'Sign out', exact: true }).click()
    await expect(page.getByText('You are signed out on this device.')).toBeVisible()
    await page.goto(`${portal.url}/account/security`)
    await page.waitForURL('**/account/sign-in?next=*')
    await signInTo(page, portal, { email, password: PASSWORD })
  })

  test('with a passkey, which has a name and can be removed @full', async ({ page, context, portal }) => {
    const [customer] = await makeCustomers(portal, 1)
    const devtools = await context.newCDPSession(page)
    await devtools.send('WebAuthn.enable', { enableUI: false })
    const options = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } as const
    const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', { options })
    await signInTo(page, portal, customer!)
    await page.getByRole('button', { name: 'Add a passkey' }).click()
    await expect(page.getByText('The passkey is added.')).toBeVisible()
    await page.locator('summary', { hasText: 'Rename' }).click()
    await page.getByLabel('Name of the passkey').first().fill('Kitchen tablet')
    await page.getByRole('button', { name: 'Rename' }).click()
    await expect(page.getByText('The passkey has its new name.')).toBeVisible()
    await expectAccessible(page, '/account/security with a passkey')

    // Nobody is there to touch it: the one that the email field offers waits, and the button takes over from it.
    await devtools.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled: false })
    await page.getByRole('button', { name: 'Sign out', exact: true }).click()
    await page.waitForURL('**/account/sign-in?told=signed-out')
    await devtools.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled: true })
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await page.waitForURL('**/en/account')

    await page.goto(`${portal.url}/account/security`)
    await page.getByRole('button', { name: 'Remove (Kitchen tablet)' }).click()
    await expect(page.getByText('The passkey is removed.')).toBeVisible()
    await page.getByRole('button', { name: 'Sign out', exact: true }).click()
    await page.waitForURL('**/account/sign-in?told=signed-out')
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await expect(page.getByText('This passkey was not accepted.')).toBeVisible()
  })

  test('with a new password from a link, without script; the link works once and leaves the address @full', async ({ browser, portal }) => {
    const [customer] = await makeCustomers(portal, 1)
    const { email } = customer!
    const context = await browser.newContext({ javaScriptEnabled: false, viewport: PHONE })
    const page = await context.newPage()
    await page.goto(`${portal.url}/account/reset`)
    await page.getByLabel('Email').fill(email)
    await send(page).click()
    await expect(page).toHaveURL(/\/account\/reset\/sent$/)
    const link = (await messageTo(portal, email, 'reset-link')).values.link!
    const choose = async (password: string) => {
      await page.goto(link)
      expect(new URL(page.url()).search, 'the token in the address').toBe('')
      await page.getByLabel('New password').fill(password)
      await send(page).click()
    }
    await choose('short')
    await expect(page.getByRole('main')).toContainText('Use at least 12 characters.')
    await choose(PASSWORD)
    await expect(page.getByText('Your new password is set.')).toBeVisible()
    await choose(`${PASSWORD} again`)
    await expect(page.getByRole('main')).toContainText('This link is no longer good')
    await signInTo(page, portal, { email, password: PASSWORD })
    await context.close()
  })

  test('by an invitation: whoever has none makes a sign-in; roles change, access ends, the last owner stays @full', async ({ page, browser, portal }) => {
    const [owner] = await makeCustomers(portal, 1)
    const invited = 'invited@example.com'
    await signInTo(page, portal, owner!, '/account/household')
    await page.locator('summary', { hasText: 'Invite somebody' }).click()
    await page.getByLabel('Email').fill(invited)
    await page.getByLabel('May pay').check()
    await page.getByRole('button', { name: 'Send invitation' }).click()
    await expect(page.getByText('The invitation is on its way.')).toBeVisible()
    await expectAccessible(page, '/account/household with an invitation')

    const link = (await messageTo(portal, invited, 'invitation')).values.link!
    const context = await browser.newContext({ viewport: PHONE })
    const theirs = await context.newPage()
    await theirs.goto(link)
    expect(new URL(theirs.url()).search, 'the token in the address').toBe('')
    await expectAccessible(theirs, '/account/invitation')
    await theirs.getByLabel('New password').fill(PASSWORD)
    await theirs.getByRole('button', { name: 'Set up and accept' }).click()
    await theirs.waitForURL('**/account/welcome')
    const household = theirs.getByRole('main')
    const look = async () => {
      await theirs.goto(`${portal.url}/account/household`)
      return household.innerText()
    }
    await expect.poll(look).toContain('May pay')
    expect(await look(), 'who is no owner sees nobody else').not.toContain(owner!.email)
    await theirs.goto(link)
    await expect(household).toContainText('This invitation is no longer good')

    await page.reload()
    await page.locator('summary', { hasText: 'Change role' }).click()
    await page.locator('details[open]').getByLabel('May report').check()
    await page.getByRole('button', { name: `Change role (${invited})` }).click()
    await expect(page.getByText('The role is changed.')).toBeVisible()
    await expect.poll(look).toContain('May report')
    await page.locator('summary', { hasText: 'Leave this account' }).click()
    await page.getByRole('button', { name: 'Yes, leave' }).click()
    await expect(page.getByRole('main')).toContainText('The last owner stays while others have access.')
    await page.locator('summary', { hasText: 'Remove access' }).click()
    await page.getByRole('button', { name: 'Yes, remove' }).click()
    await expect(page.getByText('The access is removed.')).toBeVisible()
    await expect.poll(look).toContain('There is no account with your sign-in yet.')
    await context.close()
  })

  test('in Spanish on a wide dark screen, and add an account there @full', async ({ browser, portal }) => {
    const [customer] = await makeCustomers(portal, 1)
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: 'dark', locale: 'es-US', reducedMotion: 'reduce' })
    const page = await context.newPage()
    for (const path of ['sign-in', 'sign-up', 'sign-up/019c0000-0000-7000-8000-000000000001', 'reset', 'reset/sent', 'reset/new', 'invitation']) {
      await page.goto(`${portal.url}/account/${path}`)
      await expectAccessible(page, `/account/${path} in Spanish`)
      await expect(page.getByText('Para reportarlo nunca hace falta iniciar sesión.')).toBeVisible()
    }
    await signInTo(page, portal, customer!, '/account/add')
    const { accountNumber, personal } = unclaimed[1]!
    await page.getByLabel('Número de cuenta').fill(accountNumber)
    await page.getByLabel('Teléfono o correo que tenemos registrado').fill(personal.phones[0]!)
    await page.getByRole('button', { name: 'Enviarme un código' }).click()
    await page.waitForURL('**/account/add/*')
    await page.getByRole('link', { name: 'English' }).click()
    await expect(page.getByRole('heading', { name: 'Enter the code' })).toBeVisible()
    await page.getByRole('textbox', { name: 'Code' }).fill('000 000')
    await page.getByRole('button', { name: 'Add this account' }).click()
    await expect(page.getByRole('main')).toContainText('This code is not right')
    const { values } = await messageTo(portal, personal.phones[0]!, 'account-code')
    await page.getByRole('textbox', { name: 'Code' }).fill(values.code!)
    await page.getByRole('button', { name: 'Add this account' }).click()
    await expect(page.getByText('The account is added.')).toBeVisible()
    await expect.poll(async () => {
      await page.goto(`${portal.url}/account/household`)
      return page.getByRole('main').innerText()
    }).toContain(accountNumber)
    await expectAccessible(page, '/account/household of two accounts')
    await context.close()
  })
})
