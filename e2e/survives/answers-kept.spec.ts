import { type Gateway, behindGateway, type Given, isReport } from '../support/gateway.ts'
import { expect, newMarker, reportCard, sendReport, test, visitReportPage } from '../support/test.ts'
import { html, json, problem } from './canned-answers.ts'
import { expectSurvived, wordsOf } from './expect-survived.ts'
import { RECEIVED, tryUntilReceived } from './try-now.ts'

const family = 'Answers'
const BUSY = 'We are very busy'
const NOT_OURS = 'Something else answers on this network'
const UNVERIFIED = 'we could not confirm that it is ours'
/** A timer of the phone's may be late on a machine that is busy. */
const LATE_BY_MS = 10_000

/** Each until it is lifted: the report stays, the page says why, and it is received after all. */
const ANSWERS: Record<string, { given: Given; says: string }> = {
  '500 in the door\'s own form': { given: problem(500, 'internal'), says: BUSY },
  '429 in the door\'s own form': { given: problem(429, 'too-many-requests'), says: BUSY },
  '401 in the door\'s own form': { given: problem(401, 'not-signed-in'), says: 'You need to sign in again' },
  '500 with a page': { given: html(500), says: BUSY },
  '502 of a load balancer': { given: html(502), says: BUSY },
  '503 of a load balancer': { given: html(503), says: BUSY },
  '504 of a load balancer': { given: html(504), says: BUSY },
  '408 of a proxy': { given: html(408), says: BUSY },
  '401 of a proxy': { given: html(401), says: NOT_OURS },
  '403 of a firewall': { given: html(403), says: NOT_OURS },
  '404 of another server': { given: html(404), says: NOT_OURS },
  '409 of another server': { given: html(409), says: NOT_OURS },
  '413 of a proxy': { given: html(413), says: NOT_OURS },
  '422 of another server': { given: json(422, { message: 'no' }), says: NOT_OURS },
  '204 with nothing': { given: { status: 204 }, says: NOT_OURS },
  '200 with other JSON': { given: json(200, { ok: true }), says: NOT_OURS },
  '201 with a receipt that is forged': { given: json(201, { receipt: 'eyJhbGciOiJFUzI1NiJ9.eyJpZCI6IngifQ.c2lnbmF0dXJl' }), says: UNVERIFIED },
}

/** Milliseconds from the first send to the second. */
function pauseMs({ reports }: Gateway): number {
  return reports[1]!.atMs - reports[0]!.atMs
}

test.describe('an answer that settles nothing @outbox @survives', () => {
  for (const [words, { given, says }] of Object.entries(ANSWERS)) {
    test(`${words} @full`, async ({ page, portal, browser }) => {
      const marker = newMarker('kept')
      await visitReportPage(page, portal.url)
      const sees: string[] = []
      await behindGateway(portal, (sent) => (isReport(sent) ? given : null), async () => {
        await sendReport(page, marker)
        await expect(reportCard(page, marker)).toContainText(says)
        sees.push(await wordsOf(reportCard(page, marker), says))
        expect(await portal.eventsWith(marker)).toHaveLength(0)
      })
      await tryUntilReceived(page, marker)
      sees.push(await wordsOf(reportCard(page, marker), RECEIVED))
      await expectSurvived(portal, browser, { family, case: words, marker, sees })
    })
  }

  test('503 with Retry-After: nobody comes sooner, not even at a tap, and the phone comes by itself', async ({ page, portal, browser }) => {
    const marker = newMarker('retry-after')
    await visitReportPage(page, portal.url)
    const sees: string[] = []
    await behindGateway(portal, answerOnce(problem(503, 'overloaded', { 'retry-after': '3' })), async (gateway) => {
      await sendReport(page, marker)
      const card = reportCard(page, marker)
      await expect(card).toContainText(BUSY)
      sees.push(await wordsOf(card, BUSY))
      await card.getByRole('button', { name: 'Try now' }).click()
      await expect(card).toContainText(RECEIVED)
      expect(pauseMs(gateway)).toBeGreaterThanOrEqual(3_000)
      expect(gateway.reports).toHaveLength(2)
    })
    sees.push(await wordsOf(reportCard(page, marker), RECEIVED))
    await expectSurvived(portal, browser, { family, case: '503 with Retry-After', marker, sees })
  })

  test('503 with a send slot: the phone comes at its time and shows its ticket @full', async ({ page, portal, browser }) => {
    const marker = newMarker('slot')
    const slotMs = 6_000
    await visitReportPage(page, portal.url)
    const sees: string[] = []
    await behindGateway(portal, answerOnce(problem(503, 'overloaded', { 'retry-after': '1', 'send-slot-ms': String(slotMs), 'send-slot': 'a.ticket' })), async (gateway) => {
      await sendReport(page, marker)
      await expect(reportCard(page, marker)).toContainText(BUSY)
      sees.push(await wordsOf(reportCard(page, marker), BUSY))
      await expect(reportCard(page, marker)).toContainText(RECEIVED, { timeout: slotMs + LATE_BY_MS })
      expect(pauseMs(gateway)).toBeGreaterThanOrEqual(slotMs)
      expect(pauseMs(gateway)).toBeLessThan(slotMs + LATE_BY_MS)
      expect(gateway.reports.map(({ headers }) => headers['report-slot'])).toEqual([undefined, 'a.ticket'])
    })
    sees.push(await wordsOf(reportCard(page, marker), RECEIVED))
    await expectSurvived(portal, browser, { family, case: '503 with a send slot', marker, sees })
  })

  test('503 with a send slot to a hazard: it waits for no slot @full', async ({ page, portal, browser }) => {
    const marker = newMarker('hazard-slot')
    await visitReportPage(page, portal.url)
    const sees: string[] = []
    await behindGateway(portal, answerOnce(problem(503, 'overloaded', { 'retry-after': '2', 'send-slot-ms': '600000', 'send-slot': 'a.ticket' })), async (gateway) => {
      await sendReport(page, marker, { hazard: 'Power line down or hanging low' })
      await expect(reportCard(page, marker)).toContainText(BUSY)
      sees.push(await wordsOf(reportCard(page, marker), BUSY))
      await expect(reportCard(page, marker)).toContainText(RECEIVED)
      expect(pauseMs(gateway)).toBeGreaterThanOrEqual(2_000)
      expect(pauseMs(gateway)).toBeLessThan(2_000 + LATE_BY_MS)
    })
    sees.push(await wordsOf(reportCard(page, marker), RECEIVED))
    await expectSurvived(portal, browser, { family, case: '503 with a send slot, to a report of a danger', marker, sees })
  })
})

/** The first report; the next ones pass. */
function answerOnce(given: Given) {
  let answered = false
  return (sent: Parameters<typeof isReport>[0]) => {
    if (!isReport(sent) || answered) return null
    answered = true
    return given
  }
}
