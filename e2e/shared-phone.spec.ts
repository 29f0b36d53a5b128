import type { Page } from '@playwright/test'
import { type CustomerLogin, makeCustomers, signInCustomer, signOutCustomer } from './support/customers.ts'
import { expectAccessible } from './support/expect-accessible.ts'
import { behindGateway, isReport } from './support/gateway.ts'
import { expect, expectOnceEverywhere, newMarker, test } from './support/test.ts'
import { firstPage, withPhone } from './support/with-phone.ts'

const RECEIVED = 'Received — reference'
const SAVED = 'Saved on this phone'

test.describe('two customers share one phone @outbox', () => {
  test.describe.configure({ timeout: 300_000 })

  test('the first one’s report waits, unseen by the second, and both go once: offline, over kills of browser and backend @full', async ({ portal }) => {
    const [her, him] = await makeCustomers(portal, 2, 1)
    const [hers, his] = [newMarker('hers'), newMarker('his')]
    const house = { accountNumber: her!.accounts[1]!.accountNumber, line1: homeOf(her!, 1) }
    await withPhone(async ({ start }) => {
      const phone = await start()
      const page = await firstPage(phone.context)
      await signInCustomer(page, portal, her!)
      await page.evaluate(async () => void (await navigator.serviceWorker.ready))
      await expect(places(page).getByRole('radio')).toHaveCount(3)
      await expectAccessible(page, 'a form that offers places')

      portal.network.goOffline()
      await page.reload()
      await places(page).getByLabel(house.line1).check()
      await sendFromOwnPlace(page, hers)
      const card = page.getByRole('article').filter({ hasText: house.line1 })
      await expect(card).toContainText(SAVED)
      await phone.kill()
      portal.network.goOnline()

      // The door is out of reach for reports alone, so that the second customer can sign in while the first one's waits.
      await behindGateway(portal, (sent) => (isReport(sent) ? { status: 502, body: 'Bad gateway' } : null), async () => {
        const sameOne = await start()
        const second = await firstPage(sameOne.context)
        // Whether a killed browser has kept her session is chance; it is over.
        await sameOne.context.clearCookies({ name: /session_/ })
        await signInCustomer(second, portal, him!)
        await expect(second.getByText('1 report of another person is still being sent from this phone.')).toBeVisible()
        await expect(second.getByRole('article')).toHaveCount(0)
        await expect(places(second).getByLabel(homeOf(him!)), 'the only place is chosen').toBeChecked()
        await expect(second.locator('body')).not.toContainText(house.line1)
        await sendFromOwnPlace(second, his)
        await expect(second.getByRole('article')).toContainText(SAVED)
        await second.goto(`${portal.url}/en/reports`)
        await expect(second.getByRole('article')).toHaveCount(1)
        await expect(second.locator('body')).not.toContainText(house.line1)
        await expect(second.getByText('1 report of another person')).toBeVisible()
        await sameOne.kill()
      })

      await portal.stack.kill('postgres')
      await portal.stack.kill('api')
      await portal.stack.start('api')
      await portal.stack.start('postgres')
      const again = await start()
      const later = await firstPage(again.context)
      // A browser that was killed may come back with the cookies of nobody: whose session it has makes no difference to what goes.
      await later.goto(`${portal.url}/en/report`)
      for (const marker of [hers, his]) {
        await expect.poll(async () => (await portal.eventsWith(marker)).length, { timeout: 90_000 }).toBe(1)
        await expectOnceEverywhere(portal, marker)
      }
      expect((await portal.eventsWith(hers))[0]!.data).toMatchObject({ personal: { place: { accountNumber: house.accountNumber } } })

      await later.context().clearCookies()
      await signInCustomer(later, portal, her!, 'reports')
      await expect(later.getByRole('article')).toHaveCount(1)
      await expect(later.getByRole('article')).toContainText(house.line1)
      await expect(later.getByRole('article')).toContainText('Received')
      const clearing: string[] = []
      later.on('response', (response) => void (response.headers()['clear-site-data'] && clearing.push(response.url())))
      await signOutCustomer(later, portal)
      await later.goto(`${portal.url}/en/reports`)
      await expect(later.getByText('No reports on this phone')).toBeVisible()
      expect(clearing, 'answers that clear the site’s data').toEqual([])
    })
  })

  test('a session that ends half-way through the form: it is saved and goes, stays its owner’s, and no one else goes on with the words @full', async ({ page, portal }) => {
    const [her, him] = await makeCustomers(portal, 2, 1)
    const marker = newMarker('lapsed')
    await signInCustomer(page, portal, her!)
    await places(page).getByLabel(homeOf(her!)).check()
    await fillFromOwnPlace(page, marker)
    await page.context().clearCookies({ name: /session_/ })
    await page.evaluate(waitAMinute)
    await page.getByRole('button', { name: 'Send report' }).click()
    await expect(page.getByText('You are no longer signed in')).toBeVisible()
    await expect(page.getByRole('article')).toContainText(RECEIVED)
    await expectOnceEverywhere(portal, marker)

    await page.reload()
    await expect(page.getByRole('heading', { name: 'Report an outage' })).toBeVisible()
    await expect(page.getByRole('article')).toHaveCount(0)
    await signInCustomer(page, portal, her!)
    await expect(page.getByRole('article')).toContainText(RECEIVED)

    await page.getByRole('button', { name: 'Report another problem' }).click()
    await places(page).getByLabel('Another place').check()
    await page.getByLabel('Address', { exact: true }).fill(`77 Half ${marker} Way`)
    await signInElsewhere(page, portal, him!)
    await expect(page.getByLabel('Address', { exact: true }), 'in the tab that she left open').toHaveValue('')
    await page.reload()
    await expect(places(page).getByLabel(homeOf(him!))).toBeChecked()
    await expect(page.getByText('We kept what you had typed.')).toHaveCount(0)
    await signInElsewhere(page, portal, her!)
    await page.reload()
    await expect(page.getByLabel('Address', { exact: true })).toHaveValue(`77 Half ${marker} Way`)
  })
})

/** Runs in the page, which does not ask again at once who is signed in. */
function waitAMinute(): void {
  const now = Date.now.bind(Date)
  Date.now = () => now() + 60_000
}

function homeOf({ accounts }: CustomerLogin, index = 0): string {
  return accounts[index]!.personal.address.line1
}

function places(page: Page) {
  return page.getByRole('group', { name: 'Your places' })
}

function notesOf(page: Page) {
  return page.getByLabel('Anything the crew should know?')
}

/** All but the place, which is chosen. */
async function fillFromOwnPlace(page: Page, marker: string): Promise<void> {
  await page.getByLabel('Everything').check()
  if (!(await notesOf(page).isVisible())) await page.getByText('More details (optional)').click()
  await notesOf(page).fill(marker)
}

async function sendFromOwnPlace(page: Page, marker: string): Promise<void> {
  await fillFromOwnPlace(page, marker)
  await page.getByRole('button', { name: 'Send report' }).click()
}

/** Another tab of the same browser; the first one comes to the front again after it. */
async function signInElsewhere(page: Page, portal: Parameters<typeof signInCustomer>[1], login: Parameters<typeof signInCustomer>[2]): Promise<void> {
  const other = await page.context().newPage()
  await signOutCustomer(other, portal)
  await signInCustomer(other, portal, login, 'reports')
  await other.close()
  await page.bringToFront()
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
}
