import { describe, expect, test } from 'vitest'
import { outageReportV1Schema } from '../../../../domain/outage-report.ts'
import { withPlaceChosen } from './form-fields.ts'
import { faultsOf, placeOf, reportFromFields } from './report-from-fields.ts'

const NOW_MS = Date.UTC(2026, 0, 31, 4, 5, 6, 789)
const plain = { scope: 'dim', address: ' 12 Elm Street ' }
const parse = (fields: Parameters<typeof faultsOf>[0]) =>
  outageReportV1Schema.parse({
    schema: 1,
    id: '01980f6e-7a4c-7cc3-98d5-0a1b2c3d4e5f',
    savedAt: new Date(NOW_MS).toISOString(),
    // As sent: what is undefined is absent from the JSON.
    ...(JSON.parse(JSON.stringify(reportFromFields(fields, 'es', NOW_MS))) as object),
  })
const startedAt = (fields: object) => reportFromFields({ ...plain, ...fields }, 'en', NOW_MS).startedAt

describe('the report that the form tells @outbox', () => {
  test('the least that can be said is a valid report', () => {
    expect(parse(plain)).toMatchObject({ locale: 'es', channel: 'web', place: { address: '12 Elm Street' }, hazards: [], scope: 'dim', heardBang: 'unknown', neighborsOut: 'unknown', medicalEquipment: false })
    expect(reportFromFields(plain, 'en', NOW_MS).startedAt).toBeUndefined()
  })

  test('everything that can be said is a valid report', () => {
    const report = parse({
      hazards: ['injury', 'downed-line', 'made-up'],
      scope: 'whole-home',
      accountNumber: '4100 0000 17',
      phone: '555 0100',
      address: '12 Elm Street',
      latitude: '38.45',
      longitude: '-122.7',
      accuracyMeters: '250000',
      since: 'hour',
      heardBang: 'yes',
      neighborsOut: 'no',
      medicalEquipment: 'yes',
      accessNotes: 'Dog\nGate 42',
      callbackPhone: '555 0101',
    })
    expect(report).toMatchObject({
      hazards: ['downed-line', 'injury'],
      place: { accountNumber: '4100 0000 17', phone: '555 0100', location: { latitude: 38.45, longitude: -122.7, accuracyMeters: 100_000 } },
      startedAt: '2026-01-31T03:05:06.789Z',
      heardBang: 'yes',
      neighborsOut: 'no',
      medicalEquipment: true,
      accessNotes: 'Dog\nGate 42',
      callbackPhone: '555 0101',
    })
  })

  test('since when: now, earlier by the phone, not known', () => {
    expect(startedAt({ since: 'now' })).toBe('2026-01-31T04:05:06.789Z')
    expect(startedAt({ since: 'earlier', sinceAt: '2026-01-30T12:00' })).toBe(new Date('2026-01-30T12:00').toISOString())
    expect(startedAt({ since: 'earlier' })).toBeUndefined()
    expect(startedAt({ since: 'unknown', sinceAt: '2026-01-30T12:00' })).toBeUndefined()
  })
})

describe('what has to be added first @outbox', () => {
  test('a scope and a place, in the order of the form', () => {
    expect(faultsOf({}, NOW_MS)).toEqual(['scope', 'where'])
    expect(faultsOf({ scope: 'made-up', address: '   ' }, NOW_MS)).toEqual(['scope', 'where'])
    expect(faultsOf(plain, NOW_MS)).toEqual([])
  })

  test('one way to say where is enough', () => {
    const places: Record<string, string>[] = [{ phone: '1' }, { accountNumber: '1' }, { latitude: '0', longitude: '0', accuracyMeters: '5' }]
    for (const place of places) {
      expect(faultsOf({ scope: 'dim', ...place }, NOW_MS)).toEqual([])
    }
    expect(faultsOf({ scope: 'dim', latitude: '38' }, NOW_MS)).toEqual(['where'])
    expect(faultsOf({ scope: 'dim', longitude: '-122' }, NOW_MS)).toEqual(['where'])
  })

  test('a start in the future is a mistake, unless it is not meant', () => {
    expect(faultsOf({ ...plain, since: 'earlier', sinceAt: '2030-01-01T00:00' }, NOW_MS)).toEqual(['sinceAt'])
    expect(faultsOf({ ...plain, since: 'now', sinceAt: '2030-01-01T00:00' }, NOW_MS)).toEqual([])
  })
})

test('a place of the customer’s own is said by its account alone; another place by what is typed @outbox', () => {
  const typed = { address: '12 Elm Street', latitude: '41.5', longitude: '-81.7' }
  expect(placeOf({ ...typed, premise: '4100 0000 17' })).toEqual({ accountNumber: '4100 0000 17' })
  expect(placeOf({ ...typed, premise: 'other' })).toMatchObject({ address: '12 Elm Street', location: { latitude: 41.5 } })
  expect(faultsOf({ scope: 'dim', premise: 'other' }, 0)).toEqual(['where'])
  expect(faultsOf({ scope: 'dim', premise: '4100 0000 17' }, 0)).toEqual([])
})

test('words from a form that offered no places are of another place, and those that chose one of theirs @outbox', () => {
  expect(withPlaceChosen({ address: '12 Elm Street' })).toEqual({ premise: 'other', address: '12 Elm Street' })
  expect(withPlaceChosen({ address: '12 Elm Street', premise: '4100 0000 17' })).toEqual({ address: '12 Elm Street', premise: '4100 0000 17' })
  expect(withPlaceChosen({ scope: 'dim' })).toEqual({ scope: 'dim' })
})
