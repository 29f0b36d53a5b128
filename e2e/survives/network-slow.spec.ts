import type { Page } from '@playwright/test'
import type { Portal } from '../support/portal.ts'
import { expect, newMarker, reportCard, sendReport, test, visitReportPage } from '../support/test.ts'
import { type Exchange, overWeakLine, type Weakness } from '../support/weak-line.ts'
import { expectSurvived, wordsOf } from './expect-survived.ts'
import { RECEIVED, tryUntilReceived } from './try-now.ts'

const family = 'Network'
const VERY_SLOW = 'The connection is very slow'
/** The phone waits for twenty seconds. */
const GIVEN_UP_WITHIN_MS = 60_000
const OUTLASTING_MS = 60_000

/** So slow that what is left takes a minute. */
function tooSlow(way: 'up' | 'down', afterBytes: number, whole: number): Weakness {
  return { kind: 'trickle', way, afterBytes, bytesPerSecond: ((whole - afterBytes) * 1000) / OUTLASTING_MS }
}

/** The report is kept, the page says that it is slow, and opens again at once all the same. */
async function saveAndGiveUp(page: Page, { url }: Portal, marker: string): Promise<string> {
  await sendReport(page, marker)
  await expect(reportCard(page, marker)).toContainText('Sending…')
  await expect(reportCard(page, marker)).toContainText(VERY_SLOW, { timeout: GIVEN_UP_WITHIN_MS })
  const sees = await wordsOf(reportCard(page, marker), VERY_SLOW)
  await page.goto(`${url}/en/report`, { timeout: 15_000 })
  await expect(reportCard(page, marker)).toContainText(/Saved on this phone|Sending…/)
  return sees
}

test.describe('a line that is too slow, or says nothing @outbox @survives @full', () => {
  const trickles: Record<string, { weakness: (exchange: Exchange) => Weakness; logged: number }> = {
    'the report trickles, its head first': { weakness: ({ up }) => tooSlow('up', 0, up.whole), logged: 0 },
    'the body of the report trickles': { weakness: ({ up }) => tooSlow('up', up.head, up.whole), logged: 0 },
    'the answer trickles, its head first': { weakness: ({ down }) => tooSlow('down', 0, down.whole), logged: 1 },
    'the body of the answer trickles': { weakness: ({ down }) => tooSlow('down', down.head, down.whole), logged: 1 },
  }
  for (const [words, { weakness, logged }] of Object.entries(trickles)) {
    test(words, async ({ page, portal, browser }) => {
      const marker = newMarker('trickle')
      await visitReportPage(page, portal.url)
      await overWeakLine(portal, async (line) => {
        await sendReport(page, newMarker('quick'))
        await expect(reportCard(page, 'quick')).toContainText(RECEIVED)
        await page.getByRole('button', { name: 'Report another problem' }).click()
        line.weaken(weakness(line.lastExchange()!))
        const sees = [await saveAndGiveUp(page, portal, marker)]
        expect(line.hits()).toBeGreaterThan(0)
        expect(await portal.eventsWith(marker), 'events while the line is slow').toHaveLength(logged)
        line.weaken(null)
        await tryUntilReceived(page, marker)
        sees.push(await wordsOf(reportCard(page, marker), RECEIVED))
        await expectSurvived(portal, browser, { family, case: `${words}, for longer than the phone waits`, marker, sees })
      })
    })
  }

  test('both ways are slow, but not too slow', async ({ page, portal, browser }) => {
    const marker = newMarker('slow')
    await visitReportPage(page, portal.url)
    await overWeakLine(portal, async (line) => {
      line.weaken({ kind: 'trickle', way: 'up', afterBytes: 0, bytesPerSecond: 200 })
      await sendReport(page, marker)
      await expect(reportCard(page, marker)).toContainText('Sending…')
      const sees = [await wordsOf(reportCard(page, marker), 'Sending…')]
      await expect(reportCard(page, marker)).toContainText(RECEIVED, { timeout: GIVEN_UP_WITHIN_MS })
      expect(line.hits()).toBe(1)
      sees.push(await wordsOf(reportCard(page, marker), RECEIVED))
      await expectSurvived(portal, browser, { family, case: 'the report trickles, for less than the phone waits', marker, sees })
    })
  })

  test('whatever is sent is swallowed, and nothing is ever closed', async ({ page, portal, browser }) => {
    const marker = newMarker('swallowed')
    await visitReportPage(page, portal.url)
    await overWeakLine(portal, async (line) => {
      line.weaken({ kind: 'swallow' })
      const sees = [await saveAndGiveUp(page, portal, marker)]
      expect(await portal.eventsWith(marker)).toHaveLength(0)
      line.weaken(null)
      await tryUntilReceived(page, marker)
      sees.push(await wordsOf(reportCard(page, marker), RECEIVED))
      await expectSurvived(portal, browser, { family, case: 'a black hole: connections are taken, and no byte ever comes back', marker, sees })
    })
  })

  test('connecting hangs', async ({ page, portal, browser }) => {
    const marker = newMarker('hanging')
    await visitReportPage(page, portal.url)
    const sees: string[] = []
    await portal.network.whileConnectingHangs(async () => {
      sees.push(await saveAndGiveUp(page, portal, marker))
      expect(await portal.eventsWith(marker)).toHaveLength(0)
    })
    await tryUntilReceived(page, marker)
    sees.push(await wordsOf(reportCard(page, marker), RECEIVED))
    await expectSurvived(portal, browser, { family, case: 'a black hole: connecting hangs', marker, sees })
  })
})
