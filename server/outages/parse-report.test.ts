import { describe, expect, it } from 'vitest'
import { InvalidInputError } from '../platform/errors.ts'
import { MalformedBodyError } from './parse-frozen-body.ts'
import { parseReport } from './parse-report.ts'
import { bytesOf, someReport } from './report-fixture.ts'

const text = (body: string) => new TextEncoder().encode(body)
const asText = JSON.stringify(someReport())
const report = someReport()

/** name, body, field, rule */
const REFUSED: [string, Uint8Array, string, string][] = [
  ['nothing', text(''), '', 'json'],
  ['cut off', text(asText.slice(0, -1)), '', 'json'],
  ['more after the end', text(`${asText}{}`), '', 'json'],
  ['a byte order mark', text(`\uFEFF${asText}`), '', 'json'],
  ['UTF-16', new Uint8Array(Buffer.from(asText, 'utf16le')), '', 'json'],
  ['broken UTF-8', new Uint8Array([...text('{"a":"'), 0xc3, 0x28, ...text('"}')]), '', 'utf-8'],
  ['an overlong form', new Uint8Array([...text('{"a":"'), 0xc0, 0xaf, ...text('"}')]), '', 'utf-8'],
  ['a surrogate in UTF-8', new Uint8Array([...text('{"a":"'), 0xed, 0xa0, 0x80, ...text('"}')]), '', 'utf-8'],
  ['a bomb of lists', text('['.repeat(16_000)), '', 'max-depth-6'],
  ['a bomb of objects', text('{"a":'.repeat(3_000)), '', 'max-depth-6'],
  ['too large', text(JSON.stringify({ ...report, accessNotes: 'x'.repeat(16_384) })), '', 'max-16384-bytes'],
  ['a list', text('[]'), '', 'type'],
  ['a number', text('1'), '', 'type'],
  ['null', text('null'), '', 'type'],
  ['a name twice', text(asText.replace('"schema":1', '"schema":1,"scope":"dim"')), '', 'repeated-name'],
  ['a name twice, once escaped', text(asText.replace('"schema":1', '"schema":1,"\\u0073cope":"dim"')), '', 'repeated-name'],
  ['no version', bytesOf({ ...report, schema: undefined }), '/schema', 'one-of'],
  ['a version to come', bytesOf({ ...report, schema: 2 }), '/schema', 'one-of'],
  ['a version by name', bytesOf({ ...report, schema: 'constructor' }), '/schema', 'one-of'],
  ['an unknown field', bytesOf({ ...report, 'a/b~c': 1 }), '/a~1b~0c', 'unknown-field'],
  ['a prototype', text(asText.replace('"schema":1', '"schema":1,"__proto__":{"x":1}')), '/__proto__', 'unknown-field'],
  ['an unknown field within', bytesOf({ ...report, place: { phone: '1', planet: 'x' } }), '/place/planet', 'unknown-field'],
  ['a wrong choice', bytesOf({ ...report, scope: 'everything' }), '/scope', 'one-of'],
  ['a wrong hazard', bytesOf({ ...report, hazards: ['fire', 'flood'] }), '/hazards/1', 'one-of'],
  ['a wrong type', bytesOf({ ...report, medicalEquipment: 'yes' }), '/medicalEquipment', 'type'],
  ['a missing field', bytesOf({ ...report, locale: undefined }), '/locale', 'one-of'],
  ['no place', bytesOf({ ...report, place: {} }), '/place', 'custom'],
  ['an id of another version', bytesOf({ ...report, id: '2c5ea4c0-4067-11e9-8bad-9b1deb4d3b7d' }), '/id', 'format-uuid'],
  ['a local time', bytesOf({ ...report, savedAt: '2026-01-31T04:05:06' }), '/savedAt', 'format-datetime'],
  ['no such day', bytesOf({ ...report, savedAt: '2026-02-31T04:05:06.000Z' }), '/savedAt', 'format-datetime'],
  ['too long a note', bytesOf({ ...report, accessNotes: 'x'.repeat(501) }), '/accessNotes', 'max-500'],
  ['an empty account number', bytesOf({ ...report, place: { accountNumber: '  ' } }), '/place/accountNumber', 'min-1'],
  ['north of the pole', bytesOf({ ...report, place: { location: { latitude: 91, longitude: 0, accuracyMeters: 1 } } }), '/place/location/latitude', 'max-90'],
  ['infinity', text(asText.replace('"place":{"accountNumber":"4100 0000 17"}', '"place":{"location":{"latitude":1e999,"longitude":0,"accuracyMeters":1}}')), '/place/location/latitude', 'type'],
]

describe('parseReport @door', () => {
  it('reads a report, with what a careless writer adds that changes nothing', () => {
    expect(parseReport(bytesOf(report))).toEqual(report)
    expect(parseReport(bytesOf({ ...report, id: report.id.toUpperCase() })).id).toBe(report.id)
    const odd = someReport({ accessNotes: 'a "quoted": {[ brace \\ and ñ 🔥', place: { address: '12 Elm: "St"' } })
    expect(parseReport(text(JSON.stringify(odd, null, 2)))).toEqual(odd)
  })

  it.each(REFUSED)('refuses %s, with field, rule and fix', (_name, bytes, field, rule) => {
    let thrown: unknown
    try {
      parseReport(bytes)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(InvalidInputError)
    const { fields } = thrown as InvalidInputError
    expect(fields).toContainEqual(expect.objectContaining({ field, rule }))
    expect(fields.every(({ fix }) => fix.length > 5)).toBe(true)
    expect(thrown instanceof MalformedBodyError).toBe(field === '' && rule !== 'type')
  })

  it('never repeats a thousand faults', () => {
    const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`x${index}`, 1]))
    expect(() => parseReport(bytesOf({ ...report, ...many }))).toThrow(InvalidInputError)
    try {
      parseReport(bytesOf({ ...report, ...many }))
    } catch (error) {
      expect((error as InvalidInputError).fields).toHaveLength(20)
    }
  })
})
