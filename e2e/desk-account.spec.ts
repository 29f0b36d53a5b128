import type { Page } from '@playwright/test'
import { demoCustomers } from '../bin/demo/demo-customers.ts'
import type { StaffRole } from '../domain/staff-permissions.ts'
import { expectAccessible } from './support/expect-accessible.ts'
import { DEMO_ACCOUNTS, type Portal } from './support/portal.ts'
import { expect, newMarker, signIn, test } from './support/test.ts'

const customers = [...demoCustomers({ count: DEMO_ACCOUNTS })]
/** Told apart by their index, so that no test sees what another did. */
const customer = (index: number) => customers.filter(({ personal }) => personal.email !== undefined)[index]!
const SEEN = { timeout: 20_000 }

/** Signed in, with the desk on screen: its own arrival must not overtake where the test goes next. */
async function atDesk(page: Page, portal: Portal, role: StaffRole): Promise<void> {
  await signIn(page, portal, role)
  await expect(page.getByRole('button', { name: 'Sign out' })).toBeVisible()
}

test.describe('an account at the desk @desk @audit', () => {
  test('an agent opens an account, sees its details for a reason, notes something, and the auditor finds it', async ({ page, portal, browser }) => {
    const { accountNumber, personal } = customer(0)
    const [why, note] = [newMarker('caller named meter'), newMarker('note')]
    await atDesk(page, portal, 'agent')
    await page.goto(`${portal.url}/desk/accounts/${accountNumber}`)
    await expect(page.getByRole('heading', { level: 1, name: personal.name })).toBeVisible()
    await expect(page.getByText('Audit trail')).toHaveCount(0)
    expect(await page.content()).not.toContain(personal.email)
    expect(await page.content()).not.toContain(personal.phones[0])

    // The core system may have given the customer another phone since; its end is told before.
    const ending = (await page.getByRole('definition').filter({ hasText: /^••• \d\d$/ }).innerText()).slice(-2)
    await page.getByText('Show the details').click()
    await page.getByRole('button', { name: 'Show them' }).click()
    await expect(page.getByText('Choose a reason.')).toBeVisible()
    await page.getByLabel('The caller is the customer, checked').check()
    await page.getByLabel('In your own words').fill(why)
    await page.getByRole('button', { name: 'Show them' }).click()
    await expect(page.getByText(personal.email!)).toBeVisible()
    await expect(page.getByRole('link', { name: new RegExp(`^\\+1\\d{8}${ending}$`) })).toHaveAttribute('href', new RegExp(`^tel:\\+1\\d{8}${ending}$`))
    await page.getByRole('button', { name: 'Mask them again' }).click()
    await expect(page.getByText(personal.email!)).toHaveCount(0)

    await page.getByLabel('Note').fill(note)
    await page.getByRole('button', { name: 'Add note' }).click()
    await expect(page.getByText('Note added.')).toBeVisible()
    const timeline = page.getByRole('region', { name: 'What happened' })
    await expect(timeline.getByText(note)).toBeVisible(SEEN)
    await expect(timeline.getByText(why)).toBeVisible(SEEN)
    expect((await page.request.get(`${portal.url}/desk/audit`, { maxRedirects: 0 })).status()).toBe(403)
    expect((await page.request.get(`${portal.url}/desk/accounts/4100-999999999`)).status()).toBe(404)

    const auditing = await (await browser.newContext()).newPage()
    await atDesk(auditing, portal, 'auditor')
    await auditing.getByRole('link', { name: 'Audit trail' }).click()
    await auditing.getByLabel('Reason contains').fill(why)
    await auditing.getByRole('button', { name: 'Search' }).click()
    const found = auditing.getByRole('region', { name: 'Entries' }).getByRole('listitem')
    await expect(found).toHaveCount(1)
    await expect(found).toContainText(`account.revealed · Account ${accountNumber}`)
    await expect(found).toContainText('Demo agent, agent')
    const exported = await auditing.request.get(`${portal.url}/desk/audit/export?format=ndjson&reason=${encodeURIComponent(why)}`)
    expect(JSON.parse(await exported.text())).toMatchObject({ act: 'account.revealed', actorName: 'Demo agent', reason: `caller-verified: ${why}` })
    expect((await page.request.get(`${portal.url}/desk/audit/export?format=csv`)).status()).toBe(403)
    await auditing.goto(`${portal.url}/desk/audit?act=audit.`)
    await expect(found.filter({ hasText: 'audit.exported' }).first()).toBeVisible(SEEN)
    await auditing.context().close()
  })

  test('two agents: a note appears at once, and the second to change the flags is told whose they are now @full', async ({ page, portal, browser }) => {
    const { accountNumber } = customer(1)
    const note = newMarker('at once')
    await atDesk(page, portal, 'agent')
    await page.goto(`${portal.url}/desk/accounts/${accountNumber}`)
    const other = await (await browser.newContext()).newPage()
    await atDesk(other, portal, 'supervisor')
    await other.goto(`${portal.url}/desk/accounts/${accountNumber}`)
    await other.getByLabel('Note').fill(note)
    await other.getByRole('button', { name: 'Add note' }).click()
    await expect(page.getByText(note)).toBeVisible(SEEN)

    await page.getByText('Change the flags').click()
    await page.getByLabel('Do not call').check()
    await other.getByText('Change the flags').click()
    await other.getByLabel('Safety risk for crews').check()
    await other.getByRole('button', { name: 'Save flags' }).click()
    await expect(other.getByText('Flags saved.')).toBeVisible()
    await page.getByRole('button', { name: 'Save flags' }).click()
    await expect(page.getByText('Demo supervisor changed the flags just before you')).toBeVisible()
    await expect(page.getByText('Now: Safety risk for crews.')).toBeVisible()
    await expect(page.getByLabel('Do not call')).toBeChecked()
    await page.getByRole('button', { name: 'Save flags' }).click()
    await expect(page.getByText('Flags saved.')).toBeVisible()
    const timeline = other.getByRole('region', { name: 'What happened' })
    await expect(timeline.getByText('Flags set by Demo agent: Do not call')).toBeVisible(SEEN)
    await other.context().close()
  })

  test('a report for the caller on the line has their account in it, and shows in the timeline @full', async ({ page, portal }) => {
    const { accountNumber } = customer(2)
    await atDesk(page, portal, 'agent')
    await page.goto(`${portal.url}/desk/accounts/${accountNumber}`)
    await page.getByRole('link', { name: 'Report an outage for this customer' }).click()
    await expect(page.getByLabel('Account number')).toHaveValue(accountNumber)
    await page.getByLabel('Whole home').check()
    await page.getByRole('button', { name: 'Save report' }).click()
    await page.waitForURL('**/desk?taken=**')
    const reference = new URL(page.url()).searchParams.get('taken')!
    await page.goto(`${portal.url}/desk/accounts/${accountNumber}`)
    await expect(page.getByRole('link', { name: `Report ${reference}` })).toBeVisible(SEEN)
  })

  test('in Spanish, at phone width and at the desk, axe finds nothing @full', async ({ page, portal, context }) => {
    await atDesk(page, portal, 'supervisor')
    const { accountNumber, personal } = customer(3)
    await context.addCookies([{ name: 'locale', value: 'es', url: portal.url }])
    for (const width of [320, 1_280]) {
      await page.setViewportSize({ width, height: 900 })
      for (const path of [`/desk/accounts/${accountNumber}`, '/desk/audit']) {
        await page.goto(`${portal.url}${path}`)
        for (const fold of await page.locator('main details').all()) await fold.evaluate((details: HTMLDetailsElement) => (details.open = true))
        await expectAccessible(page, `${path} at ${width} px`)
      }
    }
    await page.goto(`${portal.url}/desk/accounts/${accountNumber}`)
    await expect(page.getByRole('heading', { name: personal.name })).toBeVisible()
    await expect(page.getByText('Mostrar los datos')).toBeVisible()
  })

  test('with Postgres dead an account opens from the cache and says what is missing; with both dead it says so kindly @full', async ({ page, portal }) => {
    test.setTimeout(240_000)
    const { accountNumber, personal } = customer(4)
    const note = newMarker('kept')
    await atDesk(page, portal, 'agent')
    await page.goto(`${portal.url}/desk/accounts/${accountNumber}`)
    await page.getByLabel('Note').fill(note)
    await page.getByRole('button', { name: 'Add note' }).click()
    await expect(page.getByRole('region', { name: 'What happened' }).getByText(note)).toBeVisible(SEEN)
    try {
      await portal.stack.kill('postgres')
      await page.goto(`${portal.url}/desk/accounts/${accountNumber}`)
      await expect(page.getByRole('heading', { name: personal.name })).toBeVisible()
      await expect(page.getByText(note)).toBeVisible()
      await expect(page.getByText('Who looked and acted cannot be read while the database is down')).toBeVisible()
      await page.getByText('Show the details').click()
      await page.getByLabel('To call back').check()
      await page.getByLabel('In your own words').fill('the line broke off')
      await page.getByRole('button', { name: 'Show them' }).click()
      await expect(page.getByText(personal.email!)).toBeVisible()
      await portal.stack.kill('redis')
      await page.goto(`${portal.url}/desk/accounts/${accountNumber}`)
      await expect(page.getByRole('heading', { name: 'This account cannot be read at the moment' })).toBeVisible()
    } finally {
      await Promise.all((['postgres', 'redis'] as const).map((name) => portal.stack.start(name)))
    }
  })
})
