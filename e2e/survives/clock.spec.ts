import type { Page } from '@playwright/test'
import { ShiftedClock } from '../support/shift-clock.ts'
import type { Portal } from '../support/portal.ts'
import { expect, expectTriedInVain, newMarker, reportCard, sendReport, test, visitReportPage } from '../support/test.ts'
import { utility } from '../../utility.config.ts'
import { expectSurvived, wordsOf } from './expect-survived.ts'

const family = 'Clock'
const DAY_MS = 24 * 60 * 60_000
const { expectedStormReports, stormReportsPerSecond } = utility.outages
/** A phone whose clock was set takes its absence for a long one: it comes back within the whole spread, with room for a try that fails. */
const COME_BACK_MS = (1_000 * expectedStormReports) / stormReportsPerSecond + 60_000
/** What a test takes from the press on send to the acceptance, with room for a busy machine. */
const MINUTE_MS = 60_000

/** Both clocks of a journey read as intended: an error here would make every case below prove nothing. */
async function expectShifted(page: Page, byMs: number): Promise<void> {
  const [worker] = page.context().serviceWorkers()
  const offBy = (nowMs: number) => Math.abs(nowMs - Date.now() - byMs)
  await expect.poll(async () => offBy(await page.evaluate(() => Date.now())), { message: 'clock of the page' }).toBeLessThan(5_000)
  await expect.poll(async () => offBy(await worker!.evaluate(() => Date.now())), { message: 'clock of the worker' }).toBeLessThan(5_000)
}

async function saveOffline(page: Page, portal: Portal, marker: string): Promise<string> {
  portal.network.goOffline()
  await sendReport(page, marker)
  await expectTriedInVain(page, marker)
  return wordsOf(reportCard(page, marker), 'Saved on this phone')
}

async function comeBack(page: Page, portal: Portal, marker: string): Promise<void> {
  portal.network.goOnline()
  await page.evaluate(() => window.dispatchEvent(new Event('online')))
  await expect(reportCard(page, marker)).toContainText('Received — reference', { timeout: COME_BACK_MS })
}

/** When the report was saved, as the log has it: corrected from the phone's evidence, with its error. */
async function loggedOccurrence(portal: Portal, marker: string): Promise<{ savedAtMs: number; errorMs: number }> {
  const [event] = await portal.eventsWith(marker)
  const { occurred } = event!.data as { occurred: { savedAt: string; errorMs: number } }
  return { savedAtMs: Date.parse(occurred.savedAt), errorMs: occurred.errorMs }
}

test.describe('the phone\'s clock is wrong @outbox @survives @full', () => {
  test.describe.configure({ timeout: COME_BACK_MS + 120_000 })

  for (const [words, byMs] of [['two days ahead', 2 * DAY_MS], ['two days behind', -2 * DAY_MS]] as const) {
    test(`by ${words}, all the time`, async ({ context, page, portal, browser }) => {
      const marker = newMarker('wrong-clock')
      await ShiftedClock.of(context, byMs)
      await visitReportPage(page, portal.url)
      await expectShifted(page, byMs)
      const savedAtMs = Date.now()
      const sees = [await saveOffline(page, portal, marker)]
      await comeBack(page, portal, marker)
      sees.push(await wordsOf(reportCard(page, marker)))
      await expectSurvived(portal, browser, { family, case: `clock ${words}`, marker, sees })
      const logged = await loggedOccurrence(portal, marker)
      expect(Math.abs(logged.savedAtMs - savedAtMs), 'the corrected time').toBeLessThan(MINUTE_MS)
    })

    test(`by ${words}, and set right before the report is sent`, async ({ context, page, portal, browser }) => {
      const marker = newMarker('clock-set')
      const clock = await ShiftedClock.of(context, byMs)
      await visitReportPage(page, portal.url)
      await expectShifted(page, byMs)
      const savedAtMs = Date.now()
      const sees = [await saveOffline(page, portal, marker)]
      await clock.set(0)
      await expectShifted(page, 0)
      await comeBack(page, portal, marker)
      sees.push(await wordsOf(reportCard(page, marker)))
      await expectSurvived(portal, browser, { family, case: `clock ${words} when saved, set right before the send`, marker, sees })
      const logged = await loggedOccurrence(portal, marker)
      expect(Math.abs(logged.savedAtMs - savedAtMs), 'the corrected time is off by no more than it says').toBeLessThan(logged.errorMs + MINUTE_MS)
    })
  }

  test('the phone sleeps for eight days with a report in its queue', async ({ context, page, portal, browser }) => {
    const marker = newMarker('asleep')
    const clock = await ShiftedClock.of(context, -8 * DAY_MS)
    await visitReportPage(page, portal.url)
    await expectShifted(page, -8 * DAY_MS)
    const sees = [await saveOffline(page, portal, marker)]
    await clock.set(0)
    await expectShifted(page, 0)
    await comeBack(page, portal, marker)
    await expect(reportCard(page, marker).getByRole('button', { name: 'Yes, still out' })).toBeVisible()
    sees.push(await wordsOf(reportCard(page, marker)))
    await expectSurvived(portal, browser, { family, case: 'phone asleep for eight days', marker, sees })
    await reportCard(page, marker).getByRole('button', { name: 'Yes, still out' }).click()
    const said = async () => (await portal.eventsOf(marker)).map(({ type }) => type).filter((type) => !type.includes('deliver'))
    await expect.poll(said, { timeout: 60_000 }).toEqual(['outage.reported.v1', 'outage.confirmed.v1'])
  })
})
