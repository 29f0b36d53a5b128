import { beforeEach, describe, expect, test } from 'vitest'
import { phone, resetBrowser, simulatedDoor } from '../../../../worker/outbox/outbox.fixture.ts'
import { newDraft, saveReport } from '../../../../worker/outbox/save-report.ts'
import type { Fields } from './form-fields.ts'
import { reportFromFields } from './report-from-fields.ts'
import { saysOtherwise } from './says-otherwise.ts'

const words: Fields = { scope: 'dim', address: '12 Elm Street', hazards: ['fire'], since: 'now', heardBang: 'unknown', neighborsOut: 'unknown', accessNotes: 'Dog' }

async function sent(fields: Fields, locale: 'en' | 'es' = 'en') {
  const outbox = phone(await simulatedDoor())
  return (await saveReport(outbox, newDraft(outbox), (savedAtMs) => reportFromFields(fields, locale, savedAtMs))).record
}

beforeEach(resetBrowser)

describe('the words of a form whose draft another tab has sent @outbox', () => {
  test('are what was sent: in another language, with a space more, and whenever they are looked at', async () => {
    expect(saysOtherwise(words, await sent(words))).toBe(false)
    expect(saysOtherwise({ ...words, address: ' 12 Elm Street ' }, await sent(words, 'es'))).toBe(false)
    expect(saysOtherwise(words, await sent({ ...words, phone: '' }))).toBe(false)
  })

  test.each<Partial<Record<string, string | string[]>>>([
    { accessNotes: 'Dog, and the gate is locked' },
    { accessNotes: '' },
    { hazards: ['fire', 'injury'] },
    { hazards: [] },
    { address: '14 Elm Street' },
    { phone: '555 0100' },
    { scope: 'whole-home' },
    { scope: '' },
    { since: 'hour' },
    { medicalEquipment: 'yes' },
    { latitude: '38.45', longitude: '-122.7', accuracyMeters: '12' },
  ])('are others: %j', async (change) => {
    expect(saysOtherwise({ ...words, ...(change as Fields) }, await sent(words))).toBe(true)
  })

  test('may be others when the report is of a release that this page cannot read', async () => {
    expect(saysOtherwise(words, { ...(await sent(words)), body: new TextEncoder().encode('{"schema":2}') })).toBe(true)
  })

  test('are compared by what they say, not by the order in which it stands', async () => {
    const record = await sent(words)
    const turned = Object.fromEntries(Object.entries(JSON.parse(new TextDecoder().decode(record.body)) as object).reverse())
    expect(saysOtherwise(words, { ...record, body: new TextEncoder().encode(JSON.stringify(turned)) })).toBe(false)
  })
})
