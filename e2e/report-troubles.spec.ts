import type { BrowserContext, Page } from '@playwright/test'
import { expect, newMarker, reportCard, sendReport, test } from './support/test.ts'
import { tryUntilReceived } from './survives/try-now.ts'

const REPORTS = '**/api/v1/outage-reports'

/** The door's answer to every report of the page, in its own form. */
async function answerReports(context: BrowserContext, status: number, more: object = {}, headers: Record<string, string> = {}): Promise<void> {
  const problem = { type: 'urn:stormdoor:problem:test', title: 'No', status, ...more }
  await context.route(REPORTS, (route) => route.fulfill({ status, contentType: 'application/problem+json', headers, body: JSON.stringify(problem) }))
}

test.describe('when a report is refused @outbox', () => {
  // Without the worker every send is the page's own, which the tests answer.
  test.use({ serviceWorkers: 'block' })

  test('the card says why and which field, and its words can be sent corrected as a report of their own', async ({ page, context, portal }) => {
    const marker = newMarker('refused')
    const refuse = (traceId: string) => answerReports(context, 422, { errors: [{ field: '/accessNotes', rule: 'max', fix: 'Shorten it' }], traceId })
    await refuse('abcdef0123456789')
    await page.goto(`${portal.url}/en/report`)
    await sendReport(page, marker, { hazard: 'Smell of gas' })
    const card = reportCard(page, marker)
    await expect(card).toContainText('It is about: Anything the crew should know?')
    await expect(card).toContainText('abcdef01')
    await refuse('fedcba9876543210')
    await card.getByRole('button', { name: 'Try again' }).click()
    await expect(card.getByRole('heading')).toBeFocused()
    await expect(card, 'refused a second time').toContainText('fedcba98')

    await context.unroute(REPORTS)
    await card.getByRole('button', { name: 'Correct it as a new report' }).click()
    await expect(page.getByText('These are the words of report')).toBeVisible()
    await expect(page.getByLabel('Smell of gas')).toBeChecked()
    await expect(page.getByLabel('Address', { exact: true })).toHaveValue(`12 ${marker} Street`)
    await page.getByLabel('Anything the crew should know?').fill(`${marker}, short`)
    await page.getByRole('button', { name: 'Send report' }).click()
    await expect(reportCard(page, marker).filter({ hasText: 'Received — reference' })).toHaveCount(1)
    await expect(reportCard(page, marker).filter({ hasText: 'Needs your attention' })).toHaveCount(1)
    const ids = await reportCard(page, marker).evaluateAll((cards) => cards.map((each) => (each as HTMLElement).dataset['report']))
    expect(new Set(ids).size).toBe(2)
    expect(await portal.eventsWith(marker)).toHaveLength(1)
  })

  test('a conflict and a full door are told apart, and a turn is told with its time @full', async ({ page, context, portal }) => {
    const marker = newMarker('conflict')
    await answerReports(context, 409)
    await page.goto(`${portal.url}/en/report`)
    await sendReport(page, marker)
    await expect(reportCard(page, marker)).toContainText('We already have a report under this number with other words.')

    const waiting = newMarker('turn')
    await context.unroute(REPORTS)
    await answerReports(context, 503, {}, { 'retry-after': '600', 'send-slot-ms': '600000', 'send-slot': 'a-ticket' })
    await page.getByRole('button', { name: 'Report another problem' }).click()
    await sendReport(page, waiting)
    await expect(reportCard(page, waiting)).toContainText(/Your turn is at \d+:\d\d/)
    await expect(reportCard(page, waiting).getByRole('button', { name: 'Try now' })).toHaveCount(0)
  })

  test('a wait that is no place in a line is called none, a report too long is called so, and the list of all reports leads to its correction @full', async ({ page, context, portal }) => {
    const [long, told] = [newMarker('long'), newMarker('told')]
    await answerReports(context, 413, { errors: [{ field: '', rule: 'max-bytes', fix: 'Send less' }] })
    await page.goto(`${portal.url}/es/report`)
    await page.getByLabel('Todo').check()
    await page.getByLabel('Dirección', { exact: true }).fill(`12 ${long} Street`)
    await page.getByRole('button', { name: 'Enviar reporte' }).click()
    await expect(reportCard(page, long)).toContainText('llegó demasiado largo')

    await page.goto(`${portal.url}/en/reports`)
    await expect(reportCard(page, long)).toContainText('it arrived too long')
    await expect(reportCard(page, long).getByRole('button', { name: 'Add to this report' })).toHaveCount(0)
    await reportCard(page, long).getByRole('link', { name: 'Correct it as a new report' }).click()
    await expect(page.getByText('These are the words of report')).toBeVisible()
    await expect(page).toHaveURL(`${portal.url}/en/report`)
    await expect(page.getByLabel('Address', { exact: true })).toHaveValue(`12 ${long} Street`)

    await context.unroute(REPORTS)
    await answerReports(context, 503, {}, { 'retry-after': '600' })
    await page.getByLabel('Address', { exact: true }).fill(`12 ${told} Street`)
    await page.getByRole('button', { name: 'Send report' }).click()
    await expect(reportCard(page, told)).toContainText(/This phone tries again at \d+:\d\d/)
    await expect(reportCard(page, told)).not.toContainText('Your turn')
    await expect(reportCard(page, told).getByRole('button', { name: 'Try now' })).toHaveCount(0)
  })
})

