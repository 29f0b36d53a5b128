import type { Page } from '@playwright/test'
import { expectAccessible } from './support/expect-accessible.ts'
import type { Portal } from './support/portal.ts'
import { expect, expectTriedInVain, newMarker, reportCard, sendReport, signIn, test, visitReportPage } from './support/test.ts'

const HOUR_MS = 3_600_000
/** A phone that was cut off spreads its return; the page is hurried only by the time that it waits. */
const SOON_MS = 60_000

test.describe('what this phone has sent @outbox', () => {
  test('opens without a network; a withdrawal waits on the phone, goes out by itself and stands everywhere @full', async ({ page, portal, browser }) => {
    const { marker, id } = await reportReceived(page, portal)

    portal.network.goOffline()
    await page.goto(`${portal.url}/reports`)
    await expect(page).toHaveURL(`${portal.url}/en/reports`)
    const card = reportCard(page, marker)
    await expect(card).toContainText('Received')
    await expect(card).toContainText(/As we last heard at .+, (now|this minute|\d+ (minute|second)s? ago)/)
    await card.getByText('What you told us').click()
    await expect(card.getByRole('definition').filter({ hasText: 'Everything' })).toBeVisible()

    await card.getByRole('button', { name: 'Withdraw…' }).click()
    await card.getByRole('button', { name: 'Yes, withdraw it' }).click()
    await expect(card.getByText('Choose a reason.')).toBeVisible()
    await card.getByLabel('My power is back').check()
    await card.getByRole('button', { name: 'Yes, withdraw it' }).click()
    await expect(card).toContainText('You withdrew this report: “My power is back”.')
    await expect(page.getByText('You can close this page. Your browser sends what waits')).toBeVisible()
    await expect(card).toContainText('Saved on this phone')
    await expect(card).toHaveAttribute('data-state', 'received')
    await page.reload()
    await page.reload()
    await expect(card).toContainText('Saved on this phone')
    await expect(card, 'what was heard last is known after two reloads without a network').toContainText('As we last heard at')
    expect(await eventsAbout(portal, id)).toEqual(['outage.reported.v1'])

    await comeBack(page, portal)
    await expect(card).toHaveAttribute('data-state', 'withdrawn', { timeout: SOON_MS })
    await expect(page.getByRole('status').filter({ hasText: 'What you told us since: Received.' })).toHaveCount(1)
    await expect(card).toContainText('You withdrew this report. It stays in your list.', { timeout: SOON_MS })
    expect(await eventsAbout(portal, id)).toEqual(['outage.reported.v1', 'outage.withdrawn.v1'])
    await expect(card.getByRole('button', { name: 'Withdraw…' })).toHaveCount(0)
    await page.goto(`${portal.url}/en/report`)
    await expect(reportCard(page, marker)).toContainText('You withdrew this report.')
    await expect(reportCard(page, marker)).not.toContainText('Our outage desk has it.')

    const desk = await browser.newPage()
    await signIn(desk, portal)
    await desk.goto(`${portal.url}/desk/reports/${id}`)
    await expect(desk.locator('main')).toContainText(/withdrawn/i, { timeout: 20_000 })
    await desk.close()
  })

  test('a danger is added: what to do comes first, what is typed survives a reload, and it arrives once', async ({ page, portal }) => {
    const { marker, id } = await reportReceived(page, portal)
    await page.getByRole('link', { name: 'All my reports' }).click()
    const card = reportCard(page, marker)
    portal.network.goOffline()
    await card.getByRole('button', { name: 'Add to this report' }).click()
    await card.getByRole('button', { name: 'Send addition' }).click()
    await expect(card.getByText('Nothing is filled in yet')).toBeVisible()
    await card.getByLabel('Power line down or hanging low').check()
    await expect(card.getByRole('heading', { name: 'Get to safety first' })).toBeVisible()
    await expect(card.getByRole('link', { name: 'Call 911' })).toBeVisible()
    const notes = card.getByLabel('Anything the crew should know?')
    await notes.fill('It sparks near the hydrant')
    await expect.poll(() => keptAdditions(page)).toContain('hydrant')

    await page.reload()
    await expect(notes).toHaveValue('It sparks near the hydrant')
    await expect(card.getByLabel('Power line down or hanging low')).toBeChecked()
    await card.getByRole('button', { name: 'Send addition' }).click()
    await expect(card.getByRole('listitem').filter({ hasText: 'You added:' })).toContainText('It sparks near the hydrant')
    await expect.poll(() => keptAdditions(page)).not.toContain('hydrant')

    await comeBack(page, portal)
    await expect(card.locator('[data-change=add]')).toHaveAttribute('data-state', 'received', { timeout: SOON_MS })
    expect(await eventsAbout(portal, id)).toEqual(['outage.reported.v1', 'outage.added-to.v1'])
    const [added] = await portal.eventsWith('It sparks near the hydrant')
    expect(added!.data).toMatchObject({ reportId: id, hazards: ['downed-line'] })
  })

  test('a report that waited for hours asks whether the power is still out, and the answer reaches the desk @full', async ({ page, portal, browser }) => {
    const marker = newMarker('waited')
    await visitReportPage(page, portal.url)
    portal.network.goOffline()
    await page.clock.setSystemTime(Date.now() - 3 * HOUR_MS)
    await page.reload()
    await sendReport(page, marker)
    await expectTriedInVain(page, marker)
    await page.close()

    portal.network.goOnline()
    const later = await page.context().newPage()
    await later.clock.setSystemTime(Date.now())
    await later.goto(`${portal.url}/en/reports`)
    const card = reportCard(later, marker)
    await expect(card).toContainText('Your report waited 3 hours on this phone. Is your power still out?', { timeout: SOON_MS })
    const id = (await card.getAttribute('data-report'))!
    await later.goto(`${portal.url}/en/report`)
    await reportCard(later, marker).getByRole('button', { name: 'Yes, still out' }).click()
    await expect(reportCard(later, marker).getByRole('button', { name: 'Yes, still out' })).toHaveCount(0)
    await expect(reportCard(later, marker).getByRole('heading').first()).toBeFocused()
    await later.goto(`${portal.url}/en/reports#${id}`)
    await expect(card.locator('[data-change=still-out]')).toHaveAttribute('data-state', 'received', { timeout: SOON_MS })
    await expect(card).toBeFocused()
    await expect(card.getByText('Since when?')).toBeVisible()
    expect(await eventsAbout(portal, id)).toEqual(['outage.reported.v1', 'outage.confirmed.v1'])

    const desk = await browser.newPage()
    await signIn(desk, portal)
    await desk.goto(`${portal.url}/desk/reports/${id}`)
    await expect(desk.locator('main')).toContainText(/still out/i, { timeout: 20_000 })
    await desk.close()
  })

  test('another phone sees nothing of it, and is led to the report page in its own language @full', async ({ page, portal, browser }) => {
    const { marker } = await reportReceived(page, portal)
    const other = await browser.newContext({ locale: 'es-MX' })
    const stranger = await other.newPage()
    await stranger.goto(`${portal.url}/reports`)
    await expect(stranger.getByText('No hay reportes en este teléfono')).toBeVisible()
    await expect(stranger.getByText(marker)).toHaveCount(0)
    await stranger.evaluate(async () => {
      await navigator.serviceWorker.ready
    })
    portal.network.goOffline()
    await stranger.goto(`${portal.url}/reports`)
    await expect(stranger.locator('html')).toHaveAttribute('lang', 'es')
    await stranger.getByRole('link', { name: 'Reportar un corte de luz' }).first().click()
    await expect(stranger).toHaveURL(`${portal.url}/es/report`)
    portal.network.goOnline()
    await other.close()
  })

  test('with the keyboard alone, and nothing for axe to find @access @full', async ({ page, portal }) => {
    const { marker } = await reportReceived(page, portal)
    for (const width of [320, 1280]) {
      await page.setViewportSize({ width, height: 800 })
      await page.goto(`${portal.url}/en/reports`)
      const card = reportCard(page, marker)
      await card.getByText('What you told us').focus()
      await page.keyboard.press('Enter')
      await page.keyboard.press('Tab')
      await expect(card.getByRole('button', { name: 'Add to this report' })).toBeFocused()
      await page.keyboard.press('Enter')
      await expect(card.getByRole('heading', { name: 'Add to this report' })).toBeFocused()
      await page.keyboard.press('Tab')
      await page.keyboard.press('Space')
      await expect(card.getByRole('heading', { name: 'Get to safety first' })).toBeVisible()
      await expectAccessible(page, `the addition at ${width} px`)
      await card.getByRole('button', { name: 'Cancel' }).press('Enter')
      await expect(card.getByRole('button', { name: 'Add to this report' })).toBeFocused()
      await page.keyboard.press('Tab')
      await page.keyboard.press('Enter')
      await expect(card.getByRole('heading', { name: 'Withdraw this report?' })).toBeFocused()
      await card.getByRole('button', { name: 'Yes, withdraw it' }).press('Enter')
      await expectAccessible(page, `the withdrawal at ${width} px`)
      await card.getByRole('button', { name: 'No, keep it' }).press('Enter')
    }
  })

  test('a phone that has never been here opens it with everything but the door dead @door @full', async ({ browser, portal }) => {
    const dead = ['web', 'projector', 'reactors', 'redis', 'postgres'] as const
    for (const name of dead) await portal.stack.kill(name)
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(`${portal.url}/reports`)
    await expect(page.getByText('No reports on this phone')).toBeVisible()
    await context.close()
    for (const name of dead.toReversed()) await portal.stack.start(name)
  })
})

