import type { Page } from '@playwright/test'
import { behindGateway, type Given, type Rule } from '../support/gateway.ts'
import type { Portal } from '../support/portal.ts'
import { expect, newMarker, reportCard, sendReport, test, visitReportPage } from '../support/test.ts'
import { expectSurvived, wordsOf } from './expect-survived.ts'
import { RECEIVED, tryUntilReceived } from './try-now.ts'

const family = 'Network'
const NOT_OURS = 'Something else answers on this network'
const WELCOME = 'Welcome to the guest network'
const page200: Given = { status: 200, headers: { 'content-type': 'text/html' }, body: `<!doctype html><title>${WELCOME}</title><h1>${WELCOME}</h1><form method="post"><button>Connect</button></form>` }

/** Whatever is asked for, the same page; or the way to it, which stands at another origin. */
const GUEST_NETWORKS: Record<string, (portal: Portal) => Rule> = {
  'answers 200 with its own page': () => () => page200,
  'redirects to its sign-in page': ({ url }) => ({ path, headers }) => {
    const signIn = new URL('/guest', url.replace('localhost', '127.0.0.1'))
    return path === signIn.pathname && headers.host === signIn.host ? page200 : { status: 302, headers: { location: signIn.href } }
  },
}

/** Resolves to whether the browser took what came for a new worker; the old one works on. */
async function updateWorker(page: Page): Promise<{ taken: boolean; active: string | undefined }> {
  return page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready
    const taken = await registration.update().then(() => true, () => false)
    return { taken, active: registration.active?.state }
  })
}

test.describe('a guest network answers in the door\'s place @outbox @survives', () => {
  for (const [words, ruleFor] of Object.entries(GUEST_NETWORKS)) {
    test(`${words}${words.startsWith('redirects') ? ' @full' : ''}`, async ({ page, portal, browser }) => {
      const marker = newMarker('guest')
      await visitReportPage(page, portal.url)
      const sees: string[] = []
      await behindGateway(portal, ruleFor(portal), async ({ reports }) => {
        await sendReport(page, marker)
        await expect(reportCard(page, marker)).toContainText(NOT_OURS)
        sees.push(await wordsOf(reportCard(page, marker), NOT_OURS))
        expect(reports.length, 'sends that the network answered').toBeGreaterThan(0)

        expect(await updateWorker(page)).toEqual({ taken: false, active: 'activated' })
        await page.goto(`${portal.url}/en/pay`)
        await expect(page.getByRole('heading', { name: WELCOME }), 'a person can sign in').toBeVisible()
        await page.goto(`${portal.url}/en/report`)
        await expect(page.getByRole('heading', { level: 1, name: 'Report an outage' })).toBeVisible()
        await expect(reportCard(page, marker)).toContainText('Saved on this phone')
      })
      await tryUntilReceived(page, marker)
      sees.push(await wordsOf(reportCard(page, marker), RECEIVED))
      await expectSurvived(portal, browser, { family, case: `a guest network ${words}; to reports, pages and the worker's update`, marker, sees })
    })

    test(`${words} where the keys should be, from the first visit on @full`, async ({ page, portal, browser }) => {
      const marker = newMarker('guest-keys')
      const guest = ruleFor(portal)
      const sees: string[] = []
      await behindGateway(portal, (sent, onward) => (/^\/(\.well-known|guest)/.test(sent.path) ? guest(sent, onward) : null), async () => {
        await visitReportPage(page, portal.url)
        await sendReport(page, marker)
        await expect(reportCard(page, marker)).toContainText('we could not confirm that it is ours')
        sees.push(await wordsOf(reportCard(page, marker), 'we could not confirm'))
      })
      await tryUntilReceived(page, marker)
      sees.push(await wordsOf(reportCard(page, marker), RECEIVED))
      await expectSurvived(portal, browser, { family, case: `a guest network ${words} where the keys should be, from the first visit on`, marker, sees })
    })
  }
})
