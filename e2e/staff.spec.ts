import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Page } from '@playwright/test'
import { totpAt } from '../server/identity/totp.ts'
import { expectAccessible } from './support/expect-accessible.ts'
import { beginSession, expect, signIn, test } from './support/test.ts'

const PASSWORD = 'a password of this journey'
const ANOTHER_PASSWORD = 'another password of this journey'
const run = promisify(execFile)

test.describe('staff @identity', () => {
  test.describe.configure({ timeout: 240_000 })

  test('somebody new sets a password by the link of a command, enrols, keeps the recovery codes and is signed in @full', async ({ page, portal }) => {
    const env = { ...process.env, ...portal.stack.env, STORMDOOR_ENV: 'demo', npm_lifecycle_event: undefined } as NodeJS.ProcessEnv
    const { stdout } = await run(process.execPath, ['bin/staff.ts', '--add', 'new@example.com', '--name', 'Somebody new', '--role', 'auditor'], { env })
    await page.goto(stdout.trim().split('\n').at(-1)!)
    await page.getByLabel('New password').fill('short')
    await page.getByRole('button', { name: 'Set password' }).click()
    await expect(page.getByRole('alert').filter({ hasText: 'Use 12 to 128 characters.' })).toBeVisible()
    await page.getByLabel('New password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Set password' }).click()
    await page.waitForURL('**/sign-in?done=password')
    await page.getByLabel('Email').fill('new@example.com')
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL('**/sign-in/enrol')
    await expect(page.getByRole('img', { name: 'QR code' })).toBeVisible()
    await expectAccessible(page, 'the enrolment')
    const secret = await secretOn(page)
    await page.getByLabel('The code that the app shows now').fill(totpAt(secret, Date.now()))
    await page.getByRole('button', { name: 'Confirm the code' }).click()
    await expect(page.getByRole('heading', { name: 'Recovery codes' })).toBeVisible()
    const codes = await page.getByRole('main').getByRole('listitem').allTextContents()
    expect(codes).toHaveLength(10)
    await expectAccessible(page, 'the recovery codes')
    await page.getByRole('link', { name: 'Go to the desk' }).click()
    await page.waitForURL('**/desk')
    await page.goto(`${portal.url}/desk/my-sign-in`)
    await page.getByLabel('Present password').fill(PASSWORD)
    await page.getByLabel('New password').fill(ANOTHER_PASSWORD)
    await page.getByRole('button', { name: 'Change password' }).click()
    await expect(page.getByText('Your password is changed.')).toBeVisible()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.waitForURL('**/sign-in')
    await page.getByLabel('Email').fill('new@example.com')
    await page.getByLabel('Password', { exact: true }).fill(ANOTHER_PASSWORD)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL('**/sign-in/code')
    await expectAccessible(page, 'the code')
    await page.getByLabel('Code').fill('000000')
    await page.getByRole('button', { name: 'Confirm' }).click()
    await expect(page.getByRole('alert').filter({ hasText: 'This code is not right' })).toBeVisible()
    await page.getByLabel('Code').fill(codes[0]!)
    await page.getByRole('button', { name: 'Confirm' }).click()
    await page.waitForURL('**/desk')
  })

  test('a supervisor changes a role, and the desk of that person is over; a role sees what it may @full', async ({ page, portal, browser }) => {
    const auditor = await browser.newPage()
    await signIn(auditor, portal, 'auditor')
    await expect(auditor.getByRole('link', { name: 'Staff', exact: true })).toHaveCount(0)
    await expect(auditor.getByRole('link', { name: 'New report for a caller' })).toHaveCount(0)
    for (const path of ['/desk/staff', '/desk/new-report']) {
      const refused = await auditor.goto(`${portal.url}${path}`)
      expect(refused?.status(), path).toBe(403)
      await expect(auditor.getByRole('heading', { name: 'This is not for your role' })).toBeVisible()
    }
    await signIn(page, portal, 'supervisor')
    await page.getByRole('link', { name: 'Staff', exact: true }).click()
    await page.waitForURL('**/desk/staff')
    await expectAccessible(page, 'the staff')
    await expect(page.getByRole('listitem', { name: 'Demo supervisor' }).getByRole('button')).toHaveCount(0)
    const row = page.getByRole('listitem', { name: 'Demo auditor' })
    await row.getByLabel('Role of Demo auditor').selectOption('agent')
    await row.getByRole('button', { name: 'Change role' }).click()
    await expect(row.getByText('has the new role')).toBeVisible()
    await auditor.goto(`${portal.url}/desk`)
    await expect(auditor).toHaveURL(/\/sign-in/)
    await row.getByLabel('Role of Demo auditor').selectOption('auditor')
    await row.getByRole('button', { name: 'Change role' }).click()
    await expect(row.getByText('auditor@example.com · auditor')).toBeVisible()
    await auditor.close()
  })

  test('with Postgres killed staff on shift go on, and others sign in from the sealed copy @full', async ({ page, portal, browser }) => {
    await signIn(page, portal, 'agent')
    // The copy is written anew every minute, and the demo staff were made after the start.
    await expect.poll(() => portal.breakGlassKnows('dispatcher'), { timeout: 90_000 }).toBe(true)
    await portal.stack.kill('postgres')
    try {
      await page.goto(`${portal.url}/desk`)
      await expect(page.getByRole('heading', { name: 'Outage desk' })).toBeVisible()
      await expect(page.getByText('from the sealed copy')).toHaveCount(0)
      const other = await browser.newPage()
      await beginSession(other, portal, 'dispatcher')
      await expect(other.getByText('from the sealed copy')).toBeVisible()
      await other.goto(`${portal.url}/desk/new-report`)
      await expect(other.getByRole('button', { name: 'Save report' })).toBeVisible()
      await other.close()
    } finally {
      await portal.stack.start('postgres')
    }
  })
})

/** The key as it stands for typing, back in its own characters. */
async function secretOn(page: Page): Promise<string> {
  const typed = (await page.locator('code').first().innerText()).replaceAll(/\s/g, '')
  const bits = Array.from(typed, (letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2))).toString()
}
