import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { outageReportedSchema } from '../../../domain/event.ts'
import { problemSchema } from '../../../domain/problem.ts'
import { receiptSchema } from '../../../domain/receipt.ts'
import { reportStandingSchema } from '../../../domain/report-standing.ts'
import { bytesOf, someReport, someSecret } from '../../../server/outages/report-fixture.ts'
import { IndeterminateError, LogUnavailableError } from '../../../server/platform/errors.ts'
import { verifyReceipt } from '../../../server/platform/receipts.ts'
import { openDoor, send, type TestDoor } from './door-fixture.ts'

let door: TestDoor
beforeEach(async () => void (door = await openDoor()))
afterEach(() => door.close())

const problemIn = async (response: Response) => {
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  const problem = problemSchema.parse(await response.json())
  expect(problem.status).toBe(response.status)
  return problem
}

describe('POST /api/v1/outage-reports @door', () => {
  it('answers 201 with a receipt that the published keys verify, with everything else dead', async () => {
    const report = someReport()
    const response = await send(door, report, someSecret())
    expect(response.status).toBe(201)
    const { receipt, ...claims } = receiptSchema.parse(await response.json())
    const jwks = await fetch(`${door.url}/.well-known/jwks.json`)
    expect(jwks.headers.get('cache-control')).toMatch(/max-age=\d+/)
    expect(verifyReceipt(receipt, (await jwks.json()) as never)).toEqual(claims)
    expect((await door.log.find('outages', report.id))!.envelope.data).toMatchObject({ reference: claims.reference })
  })

  it('answers the same again with 200 and the same receipt, another body with 409, another secret with 404', async () => {
    const [report, secret] = [someReport(), someSecret()]
    const first = await send(door, report, secret)
    const again = await send(door, report, secret, { 'report-attempt': '2' })
    expect([again.status, await again.json()]).toEqual([200, await first.json()])
    expect((await problemIn(await send(door, { ...report, scope: 'dim' }, secret))).type).toBe('urn:stormdoor:problem:conflict')
    expect((await problemIn(await send(door, report, someSecret()))).status).toBe(404)
    expect((await problemIn(await send(door, { ...report, scope: 'dim' }, someSecret()))).status).toBe(404)
  })

  it('asks nobody to sign in: a session that is over, forged or another person’s makes no difference', async () => {
    const [report, secret] = [someReport(), someSecret()]
    const cookies = ['stormdoor-customer.here=019c0000-0000-7000-8000-000000000001.1; stormdoor-customer.session_data=over', 'stormdoor-customer.session_token=forged', 'stormdoor-customer.here=left.2']
    const statuses = []
    for (const cookie of cookies) statuses.push((await send(door, report, secret, { cookie })).status)
    expect(statuses).toEqual([201, 200, 200])
    const { envelope } = (await door.log.find('outages', report.id))!
    expect(JSON.stringify(envelope)).not.toContain('019c0000-0000-7000-8000-000000000001')
  })

  it('takes one of 50 equal reports at once, and tells the other 49 the same', async () => {
    const [bytes, secret] = [bytesOf(someReport()), someSecret()]
    const responses = await Promise.all(Array.from({ length: 50 }, () => send(door, bytes, secret)))
    expect(responses.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(49)
    const acceptedAt = await Promise.all(responses.map(async (response) => ((await response.json()) as { acceptedAt: string }).acceptedAt))
    expect(new Set(acceptedAt).size).toBe(1)
  })

  it('keeps the trace of the phone and the evidence of its send', async () => {
    const report = someReport()
    const traceId = '0af7651916cd43dd8448eb211c80319c'
    const evidence = {
      'report-attempt': '4', 'report-sent-at': '2026-01-31T04:05:06.789Z', 'report-elapsed-ms': '1500.5',
      'report-clock-offset-ms': '-250.25', 'report-clock-error-ms': '12',
    }
    const response = await send(door, report, someSecret(), { ...evidence, traceparent: `00-${traceId}-b7ad6b7169203331-01` })
    expect(response.headers.get('traceparent')).toContain(traceId)
    const { envelope } = (await door.log.find('outages', report.id))!
    expect(envelope.traceparent).toContain(traceId)
    expect(envelope.data).toMatchObject({ delivery: { attempt: 4, sentAt: '2026-01-31T04:05:06.789Z', elapsedMs: 1500.5, clockOffsetMs: -250.25, clockErrorMs: 12 } })
  })

  it('never loses a report to malformed evidence', async () => {
    const report = someReport()
    const evidence = { 'report-attempt': '-1', 'report-sent-at': 'yesterday', 'report-elapsed-ms': '-4', 'report-clock-offset-ms': '1e9', 'report-clock-error-ms': '-1', traceparent: 'x' }
    expect((await send(door, report, someSecret(), evidence)).status).toBe(201)
    const { delivery, occurred } = outageReportedSchema.parse((await door.log.find('outages', report.id))!.envelope.data)
    expect(delivery).toEqual({ attempt: 1 })
    expect(occurred).toMatchObject({ savedAt: report.savedAt, basis: 'phone-clock' })
  })

  it('corrects when it was saved by the offset that the phone knew, and tells its owner', async () => {
    const [report, secret] = [someReport({ savedAt: new Date(Date.now() + 2 * 86_400_000 - 3 * 3_600_000).toISOString() }), someSecret()]
    await send(door, report, secret, { 'report-clock-offset-ms': '-172800000', 'report-clock-error-ms': '40' })
    const answer = await fetch(`${door.url}/api/v1/outage-reports/${report.id}`, { headers: { 'report-secret': secret } })
    const savedAt = new Date(Date.parse(report.savedAt) - 2 * 86_400_000).toISOString()
    expect(reportStandingSchema.parse(await answer.json())).toMatchObject({ state: 'received', confirmation: 'asked', additions: 0, corrected: { savedAt, errorMs: 40 } })
  })

  it.each([
    ['too large', bytesOf({ a: 'x'.repeat(20_000) }), {}, 413, 'too-large'],
    ['text', bytesOf(someReport()), { 'content-type': 'text/plain' }, 415, 'unsupported-media-type'],
    ['a form', bytesOf(someReport()), { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'unsupported-media-type'],
    ['a strange type', bytesOf(someReport()), { 'content-type': 'nonsense' }, 415, 'unsupported-media-type'],
    ['compressed', bytesOf(someReport()), { 'content-encoding': 'gzip' }, 415, 'unsupported-media-type'],
    ['empty', new Uint8Array(), {}, 400, 'malformed-body'],
    ['broken UTF-8', new Uint8Array([0x7b, 0xff, 0x7d]), {}, 400, 'malformed-body'],
    ['not JSON', new TextEncoder().encode('hello'), {}, 400, 'malformed-body'],
    ['a bomb', new TextEncoder().encode('['.repeat(16_000)), {}, 400, 'malformed-body'],
    ['no report', new TextEncoder().encode('{}'), {}, 422, 'invalid-input'],
  ])('refuses what is %s with field, rule and fix', async (_name, body, headers, status, code) => {
    const response = await send(door, body, someSecret(), headers)
    expect(response.status).toBe(status)
    const problem = await problemIn(response)
    expect(problem.type).toBe(`urn:stormdoor:problem:${code}`)
    expect(problem.errors![0]!.fix.length).toBeGreaterThan(5)
    expect(problem.traceId).toMatch(/^[0-9a-f]{32}$/)
    expect((await door.log.statistics('outages')).events).toBe(0)
  })

  it('answers every refusal below /api/v1 as a problem', async () => {
    expect((await problemIn(await fetch(`${door.url}/api/v1/nothing`))).status).toBe(404)
    expect((await problemIn(await fetch(`${door.url}/api/v1/outage-reports`, { method: 'PUT' }))).status).toBe(404)
    const noSecret = await fetch(`${door.url}/api/v1/outage-reports`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })
    expect((await problemIn(noSecret)).errors![0]).toMatchObject({ field: 'report-secret', rule: 'required' })
  })

  it.each([
    [new IndeterminateError('no answer in 5 s from /var/lib/log'), 503, 'indeterminate', 'may have arrived'],
    [new LogUnavailableError('disk full at /var/lib/log'), 503, 'log-unavailable', 'Nothing was written'],
    [new Error('secret of /var/lib/log'), 500, 'internal', ''],
  ])('says of %s what the phone must do, and nothing of itself', async (thrown, status, code, detail) => {
    const failing = await openDoor({ log: { append: () => Promise.reject(thrown), find: () => Promise.reject(thrown) } })
    try {
      const response = await send(failing, someReport(), someSecret())
      const problem = await problemIn(response)
      expect([response.status, problem.type]).toEqual([status, `urn:stormdoor:problem:${code}`])
      expect(problem.detail ?? '').toContain(detail)
      expect(JSON.stringify(problem)).not.toContain('/var/lib')
      expect(response.headers.has('retry-after')).toBe(status === 503)
    } finally {
      await failing.close()
    }
  })
})

describe('GET /api/v1/outage-reports/{id} @door', () => {
  const get = (at: TestDoor, id: string, secret: string) => fetch(`${at.url}/api/v1/outage-reports/${id}`, { headers: { 'report-secret': secret } })

  it('tells its owner where it stands from the log alone', async () => {
    const [report, secret] = [someReport(), someSecret()]
    const receipt = receiptSchema.parse(await (await send(door, report, secret)).json())
    const response = await get(door, report.id, secret)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(reportStandingSchema.parse(await response.json())).toMatchObject({ ...receipt, state: 'received' })
    expect((await problemIn(await get(door, report.id, someSecret()))).status).toBe(404)
    expect((await problemIn(await get(door, someReport().id, secret))).status).toBe(404)
  })

  it('adds what a projection knows, and does not wait for one that hangs or fails', async () => {
    for (const [statusOf, state] of [
      [() => Promise.resolve({ state: 'matched', confirmation: 'still-out', additions: 2, asOf: '2026-01-31T04:05:06.789Z' } as const), 'matched'],
      [() => new Promise<null>(() => undefined), 'received'],
      [() => Promise.reject(new Error('down')), 'received'],
    ] as const) {
      const other = await openDoor({ statusOf })
      try {
        const [report, secret] = [someReport(), someSecret()]
        await send(other, report, secret)
        const standing = reportStandingSchema.parse(await (await get(other, report.id, secret)).json())
        expect(standing.state).toBe(state)
        if (state === 'matched') expect(standing).toMatchObject({ asOf: '2026-01-31T04:05:06.789Z', confirmation: 'still-out', additions: 2 })
      } finally {
        await other.close()
      }
    }
  })
})
