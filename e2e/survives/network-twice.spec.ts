import { setTimeout as sleep } from 'node:timers/promises'
import { behindGateway, isReport, type Onward, type Rule } from '../support/gateway.ts'
import { expect, newMarker, reportCard, sendReport, test, visitReportPage } from '../support/test.ts'
import { expectSurvived, wordsOf } from './expect-survived.ts'
import { RECEIVED } from './try-now.ts'

const family = 'Network'
const APART_MS = 1_000
type Twice = (onward: Onward, answered: (status: number) => void) => ReturnType<Rule>

const told = async (onward: Onward, answered: (status: number) => void) => {
  const given = await onward()
  answered(given.status)
  return given
}
const DELIVERIES: Record<string, Twice> = {
  'at once': async (onward, answered) => (await Promise.all([told(onward, answered), told(onward, answered)]))[1],
  'a second apart': async (onward, answered) => {
    const first = await told(onward, answered)
    void sleep(APART_MS).then(() => told(onward, answered))
    return first
  },
}

test.describe('the network delivers a report twice @outbox @survives', () => {
  for (const [words, deliver] of Object.entries(DELIVERIES)) {
    test(words === 'at once' ? words : `${words} @full`, async ({ page, portal, browser }) => {
      const marker = newMarker('twice')
      const statuses: number[] = []
      await visitReportPage(page, portal.url)
      await behindGateway(portal, (sent, onward) => (isReport(sent) ? deliver(onward, (status) => statuses.push(status)) : null), async () => {
        await sendReport(page, marker)
        await expect(reportCard(page, marker)).toContainText(RECEIVED)
        await expect.poll(() => statuses.toSorted((a, b) => a - b), { message: 'the door\'s answers' }).toEqual([200, 201])
      })
      const sees = [await wordsOf(reportCard(page, marker), RECEIVED)]
      await expectSurvived(portal, browser, { family, case: `the network delivers a report twice, ${words}`, marker, sees })
    })
  }
})
