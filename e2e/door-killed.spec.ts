import type { CutPoint } from './support/cutting-proxy.ts'
import { expect, expectOnceEverywhere, newMarker, reportCard, sendReport, signIn, test, visitReportPage } from './support/test.ts'

/** The nine places within the exchange; the tenth is "dead before it was sent". */
const CUTS: CutPoint[] = [
  'at-connection',
  'within-request-headers',
  'after-request-headers',
  'within-request-body',
  'after-request-body',
  'before-response',
  'within-response-headers',
  'within-response-body',
  'after-response',
]

/** Not yet logged, logged without a word of it, and half told: the other six in the full run alone. */
const ALWAYS = new Set<CutPoint>(['before-response', 'within-response-body'])

/** Less than a lease: a page may not sit out one that the worker has already let go of. */
const SOON_MS = 40_000

test.describe('the door is killed around a report, with Postgres dead @door @outbox', () => {
  test.describe.configure({ mode: 'serial' })
  const markers: string[] = []

  test.beforeAll(({ portal }) => portal.stack.kill('postgres'))
  test.afterAll(({ portal }) => portal.stack.start('postgres'))

  // In every run browser-killed.spec.ts has it, with the browser killed as well.
  test('dead before the report is sent @full', async ({ page, portal }) => {
    await visitReportPage(page, portal.url)
    const marker = newMarker('before')
    markers.push(marker)
    await portal.stack.kill('api')
    await sendReport(page, marker)
    await expect(reportCard(page, marker)).toContainText('Saved on this phone')
    await portal.stack.start('api')
    await expect(reportCard(page, marker)).toContainText('Received — reference', { timeout: SOON_MS })
    expect(await portal.eventsWith(marker)).toHaveLength(1)
  })

  for (const cut of CUTS) {
    test(`killed ${cut.replaceAll('-', ' ')}${ALWAYS.has(cut) ? '' : ' @full'}`, async ({ page, portal }) => {
      await visitReportPage(page, portal.url)
      const marker = newMarker(cut)
      markers.push(marker)
      const killed = portal.network.cutNext(cut, () => portal.stack.kill('api'))
      await sendReport(page, marker)
      await killed
      await portal.stack.start('api')
      await expect(reportCard(page, marker)).toContainText('Received — reference', { timeout: SOON_MS })
      expect(await portal.eventsWith(marker)).toHaveLength(1)
    })
  }

  test('the desk shows all of them from Redis; Postgres returns and has each once', async ({ page, portal }) => {
    await portal.stack.start('postgres')
    await signIn(page, portal)
    await portal.stack.kill('postgres')
    await page.reload()
    for (const marker of markers) await expect(page.getByText(marker).first()).toBeVisible()
    await portal.stack.start('postgres')
    expect(markers.length).toBeGreaterThanOrEqual(ALWAYS.size)
    for (const marker of markers) await expectOnceEverywhere(portal, marker)
  })
})
