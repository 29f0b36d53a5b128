import { seededRandom } from '../../load/seeded-random.ts'
import { saveQuickly } from '../support/save-quickly.ts'
import { expect, newMarker, reportCard, sendReport, test, visitReportPage } from '../support/test.ts'
import { type Exchange, overWeakLine, type Way } from '../support/weak-line.ts'
import { expectSurvived, numbered, wordsOf } from './expect-survived.ts'
import { survivesSeed } from './survives-seed.ts'
import { RECEIVED, tryNow } from './try-now.ts'

const STEP_BYTES = 64

interface Cut {
  way: Way
  afterBytes: number
}

/** Every 64 bytes, from a first byte that the seed chooses, and beside each boundary of the message. */
function cutsThrough(way: Way, { head, whole }: Exchange[Way], firstByte: number): Cut[] {
  const boundaries = [0, 1, head - 1, head, head + 1, whole - 1, whole]
  const steps = Array.from({ length: Math.ceil((whole - firstByte) / STEP_BYTES) }, (_, step) => firstByte + step * STEP_BYTES)
  return [...new Set([...boundaries, ...steps])].sort((a, b) => a - b).map((afterBytes) => ({ way, afterBytes }))
}

test.describe('the line is cut after so many bytes @outbox @survives @full', () => {
  test('each way, at every 64 bytes and every boundary, each time under another report', async ({ page, portal, browser }) => {
    test.setTimeout(300_000)
    const marker = newMarker('cut')
    await visitReportPage(page, portal.url)
    await overWeakLine(portal, async (line) => {
      await sendReport(page, newMarker('uncut'))
      await expect(reportCard(page, 'uncut')).toContainText(RECEIVED)
      await page.getByRole('button', { name: 'Report another problem' }).click()
      const { up, down } = line.lastExchange()!
      const firstByte = Math.floor(seededRandom(survivesSeed()).fraction() * STEP_BYTES)
      const cuts = [...cutsThrough('up', up, firstByte), ...cutsThrough('down', down, firstByte)]
      expect(cuts.length).toBeGreaterThan((up.whole + down.whole) / STEP_BYTES)

      line.weaken({ kind: 'cut', way: 'up', afterBytes: 0 })
      for (let number = 0; number < cuts.length; number++) await saveQuickly(page, numbered(marker, number))
      const sees = [await wordsOf(reportCard(page, numbered(marker, 0)), 'No connection to us')]
      for (const cut of cuts) {
        line.weaken({ kind: 'cut', ...cut })
        await tryNow(page, marker)
        await expect.poll(() => line.hits(), { message: `cut ${cut.way} after ${cut.afterBytes} bytes` }).toBeGreaterThan(0)
        await expect(page.getByRole('article').filter({ hasText: 'Sending…' })).toHaveCount(0)
      }
      line.weaken(null)
      await tryNow(page, marker)
      await expect(page.getByRole('article').filter({ hasText: marker }).filter({ hasText: RECEIVED })).toHaveCount(cuts.length, { timeout: 90_000 })
      sees.push(await wordsOf(reportCard(page, numbered(marker, cuts.length - 1)), RECEIVED))
      await expectSurvived(portal, browser, {
        family: 'Network', case: 'the line is cut after N bytes, each way: every 64 bytes and beside every boundary of the message', marker, count: cuts.length, sees,
      })
    })
  })
})
