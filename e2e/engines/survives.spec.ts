import { newMarker } from '../support/test.ts'
import { expect, test } from './engine-test.ts'
import { addressTyped, becomeLogin, expectSurvived, keptDrafts, SENDS_WHILE_OPEN, sendReport, startAnother, stateOnCard, visitReportPage, wordsOfPage } from './report-page.ts'

const [HER, HIM] = ['019c1235-3e00-7000-8000-00000000000a', '019c1235-3e00-7000-8000-00000000000b']
const ANOTHERS = '1 report of another person is still being sent from this phone.'

test.describe('a phone without Background Sync @outbox', () => {
  test('reports without a network, is killed, and sends when the page is opened again', async ({ owner, portal }) => {
    const marker = newMarker('killed')
    const phone = await owner.startPhone()
    await visitReportPage(phone, portal)
    portal.network.goOffline()
    await phone.reload()
    await sendReport(phone, marker)
    await expect.poll(() => stateOnCard(phone, marker)).toBe('Saved on this phone')
    await expect.poll(() => wordsOfPage(phone), 'what this browser promises').toContain(SENDS_WHILE_OPEN)
    await phone.kill()

    const sameOne = await owner.startPhone()
    portal.network.goOnline()
    expect(await portal.eventsWith(marker)).toHaveLength(0)
    await sameOne.open(`${portal.url}/en/report`)
    await expect.poll(() => stateOnCard(sameOne, marker)).toContain('Received — reference')
    await expectSurvived(portal, owner, {
      case: 'Saved with no network, browser killed, opened again', markers: [marker],
      sees: ['Saved on this phone', SENDS_WHILE_OPEN, 'Received — reference …'],
    })
  })

  test('is killed while the answer is on its way, and asks again under the same id', async ({ owner, portal }) => {
    const marker = newMarker('unanswered')
    const phone = await owner.startPhone()
    await visitReportPage(phone, portal)
    let dying = false
    const killed = portal.network.cutNext('before-response', () => {
      dying = true
      return phone.kill()
    })
    await sendReport(phone, marker).catch((error: unknown) => {
      // The browser may die under the tap that sends.
      if (!dying) throw error
    })
    await killed
    await expect.poll(async () => (await portal.eventsWith(marker)).length).toBe(1)

    const sameOne = await owner.startPhone()
    await sameOne.open(`${portal.url}/en/report`)
    await expect.poll(() => stateOnCard(sameOne, marker)).toContain('Received — reference')
    await expectSurvived(portal, owner, { case: 'Browser killed while the answer is on its way', markers: [marker], sees: ['Received — reference …'] })
  })

  test('keeps two reports over a kill with no network, shows them from the worker, and sends both', async ({ owner, portal }) => {
    const markers = [newMarker('first'), newMarker('second')]
    const phone = await owner.startPhone()
    await visitReportPage(phone, portal)
    portal.network.goOffline()
    await sendReport(phone, markers[0]!)
    await expect.poll(() => stateOnCard(phone, markers[0]!)).toBe('Saved on this phone')
    await startAnother(phone)
    await sendReport(phone, markers[1]!)
    for (const marker of markers) await expect.poll(() => stateOnCard(phone, marker)).toBe('Saved on this phone')
    await phone.kill()

    const sameOne = await owner.startPhone()
    await sameOne.open(`${portal.url}/en/report`)
    for (const marker of markers) await expect.poll(() => stateOnCard(sameOne, marker)).toBe('Saved on this phone')
    portal.network.goOnline()
    await sameOne.tap('//button[normalize-space()="Try now"]')
    for (const marker of markers) await expect.poll(() => stateOnCard(sameOne, marker)).toContain('Received — reference')
    await expectSurvived(portal, owner, {
      case: 'Two reports queued with no network, browser killed, network back while the page is open', markers,
      sees: ['Saved on this phone', 'Received — reference …'],
    })
  })
  test('is shared: another customer sees nothing of the first one’s report after a kill, and both go', async ({ owner, portal }) => {
    const [hers, his] = [newMarker('hers'), newMarker('his')]
    const phone = await owner.startPhone()
    await visitReportPage(phone, portal)
    portal.network.goOffline()
    await becomeLogin(phone, HER)
    await sendReport(phone, hers)
    await expect.poll(() => stateOnCard(phone, hers)).toBe('Saved on this phone')
    await phone.kill()

    const sameOne = await owner.startPhone()
    await sameOne.open(`${portal.url}/en/report`)
    await becomeLogin(sameOne, HIM)
    await expect.poll(() => wordsOfPage(sameOne)).toContain(ANOTHERS)
    expect(await wordsOfPage(sameOne)).not.toContain(hers)
    await sendReport(sameOne, his)
    await expect.poll(() => stateOnCard(sameOne, his)).toBe('Saved on this phone')
    portal.network.goOnline()
    await sameOne.tap('//button[normalize-space()="Try now"]')
    await expect.poll(() => stateOnCard(sameOne, his)).toContain('Received — reference')
    expect(await wordsOfPage(sameOne)).not.toContain(hers)
    await expectSurvived(portal, owner, {
      family: 'Shared phone', case: 'another customer signs in after a kill, with a report of the first one waiting', markers: [hers, his],
      sees: [ANOTHERS, 'Saved on this phone', 'Received — reference …'],
    })
  })

  test('keeps what was typed over a kill, and shows it again with no network', async ({ owner, portal }) => {
    const phone = await owner.startPhone()
    await visitReportPage(phone, portal)
    await phone.tap('//label[normalize-space()="Address"]')
    await phone.type('77 Half Written Way')
    await expect.poll(() => keptDrafts(phone)).toContain('77 Half Written Way')
    await phone.kill()

    portal.network.goOffline()
    const sameOne = await owner.startPhone()
    await sameOne.open(`${portal.url}/en/report`)
    await expect.poll(() => addressTyped(sameOne)).toBe('77 Half Written Way')
  })
})
