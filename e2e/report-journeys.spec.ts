import type { Browser, BrowserContextOptions, Page } from '@playwright/test'
import { expect, newMarker, reportCard, sendReport, test, visitReportPage } from './support/test.ts'
import { Thumb } from './support/thumb.ts'

const MOST_TAPS = 12
const MINUTE_MS = 60_000

const PHONE: BrowserContextOptions = { viewport: { width: 360, height: 800 }, hasTouch: true, isMobile: true, geolocation: { latitude: 38.44, longitude: -122.71, accuracy: 12 }, permissions: ['geolocation'] }

/** Runs a journey from an opened page to a saved report, and holds it to a minute and twelve taps. */
async function withinMinuteAndTaps(page: Page, journey: (thumb: Thumb) => Promise<void>): Promise<number> {
  const thumb = new Thumb(page)
  const startMs = Date.now()
  await journey(thumb)
  await expect(page.getByRole('article').first()).toHaveAttribute('data-state', /saved|sending|received/)
  expect(thumb.taps).toBeLessThan(MOST_TAPS)
  expect(Date.now() - startMs).toBeLessThan(MINUTE_MS)
  return thumb.taps
}

async function onPhone(browser: Browser, use: (page: Page) => Promise<void>, more: BrowserContextOptions = {}): Promise<void> {
  const context = await browser.newContext({ ...PHONE, ...more })
  await use(await context.newPage())
  await context.close()
}

test.describe('from opening to Saved with one thumb @outbox', () => {
  test('by location, by address, and as a customer who comes back: no keyboard, no search, few taps', async ({ browser, portal }) => {
    const marker = newMarker('thumb')
    await onPhone(browser, async (page) => {
      await page.goto(`${portal.url}/en/report`)
      const byLocation = await withinMinuteAndTaps(page, async (thumb) => {
        await thumb.tap(page.getByLabel('Everything'))
        await thumb.tap(page.getByRole('button', { name: 'Use my location' }))
        await expect(page.getByText('Location added, to within about 12 m.')).toBeVisible()
        await thumb.tap(page.getByRole('button', { name: 'Send report' }))
      })
      expect(byLocation).toBe(3)

      await page.getByRole('button', { name: 'Report another problem' }).tap()
      const byAddress = await withinMinuteAndTaps(page, async (thumb) => {
        await thumb.tap(page.getByText('Power line down or hanging low'))
        await thumb.tap(page.getByLabel('Lights flicker'))
        await thumb.type(page.getByLabel('Address', { exact: true }), `12 ${marker} Street`)
        await thumb.tap(page.getByLabel('Just now'))
        await thumb.tap(page.getByRole('button', { name: 'Send report' }))
      })
      expect(byAddress).toBe(5)
      await expect(reportCard(page, marker)).toBeVisible()

      await page.reload()
      const again = await withinMinuteAndTaps(page, async (thumb) => {
        await thumb.tap(page.getByRole('button', { name: 'Report another problem' }))
        await thumb.tap(page.getByLabel('Everything'))
        await thumb.tap(page.getByRole('button', { name: `Same place as last time 12 ${marker} Street` }))
        await expect(page.getByText(`Filled in below: 12 ${marker} Street`)).toBeFocused()
        await expect(page.getByLabel('Address', { exact: true })).toHaveValue(`12 ${marker} Street`)
        await thumb.tap(page.getByRole('button', { name: 'Send report' }))
      })
      expect(again).toBe(4)
      await expect(reportCard(page, marker)).toHaveCount(2)
    })
  })

  test('with the keyboard alone, every stop in sight and marked @full', async ({ page, portal }) => {
    await page.setViewportSize({ width: 320, height: 640 })
    await page.goto(`${portal.url}/en/report`)
    await tabTo(page, 'scope')
    await page.keyboard.press('Space')
    await tabTo(page, 'address')
    await page.keyboard.type('12 Keyboard Street')
    await tabTo(page, 'Send report')
    await page.keyboard.press('Enter')
    await expect(reportCard(page, '12 Keyboard Street')).toBeVisible()
    await expect(page.getByRole('heading', { name: 'Reports from this phone' })).toBeFocused()
  })

  test('each field brings the keyboard that it wants, and every target is large enough for a wet thumb @full', async ({ browser, portal }) => {
    await onPhone(browser, async (page) => {
      for (const language of ['en', 'es']) {
        await page.goto(`${portal.url}/${language}/report`)
        for (const folded of await page.locator('main summary').all()) await folded.tap()
        expect(await page.locator('main input:not([type=hidden]):not([type=radio]):not([type=checkbox]), main textarea').evaluateAll((fields) =>
          fields.map((field) => [field.id, (field as HTMLInputElement).type, (field as HTMLInputElement).inputMode, field.getAttribute('autocomplete')]))).toEqual([
          ['address', 'text', '', 'address-line1'],
          ['phone', 'tel', 'tel', 'tel'],
          ['accountNumber', 'text', 'text', 'off'],
          // Shown once "Earlier" is chosen.
          ['sinceAt', 'datetime-local', '', null],
          ['accessNotes', 'textarea', '', null],
          ['callbackPhone', 'tel', 'tel', 'tel'],
        ])
        expect(await smallTargets(page, 44, 'main :is(button, summary, label, input:not([type=hidden], [type=radio], [type=checkbox]), textarea), header a, footer a')).toEqual([])
        expect(await smallTargets(page, 56, 'main :is(button, summary, label:has(input))')).toEqual([])
      }
    })
  })
})

