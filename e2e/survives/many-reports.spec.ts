import { saveQuickly } from '../support/save-quickly.ts'
import { expect, newMarker, reportCard, test, visitReportPage } from '../support/test.ts'
import { expectSurvived, numbered, wordsOf } from './expect-survived.ts'

const COUNT = 50
const HAZARDS = new Set([17, 41])

test.describe('a long queue @outbox @survives', () => {
  test('50 reports wait on one phone; dangers go first @full', async ({ page, portal, browser }) => {
    const marker = newMarker('fifty')
    await visitReportPage(page, portal.url)
    portal.network.goOffline()
    for (let number = 0; number < COUNT; number++) await saveQuickly(page, numbered(marker, number), { hazard: HAZARDS.has(number) })
    await expect(page.getByRole('article').filter({ hasText: 'Saved on this phone' })).toHaveCount(COUNT)
    await page.reload()
    await expect(page.getByRole('article').filter({ hasText: 'Saved on this phone' })).toHaveCount(COUNT)
    const sees = [await wordsOf(reportCard(page, numbered(marker, 0)))]

    portal.network.goOnline()
    await page.evaluate(() => window.dispatchEvent(new Event('online')))
    await expect(page.getByRole('article').filter({ hasText: 'Received — reference' })).toHaveCount(COUNT, { timeout: 90_000 })
    sees.push(await wordsOf(reportCard(page, numbered(marker, COUNT - 1))))
    await expectSurvived(portal, browser, { family: 'Many reports', case: '50 reports wait on one phone', marker, count: COUNT, sees })
    const events = await portal.eventsWith(marker)
    const hazardous = events.slice(0, HAZARDS.size).filter(({ data }) => JSON.stringify(data).includes('downed-line'))
    expect(hazardous, 'dangers before the others').toHaveLength(HAZARDS.size)
  })
})
