import type { Page } from '@playwright/test'
import { behindGateway, isReport, type Onward, type Rule, type Sent } from '../support/gateway.ts'
import { expect, newMarker, reportCard, sendReport, test, visitReportPage } from '../support/test.ts'
import { problem } from './canned-answers.ts'
import { expectSurvived, wordsOf } from './expect-survived.ts'
import { RECEIVED } from './try-now.ts'

const family = 'Answers'
const CANNOT_READ = 'Our system could not read part of this report.'

interface Refusal {
  /** What the door is brought to say: by its own rules, for the report is changed on its way. */
  answer: (sent: Sent, onward: Onward) => ReturnType<Rule>
  says: string
  /** How many bodies the log keeps beside the first; 0 when not given. */
  conflicts?: number
}

/** In these the report is taken as soon as it comes through as it is. */
const PASSING: Record<string, Refusal> = {
  '400, the report is torn on its way': { answer: ({ body }, onward) => onward({ body: body.subarray(0, -20) }), says: CANNOT_READ },
  '413, the report is too large': { answer: ({ body }, onward) => onward({ body: Buffer.concat([body, Buffer.alloc(20_000, ' ')]) }), says: 'Our system did not take this report: it arrived too long.' },
  '415, the report has lost its type': { answer: ({ headers }, onward) => onward({ headers: { ...headers, 'content-type': 'text/plain' } }), says: CANNOT_READ },
  '422, a field is not as it must be': {
    answer: ({ body }, onward) => onward({ body: Buffer.from(body.toString().replace('"whole-home"', '"whole-town"')) }),
    says: `${CANNOT_READ} It is about: What is out?.`,
  },
  '403 in the door\'s own form': { answer: () => problem(403, 'forbidden'), says: 'Our system did not accept this report.' },
}

/** In these the id is taken, and stays so: what the log has first stands. */
const TAKEN: Record<string, Refusal> = {
  '409, the id was used with another body': {
    answer: async ({ body }, onward) => {
      await onward({ body: Buffer.from(body.toString().replace('"whole-home"', '"flickering"')) })
      return onward()
    },
    says: 'We already have a report under this number with other words. Ours stays as it is.',
    conflicts: 1,
  },
  '404, the id was used with another secret': {
    answer: async ({ headers }, onward) => {
      await onward({ headers: { ...headers, 'report-secret': 'AAAAAAAAAAAAAAAAAAAAAA' } })
      return onward()
    },
    says: 'Our system did not accept this report.',
  },
}

/** The page says why and what to do, also after a reload. Resolves to its words. */
async function expectAttention(page: Page, marker: string, says: string): Promise<string> {
  const card = reportCard(page, marker)
  for (const look of ['at once', 'after a reload']) {
    if (look === 'after a reload') await page.reload()
    await expect(card, look).toContainText('Needs your attention')
    await expect(card, look).toContainText(says)
    await expect(card, look).toContainText('Please call us and read out the reference. The report stays on this phone.')
    await expect(card.getByRole('link', { name: /^Call / }), look).toHaveAttribute('href', /^tel:/)
  }
  return wordsOf(card, says)
}

test.describe('the door refuses a report @outbox @survives @full', () => {
  for (const [words, { answer, says, conflicts }] of Object.entries({ ...PASSING, ...TAKEN })) {
    test(words, async ({ page, portal, browser }) => {
      const marker = newMarker('refused')
      const card = reportCard(page, marker)
      await visitReportPage(page, portal.url)
      const sees: string[] = []
      await behindGateway(portal, (sent, onward) => (isReport(sent) ? answer(sent, onward) : null), async ({ reports }) => {
        await sendReport(page, marker)
        sees.push(await expectAttention(page, marker, says))
        expect(reports, 'sends: what was refused is not sent again by itself').toHaveLength(1)
      })
      const answered = page.context().waitForEvent('response', (response) => response.url().endsWith('/outage-reports'))
      await card.getByRole('button', { name: 'Try again' }).click()
      await answered
      if (words in TAKEN) await expectAttention(page, marker, says)
      else await expect(card).toContainText(RECEIVED)
      sees.push(await wordsOf(card))
      await expectSurvived(portal, browser, { family, case: words, marker, sees, conflicts })
    })
  }
})
