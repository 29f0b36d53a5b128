import { DatabaseSync } from 'node:sqlite'
import { whileDiskIsFull } from '../support/full-disk.ts'
import type { Portal } from '../support/portal.ts'
import { expect, newMarker, reportCard, sendReport, test, visitReportPage } from '../support/test.ts'
import { expectSurvived, wordsOf } from './expect-survived.ts'
import { RECEIVED } from './try-now.ts'

const BUSY = 'We are very busy'
/** The door waits for its log, then says when to come again. */
const TOLD_WITHIN_MS = 45_000

async function whileLogIsLocked(portal: Portal, work: () => Promise<void>): Promise<void> {
  const other = new DatabaseSync(portal.stack.env['EVENT_LOG_URL']!.replace(/^sqlite:/, ''))
  try {
    other.exec('PRAGMA busy_timeout = 10000; BEGIN IMMEDIATE')
    await work()
  } finally {
    other.close()
  }
}

const FAULTS: Record<string, (portal: Portal, work: () => Promise<void>) => Promise<void>> = {
  'the disk of the door\'s log is full': (portal, work) => whileDiskIsFull(portal.stack.pid('api')!, work),
  'another process holds the door\'s log': whileLogIsLocked,
}

test.describe('the door cannot write its log, and says so @outbox @door @survives @full', () => {
  for (const [words, during] of Object.entries(FAULTS)) {
    test(words, async ({ page, portal, browser }) => {
      const marker = newMarker('log')
      await visitReportPage(page, portal.url)
      const sees: string[] = []
      await during(portal, async () => {
        const refused = page.context().waitForEvent('response', { predicate: (response) => response.url().endsWith('/outage-reports') && response.status() === 503, timeout: TOLD_WITHIN_MS })
        await sendReport(page, marker)
        expect(Number((await refused).headers()['retry-after'])).toBeGreaterThan(0)
        await expect(reportCard(page, marker)).toContainText(BUSY)
        sees.push(await wordsOf(reportCard(page, marker), BUSY))
      })
      await expect(reportCard(page, marker)).toContainText(RECEIVED, { timeout: 60_000 })
      sees.push(await wordsOf(reportCard(page, marker), RECEIVED))
      await expectSurvived(portal, browser, { family: 'Answers', case: `503, ${words}`, marker, sees })
    })
  }
})
