import { describe, expect, test } from 'vitest'
import { answerOf, classifyAnswer } from './classify-answer.ts'
import { html, json, problem } from './outbox.fixture.ts'

const NOW_MS = Date.UTC(2026, 0, 31)
const classify = (answer: Parameters<typeof classifyAnswer>[0]) => classifyAnswer(answer, NOW_MS)

describe('what an answer means @outbox', () => {
  test.each([200, 201, 202])('%i with a receipt still has to be verified', (status) => {
    expect(classify(json(status, { receipt: 'a.b.c' }))).toEqual({ kind: 'receipt', receipt: 'a.b.c', spreadMs: null })
  })

  test.each([
    ['a hotel page with 200', html(200)],
    ['JSON of somebody else', json(200, { ok: true })],
    ['a JSON list', json(200, [])],
    ['a receipt in the wrong type', { ...json(201, { receipt: 'a.b.c' }), contentType: 'text/plain' }],
    ['a receipt that is no text', json(201, { receipt: 7 })],
    ['broken JSON', { ...json(201, {}), text: '{"receipt":' }],
    ['no content', answerOf(204, () => null, '')],
    ['a redirect', answerOf(0, () => null, '')],
    ['a redirect with its status', html(302)],
    ['a proxy that forbids', html(403)],
    ['a page that is not found', html(404)],
    ['a proxy that wants a password', html(407)],
    ['a problem of another service', { ...problem(400, 'x'), text: '{"type":"about:blank","status":400}' }],
  ])('%s: kept', (_name, answer) => {
    expect(classify(answer)).toMatchObject({ kind: 'keep', reason: 'not-ours' })
  })

  test.each([408, 425, 429, 500, 502, 503, 504, 511])('%i is kept, whoever says it', (status) => {
    expect(classify(html(status))).toMatchObject({ kind: 'keep', reason: 'busy' })
    expect(classify(problem(status, 'overloaded'))).toMatchObject({ kind: 'keep', reason: 'busy' })
  })

  test('401 is kept until signed in', () => {
    expect(classify(problem(401, 'not-signed-in'))).toMatchObject({ kind: 'keep', reason: 'sign-in' })
  })

  test.each([
    [409, 'conflict'],
    [400, 'invalid'],
    [413, 'invalid'],
    [415, 'invalid'],
    [422, 'invalid'],
    [403, 'refused'],
    [404, 'refused'],
    [410, 'refused'],
  ] as const)('%i in our own words needs attention: %s', (status, reason) => {
    const errors = [{ field: '/scope', rule: 'one of the list', fix: 'Choose one' }]
    expect(classify(problem(status, 'x', { errors, traceId: 't1' }))).toEqual({ kind: 'attention', reason, errors, traceId: 't1', spreadMs: null })
  })

  test('hears what the server asks for, in seconds and as a date', () => {
    expect(classify(problem(503, 'overloaded', {}, '7'))).toMatchObject({ retryAfterMs: 7_000 })
    expect(classify(problem(503, 'overloaded', {}, 'Sat, 31 Jan 2026 00:01:00 GMT'))).toMatchObject({ retryAfterMs: 60_000 })
    expect(classify(problem(503, 'overloaded', {}, 'Fri, 30 Jan 2026 00:00:00 GMT'))).toMatchObject({ retryAfterMs: 0 })
    expect(classify(problem(503, 'overloaded', {}, 'soon'))).toMatchObject({ retryAfterMs: null })
  })

  test('is asked to wait by the door alone: a proxy’s word is about another network', () => {
    const elsewhere = { retryAfter: '3600', slot: 'ticket', slotMs: '3600000' }
    for (const status of [200, 302, 429, 503, 511]) {
      expect(classify({ ...html(status), ...elsewhere })).toMatchObject({ kind: 'keep', retryAfterMs: null, slot: null })
    }
  })

  test('takes no time from an answer that lay in a cache', () => {
    const timeOf = (age: string | null) => answerOf(200, (name) => ({ 'server-time': '2026-01-31T04:00:00.000Z', age })[name], '').serverTime
    expect([timeOf(null), timeOf('0'), timeOf('1'), timeOf('old')]).toEqual(['2026-01-31T04:00:00.000Z', '2026-01-31T04:00:00.000Z', null, null])
  })

  test('hears of a slot and of the spread, and not of numbers that are none', () => {
    const refused = classify(problem(503, 'overloaded', {}, { 'retry-after': '91', 'send-slot': 'ticket', 'send-slot-ms': '90500', 'send-spread-ms': '240000' }))
    expect(refused).toEqual({ kind: 'keep', reason: 'busy', retryAfterMs: 91_000, slot: { ticket: 'ticket', afterMs: 90_500 }, spreadMs: 240_000 })
    expect(classify(problem(503, 'overloaded', {}, { 'send-slot': 'ticket', 'send-slot-ms': '-1', 'send-spread-ms': 'long' }))).toMatchObject({ slot: null, spreadMs: null })
    expect(classify(json(201, { receipt: 'a.b.c' }, { 'send-spread-ms': '1000' }))).toMatchObject({ kind: 'receipt', spreadMs: 1_000 })
    expect(classify(problem(422, 'invalid', {}, { 'send-spread-ms': '1000' }))).toMatchObject({ kind: 'attention', spreadMs: 1_000 })
  })
})