/** A report that the door has; the page stays on the report page. */
async function reportReceived(page: Page, portal: Portal): Promise<{ marker: string; id: string }> {
  const marker = newMarker('own')
  await visitReportPage(page, portal.url)
  await sendReport(page, marker)
  const card = reportCard(page, marker)
  await expect(card).toContainText('Received — reference')
  return { marker, id: (await card.getAttribute('data-report'))! }
}

async function comeBack(page: Page, portal: Portal): Promise<void> {
  portal.network.goOnline()
  await page.evaluate(() => window.dispatchEvent(new Event('online')))
}

/** Types of the events of one report, in the log's order. */
async function eventsAbout(portal: Portal, reportId: string): Promise<string[]> {
  const events = await portal.eventsWith(reportId)
  return events.map(({ type }) => type).filter((type) => type !== 'outage.matched.v1')
}

/** What the phone keeps of additions under way, as JSON. */
function keptAdditions(page: Page): Promise<string> {
  return page.evaluate(
    () =>
      new Promise<string>((resolve, reject) => {
        const opening = indexedDB.open('stormdoor')
        opening.addEventListener('error', () => reject(new Error('The database does not open')))
        opening.addEventListener('success', () => {
          const note = opening.result.transaction('notes').objectStore('notes').get('addition-drafts')
          note.addEventListener('success', () => {
            opening.result.close()
            resolve(JSON.stringify(note.result ?? {}))
          })
        })
      }),
  )
}
