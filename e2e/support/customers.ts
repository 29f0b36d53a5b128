import type { Page } from '@playwright/test'
import { demoCustomers } from '../../bin/demo/demo-customers.ts'
import type { Account } from '../../domain/account.ts'
import { systemClock } from '../../domain/clock.ts'
import { seedDemoCustomer } from '../../server/identity/customers/seed-demo-customer.ts'
import { openEventLog } from '../../server/platform/event-log/open-event-log.ts'
import { DEMO_ACCOUNTS, type Portal } from './portal.ts'

export interface CustomerLogin {
  email: string
  password: string
  accounts: readonly Account[]
}

/** Journeys that choose accounts by themselves take the first ones, and those that sign up the last ones. */
const FIRST_GIVEN = 60
/** What journeys of a portal have been given: no other one meets it. */
const given = new WeakMap<Portal, { logins: number; accounts: number }>()

/** Customers who have signed up, each the owner of so many of the demo utility's accounts; none has another's, nor another journey's. */
export async function makeCustomers(portal: Portal, ...accountsEach: number[]): Promise<CustomerLogin[]> {
  const { DATABASE_URL, STORMDOOR_SESSION_SECRET, EVENT_LOG_URL } = portal.stack.env
  const before = given.get(portal) ?? { logins: 0, accounts: FIRST_GIVEN }
  const free = demoCustomers({ count: DEMO_ACCOUNTS }).drop(before.accounts)
  given.set(portal, { logins: before.logins + accountsEach.length, accounts: before.accounts + accountsEach.reduce((sum, count) => sum + count, 0) })
  const log = await openEventLog({ url: EVENT_LOG_URL!, clock: systemClock, region: 'local', node: 'e2e' })
  const logins: CustomerLogin[] = []
  try {
    for (const count of accountsEach) {
      const accounts = Array.from({ length: count }, () => free.next().value!)
      const email = `customer-${before.logins + logins.length + 1}@example.com`
      const login = await seedDemoCustomer({ databaseUrl: DATABASE_URL!, sessionSecret: STORMDOOR_SESSION_SECRET!, log, accounts, email })
      logins.push({ ...login, accounts })
    }
    return logins
  } finally {
    await log.close()
  }
}

/** Up to the page that was asked for. @param next a page below the language */
export async function signInCustomer(page: Page, portal: Portal, { email, password }: Pick<CustomerLogin, 'email' | 'password'>, next = 'report'): Promise<void> {
  await signInTo(page, portal, { email, password }, `/en/${next}`)
}

/** In any language, with script or without. @param next a page that whoever signs in may ask for */
export async function signInTo(page: Page, portal: Portal, { email, password }: Pick<CustomerLogin, 'email' | 'password'>, next = '/account/security'): Promise<void> {
  await page.goto(`${portal.url}/account/sign-in?next=${next}`)
  await page.locator('[name=email]').fill(email)
  await page.locator('[name=password]').fill(password)
  await page.locator('main form button[type=submit]').click()
  await page.waitForURL(({ pathname }) => pathname === next)
}

export async function signOutCustomer(page: Page, portal: Portal): Promise<void> {
  await page.goto(`${portal.url}/account/security`)
  await page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await page.waitForURL('**/account/sign-in?told=signed-out')
}
