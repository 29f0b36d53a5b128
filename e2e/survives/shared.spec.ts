import type { Page } from '@playwright/test'
import { expect, newMarker, reportCard, sendReport, test, visitReportPage } from '../support/test.ts'
import { firstPage, withPhone } from '../support/with-phone.ts'
import { expectSurvived, numbered, wordsOf } from './expect-survived.ts'

const [HER, HIM] = ['019c1235-3e00-7000-8000-00000000000a', '019c1235-3e00-7000-8000-00000000000b']

test('another customer signs in after a kill, with a report of the first one waiting @outbox @survives @full', async ({ portal }) => {
  const marker = newMarker('shared')
  await withPhone(async ({ start }) => {
    const phone = await start()
    const first = await firstPage(phone.context)
    await visitReportPage(first, portal.url)
    portal.network.goOffline()
    await becomeLogin(first, HER)
    await sendReport(first, numbered(marker, 1))
    await expect(reportCard(first, marker)).toContainText('Saved on this phone')
    await phone.kill()

    const sameOne = await start()
    const page = await firstPage(sameOne.context)
    await page.goto(`${portal.url}/en/report`)
    await becomeLogin(page, HIM)
    const notice = page.getByText('1 report of another person is still being sent from this phone.')
    await expect(notice).toBeVisible()
    await expect(page.getByRole('article')).toHaveCount(0)
    const sees = [await wordsOf(notice)]
    await sendReport(page, numbered(marker, 2))
    await expect(reportCard(page, marker)).toHaveCount(1)
    await expect(reportCard(page, marker)).toContainText('Saved on this phone')
    portal.network.goOnline()
    await page.evaluate(() => window.dispatchEvent(new Event('online')))
    await expect(reportCard(page, marker)).toContainText('Received — reference', { timeout: 60_000 })
    sees.push(await wordsOf(reportCard(page, marker)))
    const browser = sameOne.context.browser()!
    await expectSurvived(portal, browser, { family: 'Shared phone', case: 'another customer signs in after a kill, with a report of the first one waiting', marker, count: 2, sees })
  })
})

/** As if this login had signed in on the phone: all that pages go by without a network. */
async function becomeLogin(page: Page, loginId: string): Promise<void> {
  await page.evaluate((id) => void (document.cookie = `stormdoor-customer.here=${id}.${Date.now()}; path=/; max-age=86400`), loginId)
  await page.reload()
}