test.describe('what was typed @outbox', () => {
  test('is there in the other language, up to the last letter before the tap that changed it', async ({ page, portal }) => {
    await visitReportPage(page, portal.url)
    await page.getByLabel('Address', { exact: true }).fill('77 Hasty Lane')
    await page.getByRole('link', { name: 'Español' }).click()
    await expect(page.getByLabel('Dirección', { exact: true })).toHaveValue('77 Hasty Lane')
    await expect(page.getByText('Guardamos lo que había escrito.')).toBeVisible()
  })

  test('is compared with what this phone knows of the place, without a network @full', async ({ page, portal }) => {
    const marker = newMarker('known')
    await visitReportPage(page, portal.url)
    await sendReport(page, marker)
    await expect(reportCard(page, marker)).toContainText('Received — reference')
    await expect(reportCard(page, marker)).toContainText(/Waiting at our outage desk|We found your account/)

    portal.network.goOffline()
    await page.reload()
    await page.getByRole('button', { name: 'Report another problem' }).click()
    await page.getByLabel('Address', { exact: true }).fill(`12 ${marker.toUpperCase()} st., Harbor`)
    await expect(page.getByText(/You reported this place at \d/).last()).toBeVisible()
    await expect(page.getByText('Still want to send another?')).toBeVisible()
    await expect(page.getByRole('link', { name: 'Add to it' })).toHaveAttribute('href', /\/en\/reports#[0-9a-f-]{36}$/)
    await page.getByLabel('Address', { exact: true }).fill(`13 ${marker} Street`)
    await expect(page.getByText('Still want to send another?')).toHaveCount(0)
    portal.network.goOnline()
  })
})

/** Presses Tab until the focus is on the field or button of this name; no stop on the way may be out of sight or unmarked. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press('Tab')
    const stop = await page.evaluate(() => {
      const focused = document.activeElement as HTMLElement
      // A tile is marked as a whole, for the control that it holds.
      const marked = focused.closest('label') ?? focused
      const { left, top, right, bottom } = marked.getBoundingClientRect()
      const onTop = document.elementFromPoint((left + right) / 2, Math.min(Math.max((top + bottom) / 2, 0), innerHeight - 1))
      return {
        name: focused.getAttribute('name') ?? focused.innerText,
        seen: top >= 0 && bottom <= innerHeight && left >= 0 && right <= innerWidth && (onTop === marked || marked.contains(onTop)),
        marked: [marked, focused].some((element) => getComputedStyle(element).outlineStyle !== 'none' && parseFloat(getComputedStyle(element).outlineWidth) >= 2),
      }
    })
    expect(stop).toMatchObject({ seen: true, marked: true })
    if (stop.name === name) return
  }
  throw new Error(`No stop of the Tab key is ${name}`)
}

/** What can be tapped and is smaller; of a link in a line of text its line counts. */
function smallTargets(page: Page, sidePixels: number, selector: string): Promise<string[]> {
  return page.locator(selector).evaluateAll((elements, side) => elements
    .filter((element) => element.checkVisibility())
    .filter((element) => {
      const { width, height } = element.getBoundingClientRect()
      // The label above a text field is not what is tapped.
      return !(element instanceof HTMLLabelElement && element.htmlFor) && (Math.round(height) < side || Math.round(width) < Math.min(side, 44))
    })
    .map((element) => `${element.tagName} ${element.textContent?.trim().slice(0, 40)} ${JSON.stringify(element.getBoundingClientRect())}`), sidePixels)
}
