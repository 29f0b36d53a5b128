import { someReport, someSecret } from '../server/outages/report-fixture.ts'
import { expectAccessible } from './support/expect-accessible.ts'
import type { Portal } from './support/portal.ts'
import { expect, expectOnceEverywhere, newMarker, reportCard, sendReport, signIn, test } from './support/test.ts'

const BEHIND_THE_LOG = ['core-sim', 'sync', 'reactors', 'projector', 'search', 'web', 'redis', 'postgres'] as const
const SECRET = someSecret()

/** A breaker opens within one watch of its store, and the page asks every ten seconds. */
const SEEN_MS = 30_000

test.describe('everything behind the log is dead @door', () => {
  test.describe.configure({ mode: 'serial' })

  test.beforeAll(async ({ portal }) => {
    expect(await post(portal, someReport())).toBe(201)
    await expect.poll(async () => (await fetch(`${portal.url}/api/v1/outage-status`)).status).toBe(200)
    await Promise.all(BEHIND_THE_LOG.map((name) => portal.stack.kill(name)))
  })
  test.afterAll(async ({ portal }) => {
    await Promise.all(BEHIND_THE_LOG.map((name) => portal.stack.start(name)))
  })

  const withScript = newMarker('stranger')
  const plain = newMarker('plain')
  const program = newMarker('program')

  test('a phone that has never been here reports with JavaScript', async ({ page, portal }) => {
    await page.goto(`${portal.url}/report`)
    await sendReport(page, withScript)
    await expect(reportCard(page, withScript)).toContainText('Received — reference')
    expect(await portal.eventsWith(withScript)).toHaveLength(1)
  })

  test('it reports without JavaScript, and pressing send twice is one report', async ({ browser, portal }) => {
    const context = await browser.newContext({ javaScriptEnabled: false })
    const page = await context.newPage()
    await page.goto(`${portal.url}/report`)
    const form = async () => {
      await page.getByLabel('Everything').check()
      await page.getByLabel('Address', { exact: true }).fill(`12 ${plain} Street`)
      await page.getByRole('button', { name: 'Send report' }).click()
      await expect(page.getByText(/[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}/).first()).toBeVisible()
    }
    await form()
    await page.reload()
    await expect(page.getByText(/[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}/).first()).toBeVisible()
    const events = await portal.eventsWith(plain)
    expect(events).toHaveLength(1)
    expect(events[0]!.type).toBe('outage.reported.v1')
    await context.close()
  })

  test('a mistake in the plain form is named beside its field, and nothing typed is lost', async ({ browser, portal }) => {
    const context = await browser.newContext({ javaScriptEnabled: false })
    const page = await context.newPage()
    await page.goto(`${portal.url}/en/report`)
    await page.getByText('More details (optional)').click()
    await page.getByLabel('Anything the crew should know?').fill('blue gate')
    await page.getByLabel('Everything').check()
    await page.getByRole('button', { name: 'Send report' }).click()
    await expect(page.locator('main')).toContainText(/Say where:/)
    await expect(page.locator('[name=accessNotes]')).toHaveValue('blue gate')
    await context.close()
  })

  test('a customer reads as ever, and a program reports and asks', async ({ page, portal }) => {
    for (const path of ['/en/reports', '/en']) {
      await page.goto(portal.url + path)
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    }
    await expect(page.getByText(/No large outage known|We know of outages/).first()).toBeVisible()
    const report = { ...someReport(), accessNotes: program, place: { address: `12 ${program} Street` } }
    expect(await post(portal, report)).toBe(201)
    const standing = await fetch(`${portal.url}/api/v1/outage-reports/${report.id}`, { headers: { 'report-secret': SECRET } })
    expect(await standing.json()).toMatchObject({ id: report.id, state: 'received' })
    const status = await fetch(`${portal.url}/api/v1/outage-status`)
    expect([status.status, typeof ((await status.json()) as { asOf: unknown }).asOf]).toEqual([200, 'string'])
  })

  test('all of it is in the projections once they live again', async ({ portal }) => {
    await Promise.all((['postgres', 'redis', 'projector'] as const).map((name) => portal.stack.start(name)))
    for (const marker of [withScript, plain, program]) await expectOnceEverywhere(portal, marker)
  })
})

test.describe('the desk of a portal that is half dead @desk', () => {
  test('the desk says what is down, since when and what it means, on every page, in both languages, and when it is over @full', async ({ page, portal, request }) => {
    test.setTimeout(240_000)
    const marker = newMarker('desk')
    await signIn(page, portal)
    expect((await request.post(`${portal.url}/api/v1/outage-reports`, { data: { ...someReport(), place: { address: `12 ${marker} Street` } }, headers: { 'report-secret': someSecret() } })).status()).toBe(201)
    await expect(page.getByText(marker).first()).toBeVisible({ timeout: 20_000 })
    const banner = page.getByRole('status').filter({ hasText: 'has not answered since' })
    await expect(banner).toHaveCount(0)

    await portal.stack.kill('postgres')
    await expect(banner).toContainText('The database (Postgres) has not answered since', { timeout: SEEN_MS })
    await expect(banner).toContainText('Reports are taken, and the desk shows what the cache knows.')
    await expect(page.getByText(/^Cache as of/)).toBeVisible()
    for (const path of ['/desk', '/desk/new-report', '/desk/system']) {
      await page.goto(`${portal.url}${path}`)
      await expect(banner).toContainText('The database (Postgres)')
      await expectAccessible(page, `${path} with Postgres dead`)
    }
    await expect(page.getByRole('listitem').filter({ hasText: 'Does not answer' })).toContainText('The database (Postgres)')
    await page.setViewportSize({ width: 320, height: 700 })
    await expectAccessible(page, '/desk/system at 320 px')

    await portal.stack.kill('redis')
    await expect(banner).toContainText('cannot be opened until one of the two is back', { timeout: SEEN_MS })
    await page.goto(`${portal.url}/desk`)
    await expect(page.getByText('The list cannot be read at the moment.', { exact: false })).toBeVisible()
    await expect(page.getByText(/^List as of/)).toBeVisible()
    await expect(page.getByText(marker).first()).toBeVisible()

    await portal.stack.start('redis')
    await portal.stack.start('postgres')
    await expect(banner).toHaveCount(0, { timeout: SEEN_MS })
    await expect(page.getByText(marker).first()).toBeVisible({ timeout: SEEN_MS })
  })

  test('a core system that is away is seen, and nothing else changes @full', async ({ page, portal }) => {
    test.setTimeout(240_000)
    await signIn(page, portal)
    await portal.stack.kill('core-sim')
    const banner = page.getByRole('status').filter({ hasText: 'has not answered since' })
    await expect(banner).toContainText('The core system has not answered since', { timeout: 90_000 })
    await page.getByRole('link', { name: 'Español' }).click()
    await expect(page.getByRole('status').filter({ hasText: 'El sistema central no responde desde' })).toBeVisible()
    await page.getByRole('link', { name: 'English' }).click()
    await portal.stack.start('core-sim')
    await expect(banner).toHaveCount(0, { timeout: 90_000 })
  })
})

/** As a program does. @returns the status of the answer */
async function post({ url }: Portal, report: object): Promise<number> {
  const headers = { 'content-type': 'application/json', 'report-secret': SECRET }
  const { status } = await fetch(`${url}/api/v1/outage-reports`, { method: 'POST', headers, body: JSON.stringify(report) })
  return status
}
