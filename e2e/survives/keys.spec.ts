import { generateSigningKeys } from '../../server/platform/signing-keys.ts'
import type { Portal } from '../support/portal.ts'
import { expect, newMarker, reportCard, sendReport, test, visitReportPage } from '../support/test.ts'
import { expectSurvived, wordsOf } from './expect-survived.ts'

const family = 'Signing keys'

/** The portal's keys with a new one in front, which signs from now on; the old ones stay published or go. */
function rotated({ stack }: Portal, { keepOld }: { keepOld: boolean }): { STORMDOOR_SIGNING_KEYS: string } {
  const keysOf = (text: string) => (JSON.parse(text) as { keys: object[] }).keys
  const old = keepOld ? keysOf(stack.env['STORMDOOR_SIGNING_KEYS']!) : []
  return { STORMDOOR_SIGNING_KEYS: JSON.stringify({ keys: [...keysOf(generateSigningKeys()), ...old] }) }
}

test.describe('the keys that sign receipts change while the phone is away @outbox @survives @full', () => {
  for (const keepOld of [true, false]) {
    const old = keepOld ? 'the old one still published' : 'the old one gone'

    test(`a report waits on the phone; ${old}`, async ({ page, portal, browser }) => {
      const marker = newMarker('rotated')
      await visitReportPage(page, portal.url)
      portal.network.goOffline()
      await sendReport(page, marker)
      await expect(reportCard(page, marker)).toContainText('Saved on this phone')
      const sees = [await wordsOf(reportCard(page, marker), 'Saved on this phone')]
      await portal.restart(rotated(portal, { keepOld }))
      portal.network.goOnline()
      await page.evaluate(() => window.dispatchEvent(new Event('online')))
      await expect(reportCard(page, marker)).toContainText('Received — reference', { timeout: 60_000 })
      sees.push(await wordsOf(reportCard(page, marker)))
      await expectSurvived(portal, browser, { family, case: `new signing key while a report waits; ${old}`, marker, sees })
    })

    test(`the answer to a report was lost; ${old}`, async ({ page, portal, browser }) => {
      const marker = newMarker('answer-lost')
      await visitReportPage(page, portal.url)
      const cut = portal.network.cutNext('before-response', () => Promise.resolve(portal.network.goOffline()))
      await sendReport(page, marker)
      await cut
      await expect(reportCard(page, marker)).toContainText('Saved on this phone')
      const sees = [await wordsOf(reportCard(page, marker), 'Saved on this phone')]
      await expect.poll(async () => (await portal.eventsWith(marker)).length).toBe(1)
      await portal.restart(rotated(portal, { keepOld }))
      portal.network.goOnline()
      await page.evaluate(() => window.dispatchEvent(new Event('online')))
      await expect(reportCard(page, marker)).toContainText('Received — reference', { timeout: 60_000 })
      sees.push(await wordsOf(reportCard(page, marker)))
      await expectSurvived(portal, browser, { family, case: `new signing key after an answer was lost; ${old}`, marker, sees })
    })
  }
})