test.describe('when the browser keeps nothing @outbox @full', () => {
  test.use({ serviceWorkers: 'block' })

  const faults = [
    { what: 'no room left', title: 'This phone has no room left for your report', broken: failPuts, error: 'QuotaExceededError' },
    { what: 'it is not allowed', title: 'This browser cannot keep your report', broken: failOpening, error: 'SecurityError' },
    { what: 'its storage is broken', title: 'Saving does not work in this browser right now', broken: failPuts, error: 'UnknownError' },
  ]
  for (const { what, title, broken, error } of faults) {
    test(`${what}: it says so, keeps the words on the screen and sends directly`, async ({ page, context, portal }) => {
      const marker = newMarker('no-disk')
      await page.addInitScript(broken, error)
      await answerReports(context, 503)
      await page.goto(`${portal.url}/en/report`)
      await page.getByLabel('Everything').check()
      await page.getByLabel('Address', { exact: true }).fill(`12 ${marker} Street`)
      await page.getByText('More details (optional)').click()
      await page.getByLabel('Anything the crew should know?').fill('The gate is blue')
      const send = page.getByRole('button', { name: 'Send report' })
      if (await send.isVisible()) await send.click()
      await expect(page.getByText(title)).toBeVisible()
      await expect(page.getByRole('link', { name: 'Or call our outage line' })).toHaveAttribute('href', /^tel:/)
      await expect(page.getByLabel('Address', { exact: true })).toHaveValue(`12 ${marker} Street`)
      await expect(page.getByLabel('Anything the crew should know?')).toHaveValue('The gate is blue')

      await page.getByRole('button', { name: 'Send directly' }).click()
      await expect(reportCard(page, marker)).toContainText('Not saved on this phone')
      await expect(reportCard(page, marker)).toContainText('The gate is blue')
      await expect(reportCard(page, marker)).toContainText('We are very busy')
      await context.unroute(REPORTS)
      await tryUntilReceived(page, marker)
      expect(await portal.eventsWith(marker)).toHaveLength(1)
    })
  }
})

