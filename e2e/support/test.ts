import { test as base, expect, type BrowserContext, type Cookie, type Page } from '@playwright/test'
import type { StaffRole } from '../../domain/staff-permissions.ts'
import { type Portal, startPortal } from './portal.ts'

export { expect }

/** What a dead server or a cut line makes the browser say; anything else in the console fails the test. */
const NETWORK_NOISE = /Failed to load resource|net::ERR_|ERR_CONNECTION|Failed to fetch|NetworkError|Load failed|Failed to update a ServiceWorker|status of (40[0-9]|50[0-9])/

export const test = base.extend<object, { portal: Portal }>({
  portal: [
    async ({}, use) => {
      const portal = await startPortal()
      await use(portal)
      await portal.stop()
    },
    { scope: 'worker', timeout: 300_000 },
  ],
  baseURL: async ({ portal }, use) => use(portal.url),
  /** Page errors and console errors of all its pages fail the test, but for what a cut line causes. */
  context: async ({ context }, use) => {
    const errors = watchConsole(context)
    await use(context)
    expect(errors, 'errors in the console').toEqual([])
  },
})

/** Collects what should never be said; the array fills as it happens. */
function watchConsole(context: BrowserContext): string[] {
  const errors: string[] = []
  context.on('console', (message) => {
    if (message.type() === 'error' && !NETWORK_NOISE.test(message.text())) errors.push(message.text())
  })
  context.on('weberror', (error) => {
    // What the browser itself rejects with has an empty stack.
    const { name, message, stack } = error.error()
    if (!NETWORK_NOISE.test(message)) errors.push(`${error.page()?.url()}: ${stack || `${name}: ${message}`}`)
  })
  return errors
}

/** A text that no other report has. */
let marked = 0
export function newMarker(what: string): string {
  return `${what}-${process.pid}-${++marked}`
}

/** The first visit, up to the moment when the worker holds the page and its parts. */
export async function visitReportPage(page: Page, origin: string): Promise<void> {
  await page.goto(`${origin}/en/report`)
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready
  })
}

/** Fills the form as a person would and presses send; the marker goes into the address and the notes. */
export async function sendReport(page: Page, marker: string, more: { hazard?: string } = {}): Promise<void> {
  await fillReport(page, marker, more)
  await page.getByRole('button', { name: 'Send report' }).click()
}

/** Everything but the press on send. */
export async function fillReport(page: Page, marker: string, more: { hazard?: string } = {}): Promise<void> {
  if (more.hazard) await page.getByLabel(more.hazard).check()
  await page.getByLabel('Everything').check()
  await page.getByLabel('Address', { exact: true }).fill(`12 ${marker} Street`)
  const notes = page.getByLabel('Anything the crew should know?')
  if (!(await notes.isVisible())) await page.getByText('More details (optional)').click()
  await notes.fill(marker)
}

/** The card of a report on the phone's own list. */
export function reportCard(page: Page, marker: string) {
  return page.getByRole('article').filter({ hasText: marker })
}

/** It waits on the phone, and its first try is over: one still under way would be let through by a network that comes back, with the clock of now. */
export async function expectTriedInVain(page: Page, marker: string): Promise<void> {
  await expect(reportCard(page, marker)).toContainText('Saved on this phone')
  await expect(reportCard(page, marker).getByRole('button', { name: 'Try now' })).toBeVisible()
}

/** Sessions that have begun at a portal, so that not every journey gives a password and a code. */
const begunSessions = new WeakMap<Portal, Map<StaffRole, Cookie[]>>()

/** At the desk, in the session that a journey before has begun, while it holds; a dispatcher, who may do all that is done to reports. */
export async function signIn(page: Page, portal: Portal, role: StaffRole = 'dispatcher'): Promise<void> {
  const begun = begunSessions.get(portal)?.get(role)
  if (begun) {
    await page.context().addCookies(begun)
    await page.goto(`${portal.url}/desk`)
    if (new URL(page.url()).pathname === '/desk') return
  }
  await beginSession(page, portal, role)
  const cookies = (await page.context().cookies()).filter(({ name }) => name.startsWith('stormdoor-staff.'))
  begunSessions.set(portal, (begunSessions.get(portal) ?? new Map<StaffRole, Cookie[]>()).set(role, cookies))
}

/** Password, then the code of the authenticator. */
export async function beginSession(page: Page, portal: Portal, role: StaffRole): Promise<void> {
  await page.goto(`${portal.url}/sign-in`)
  await page.getByLabel('Email').fill(portal.staff[role].email)
  await page.getByLabel('Password', { exact: true }).fill(portal.staff[role].password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL('**/sign-in/code')
  await page.getByLabel('Code').fill(await portal.staffCode(role))
  await page.getByRole('button', { name: 'Confirm' }).click()
  await page.waitForURL('**/desk')
}

/** Both stores and the log hold the report exactly once. Waits for the projections. */
export async function expectOnceEverywhere(portal: Portal, marker: string): Promise<void> {
  await expect.poll(() => portal.rowsWith(marker), { timeout: 30_000, intervals: [200], message: `rows of ${marker} in Postgres` }).toBe(1)
  expect(await portal.eventsWith(marker), `events of ${marker} in the log`).toHaveLength(1)
  expect(await portal.cachedWith(marker), `reports of ${marker} in Redis`).toBe(1)
}
