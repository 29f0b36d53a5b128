import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { problemSchema } from '../../../domain/problem.ts'
import { receiptSchema } from '../../../domain/receipt.ts'
import { DOOR_HEADERS } from '../../../domain/report-limits.ts'
import { bytesOf, someFollowUp, someReport, someSecret } from '../../../server/outages/report-fixture.ts'
import { verifyReceipt } from '../../../server/platform/receipts.ts'
import { openDoor, send, type TestDoor } from './door-fixture.ts'

let door: TestDoor
let reportId: string
let secret: string
beforeEach(async () => {
  door = await openDoor()
  const report = someReport()
  ;[reportId, secret] = [report.id, someSecret()]
  expect((await send(door, report, secret)).status).toBe(201)
})
afterEach(() => door.close())

const follow = (followUp: unknown, { by = secret, to = reportId, at = door, headers = {} }: { by?: string; to?: string; at?: TestDoor; headers?: Record<string, string> } = {}) =>
  fetch(`${at.url}/api/v1/outage-reports/${to}/follow-ups`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'report-secret': by, ...headers },
    body: bytesOf(followUp),
  })

describe('POST /api/v1/outage-reports/{id}/follow-ups @door', () => {
  it('answers 201 with a receipt that the published keys verify, and its clock', async () => {
    const followUp = someFollowUp(reportId, { kind: 'still-out', answer: 'yes' })
    const response = await follow(followUp, { headers: { 'report-attempt': '3' } })
    expect(response.status).toBe(201)
    expect(response.headers.get(DOOR_HEADERS.serverTime)).toMatch(/^\d{4}-\d{2}-\d{2}T/)
    const { receipt, ...claims } = receiptSchema.parse(await response.json())
    expect(claims.id).toBe(followUp.id)
    expect(verifyReceipt(receipt, (await (await fetch(`${door.url}/.well-known/jwks.json`)).json()) as never)).toEqual(claims)
    expect((await door.log.find('outages', followUp.id))!.envelope).toMatchObject({ type: 'outage.confirmed.v1', data: { delivery: { attempt: 3 } } })
  })

  it('answers a repeat with 200 and the same receipt, another body with 409, another secret with 404', async () => {
    const followUp = someFollowUp(reportId)
    const first = await follow(followUp)
    const again = await follow(followUp, { to: reportId.toUpperCase() })
    expect([again.status, await again.json()]).toEqual([200, await first.json()])
    const refusals = await Promise.all([
      follow({ ...followUp, reason: 'mistake' }),
      follow(followUp, { by: someSecret() }),
      follow(someFollowUp(reportId), { by: someSecret() }),
      follow(followUp, { to: someReport().id }),
      follow({}, { headers: { 'content-type': 'text/plain' } }),
    ])
    expect(refusals.map(({ status }) => status)).toEqual([409, 404, 404, 422, 415])
    for (const refusal of refusals) expect(problemSchema.parse(await refusal.json()).status).toBe(refusal.status)
  })

  it('refuses what only claims to be a hazard while ordinary commands are refused, and takes what is one', async () => {
    const busy = await openDoor({ limits: { normalInFlight: 0 } })
    try {
      const priority = { 'report-priority': 'hazard' }
      const to = someReport().id
      expect((await follow(someFollowUp(to), { at: busy, to })).status).toBe(503)
      expect((await follow(someFollowUp(to), { at: busy, to, headers: priority })).status).toBe(503)
      expect((await follow(someFollowUp(to, { kind: 'add', hazards: ['fire'] }), { at: busy, to, headers: priority })).status).toBe(201)
      expect(await busy.log.statistics('outages')).toMatchObject({ events: 1 })
    } finally {
      await busy.close()
    }
  })
})