test.describe('the app that this page can be @full', () => {
  test('installing is offered after the first report with its reason, and a no is remembered', async ({ page, portal }) => {
    await page.goto(`${portal.url}/en/report`)
    await offerInstallation(page)
    await expect(page.getByText('Keep this page as an app')).toHaveCount(0)
    await sendReport(page, newMarker('install'))
    await expect(page.getByText('It opens without a connection, and sends what waits by itself.')).toBeVisible()
    await page.getByRole('button', { name: 'Not now' }).click()
    await expect(page.getByText('Keep this page as an app')).toHaveCount(0)
    await page.reload()
    await expect(page.getByRole('heading', { name: 'Reports from this phone' })).toBeVisible()
    await offerInstallation(page)
    await expect(page.getByText('Keep this page as an app')).toHaveCount(0)
  })

  test('Safari on an iPhone is told how, and only there', async ({ browser, portal }) => {
    const safari = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1'
    const chrome = safari.replace('Version/18.1', 'CriOS/131.0.6778.73')
    for (const [userAgent, standalone, hints] of [[safari, false, 1], [safari, true, 0], [chrome, false, 0]] as const) {
      const context = await browser.newContext({ userAgent, hasTouch: true, serviceWorkers: 'block' })
      const page = await context.newPage()
      await page.addInitScript((value) => Object.defineProperty(navigator, 'standalone', { value }), standalone)
      await page.goto(`${portal.url}/es/report`)
      await page.getByLabel('Todo').check()
      await page.getByLabel('Dirección', { exact: true }).fill('12 Calle Olmo')
      await page.getByRole('button', { name: 'Enviar reporte' }).click()
      await expect(page.getByRole('article').first()).toContainText('Recibido')
      await expect(page.getByText('Toque Compartir y luego «Agregar a inicio».')).toHaveCount(hints)
      await context.close()
    }
  })

  test('the browser is asked to keep the report once it is saved, and its answer is told', async ({ browser, portal }) => {
    for (const [answer, words] of [[true, 'This phone has agreed to keep the report'], [false, 'Browsers may clear a site'], [null, 'does not say whether it keeps data']] as const) {
      const context = await browser.newContext({ serviceWorkers: 'block' })
      await answerReports(context, 503)
      const page = await context.newPage()
      await page.addInitScript(stubPersistence, answer)
      await page.goto(`${portal.url}/en/report`)
      const asked = () => page.evaluate(() => (globalThis as { askedToKeep?: number }).askedToKeep ?? 0)
      await expect(page.getByRole('button', { name: 'Send report' })).toBeVisible()
      expect(await asked()).toBe(0)
      await sendReport(page, newMarker('keep'))
      await expect(page.getByText(words)).toBeVisible()
      expect(await asked()).toBe(answer === null ? 0 : 1)
      await context.close()
    }
  })

  test('has a manifest in each language, whose pictures and pages are there', async ({ page, portal, request }) => {
    for (const language of ['en', 'es']) {
      await page.goto(`${portal.url}/${language}/report`)
      const href = await page.locator('link[rel=manifest]').getAttribute('href')
      expect(href).toBe(`/${language}/manifest.webmanifest`)
      const answer = await request.get(portal.url + href!)
      expect(answer.headers()['content-type']).toContain('application/manifest+json')
      const manifest = (await answer.json()) as { id: string; lang: string; start_url: string; icons: { src: string; purpose: string; sizes: string }[]; shortcuts: { name: string; url: string }[] }
      expect(manifest).toMatchObject({ id: '/', lang: language, start_url: '/report' })
      expect(manifest.icons.filter(({ purpose }) => purpose === 'maskable').map(({ sizes }) => sizes)).toEqual(['192x192', '512x512'])
      expect(manifest.shortcuts).toHaveLength(2)
      for (const path of [manifest.start_url, ...manifest.icons.map(({ src }) => src), ...manifest.shortcuts.map(({ url }) => url)]) {
        expect((await request.get(portal.url + path)).status(), path).toBe(200)
      }
    }
  })
})

/** Chromium's offer, which it makes to nobody without a window. */
async function offerInstallation(page: Page): Promise<void> {
  await page.evaluate(() => window.dispatchEvent(Object.assign(new Event('beforeinstallprompt'), { prompt: async () => ({ outcome: 'dismissed' }) })))
}

/** Runs in the page. */
function failPuts(name: string): void {
  IDBObjectStore.prototype.put = () => {
    throw new DOMException('No', name)
  }
}

/** Runs in the page. */
function failOpening(name: string): void {
  IDBFactory.prototype.open = () => {
    throw new DOMException('No', name)
  }
}

/** Runs in the page. `null`: a browser that has no such thing. */
function stubPersistence(answer: boolean | null): void {
  const counted = globalThis as { askedToKeep?: number }
  const persist = () => {
    counted.askedToKeep = (counted.askedToKeep ?? 0) + 1
    return Promise.resolve(answer)
  }
  Object.defineProperty(StorageManager.prototype, 'persisted', { value: answer === null ? undefined : () => Promise.resolve(false) })
  Object.defineProperty(StorageManager.prototype, 'persist', { value: answer === null ? undefined : persist })
}
