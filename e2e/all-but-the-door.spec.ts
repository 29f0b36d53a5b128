import { someReport, someSecret } from '../server/outages/report-fixture.ts'
import { expectAccessible } from './support/expect-accessible.ts'
import { expect, expectOnceEverywhere, newMarker, signIn, test } from './support/test.ts'

/** A breaker opens within one watch of its store, and the page asks every ten seconds. */
const SEEN_MS = 30_000

test.describe('everything behind the log dies @door @desk', () => {
  test.describe.configure({ mode: 'serial' })

  test('a customer reads and reports as ever, and all is at the desk when the rest is back', async ({ page, portal, request }) => {
    const marker = newMarker('alone')
    const secret = someSecret()
    const before = { ...someReport(), place: { address: `12 ${newMarker('before')} Street` } }
    const send = (data: object) => request.post(`${portal.url}/api/v1/outage-reports`, { data, headers: { 'report-secret': secret } })
    expect((await send(before)).status()).toBe(201)
    await expect.poll(async () => (await request.get(`${portal.url}/api/v1/outage-status`)).status()).toBe(200)

    for (const name of ['core-sim', 'sync', 'reactors', 'projector', 'web', 'redis', 'postgres'] as const) await portal.stack.kill(name)
    await page.goto(`${portal.url}/en`)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await expect(page.getByText(/No large outage known|We know of outages/).first()).toBeVisible()
    await page.goto(`${portal.url}/en/report`)
    await expect(page.getByRole('button', { name: 'Send report' })).toBeVisible()
    await page.goto(`${portal.url}/en/reports`)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    const report = { ...someReport(), accessNotes: marker, place: { address: `12 ${marker} Street` } }
    expect((await send(report)).status()).toBe(201)
    const standing = await request.get(`${portal.url}/api/v1/outage-reports/${report.id}`, { headers: { 'report-secret': secret } })
    expect(await standing.json()).toMatchObject({ id: report.id, state: 'received' })
    const status = await request.get(`${portal.url}/api/v1/outage-status`)
    expect([status.status(), typeof ((await status.json()) as { asOf: unknown }).asOf]).toEqual([200, 'string'])

    await Promise.all((['postgres', 'redis', 'projector', 'reactors', 'web', 'core-sim', 'sync'] as const).map((name) => portal.stack.start(name)))
    await expectOnceEverywhere(portal, marker)
  })

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
