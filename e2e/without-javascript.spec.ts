import { expect, expectOnceEverywhere, newMarker, reportCard, sendReport, test } from './support/test.ts'

test.describe('a phone that has never been here, with web, Postgres, Redis and the projector dead @door', () => {
  test.describe.configure({ mode: 'serial' })

  test.beforeAll(async ({ portal }) => {
    for (const name of ['web', 'projector', 'reactors', 'redis', 'postgres'] as const) await portal.stack.kill(name)
  })
  test.afterAll(async ({ portal }) => {
    for (const name of ['postgres', 'redis', 'projector', 'reactors', 'web'] as const) await portal.stack.start(name)
  })

  const withScript = newMarker('stranger')
  const plain = newMarker('plain')

  test('reports with JavaScript', async ({ page, portal }) => {
    await page.goto(`${portal.url}/report`)
    await sendReport(page, withScript)
    await expect(reportCard(page, withScript)).toContainText('Received — reference')
    expect(await portal.eventsWith(withScript)).toHaveLength(1)
  })

  test('reports without JavaScript, and pressing send twice is one report', async ({ browser, portal }) => {
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

  test('all of it is in the projections once they live again', async ({ portal }) => {
    for (const name of ['postgres', 'redis', 'projector'] as const) await portal.stack.start(name)
    await expectOnceEverywhere(portal, withScript)
    await expectOnceEverywhere(portal, plain)
  })
})
