import { hash, randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { askCore, controlCore, ownCoreSim, toldByCore } from '../../bin/test-support/own-core-sim.ts'
import type { CoreSim } from './start-core-sim.ts'

const NOON = '2026-01-31T12:00:00.000Z'

function reportBody(reportId: string, more: object = {}): string {
  return JSON.stringify({
    reportId, reference: '7K3F-92QD-XH', acceptedAt: NOON, savedAt: NOON, channel: 'web', hazards: ['downed-line'], scope: 'whole-home', heardBang: 'yes',
    neighborsOut: 'unknown', medicalEquipment: false, place: { accountNumber: '4100000017' }, account: null, withdrawn: false, ...more,
  })
}

function handOver(core: CoreSim, id: string, body = reportBody(id)): Promise<Response> {
  return askCore(core, `/outage-reports/${id}`, { method: 'PUT', body })
}

describe('what is handed over to the stand-in @core', () => {
  test('is there once, whatever comes again; another body under its id is a conflict', async () => {
    const core = await ownCoreSim(0)
    const id = randomUUID()
    const first = await handOver(core, id)
    expect(first.status).toBe(201)
    const receipt = await first.json()
    const again = await Promise.all([handOver(core, id), handOver(core, id)])
    expect(again.map(({ status }) => status)).toEqual([200, 200])
    expect(await Promise.all(again.map((answer) => answer.json()))).toEqual([receipt, receipt])
    expect((await handOver(core, id, reportBody(id, { withdrawn: true }))).status).toBe(409)
    expect((await controlCore(core))['counts']).toEqual({ accounts: 0, reports: 1, followUps: 0, payments: 0, repeats: 2, conflicts: 1 })
    const { deliveries } = await toldByCore<{ deliveries: object[] }>(core, '/../../control/deliveries')
    expect(deliveries).toMatchObject([{ id, kind: 'report', reportId: id, hazards: ['downed-line'], bodySha256: hash('sha256', reportBody(id)), times: 3, ...(receipt as object) }])
  })

  test('follows its report, pays, and is refused when it is not what it must be', async () => {
    const core = await ownCoreSim(0)
    const [reportId, followUpId, paymentId] = [randomUUID(), randomUUID(), randomUUID()]
    const followUp = JSON.stringify({ followUpId, reportId, acceptedAt: NOON, savedAt: NOON, kind: 'withdrawn', reason: 'power-back' })
    const follow = () => askCore(core, `/outage-reports/${reportId}/follow-ups/${followUpId}`, { method: 'PUT', body: followUp })
    expect((await follow()).status, 'before its report').toBe(422)
    await handOver(core, reportId)
    expect((await follow()).status).toBe(201)
    const payment = JSON.stringify({ paymentId, accountNumber: '4100000017', amountCents: 100, currency: 'USD', capturedAt: NOON })
    expect((await askCore(core, `/payments/${paymentId}`, { method: 'PUT', body: payment })).status).toBe(201)
    for (const body of ['{', '{}', reportBody(randomUUID()), reportBody(paymentId, { scope: 'everywhere' })]) {
      const refused = await handOver(core, paymentId, body)
      expect([refused.status, refused.headers.get('content-type')], body).toEqual([422, 'application/problem+json; charset=utf-8'])
    }
    expect((await controlCore(core))['counts']).toMatchObject({ reports: 1, followUps: 1, payments: 1, repeats: 0, conflicts: 0 })
  })

  test('is listed in the order of its arrival, page by page', async () => {
    const core = await ownCoreSim(0)
    const ids = Array.from({ length: 5 }, () => randomUUID())
    for (const id of ids) await handOver(core, id)
    const listed: string[] = []
    for (let after: string | null = ''; after !== null;) {
      const page: { deliveries: { id: string }[]; next: string | null } = await toldByCore(core, `/../../control/deliveries?limit=2&after=${after}`)
      listed.push(...page.deliveries.map(({ id }) => id))
      after = page.next
    }
    expect(listed).toEqual(ids)
  })

  test('is kept when nobody is told so, and the next try hears of it', async () => {
    const core = await ownCoreSim(0)
    await controlCore(core, { mode: 'acceptedButSilent', times: 1 })
    const id = randomUUID()
    await expect(askCore(core, `/outage-reports/${id}`, { method: 'PUT', body: reportBody(id), signal: AbortSignal.timeout(200) })).rejects.toThrow(/time-?out/i)
    expect((await controlCore(core))['counts']).toMatchObject({ reports: 1, repeats: 0 })
    expect((await handOver(core, id)).status).toBe(200)
  })

  test('is refused by share, the same at each try', async () => {
    const core = await ownCoreSim(0)
    await controlCore(core, { mode: 'refusing', share: 0.5 })
    const ids = Array.from({ length: 40 }, () => randomUUID())
    const statuses = async () => Promise.all(ids.map(async (id) => ((await handOver(core, id)).status === 422)))
    const first = await statuses()
    expect(await statuses()).toEqual(first)
    expect(new Set(first).size).toBe(2)
  })
})
