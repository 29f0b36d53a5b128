import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../bin/test-support/temporary-folder.ts'
import { systemClock } from '../../domain/clock.ts'
import { outageReportedSchema } from '../../domain/event.ts'
import { ConflictError, InvalidInputError, NotFoundError } from '../platform/errors.ts'
import type { EventLog } from '../platform/event-log/event-log.ts'
import { openEventLog } from '../platform/event-log/open-event-log.ts'
import { sha256 } from '../platform/hash.ts'
import { createReceipts, verifyReceipt } from '../platform/receipts.ts'
import { generateSigningKeys, parseSigningKeys } from '../platform/signing-keys.ts'
import { getOwnReport } from './get-own-report.ts'
import { bytesOf, someReport, someSecret } from './report-fixture.ts'
import { reportOutage, type ReportContext } from './report-outage.ts'

let log: EventLog
let context: ReportContext & { log: EventLog }

beforeEach(async () => {
  log = await openEventLog({ url: `sqlite:${join(temporaryFolder(), 'log.sqlite')}`, clock: systemClock, region: 'west', node: 'test' })
  context = { log, receipts: createReceipts(parseSigningKeys(generateSigningKeys())), clock: systemClock }
})
afterEach(() => log.close())

describe('reportOutage @door', () => {
  it('logs the event, whole and valid, and signs a receipt of it', async () => {
    const report = someReport({ hazards: ['fire'], callbackPhone: '555 0100', startedAt: '2026-01-31T04:00:00.000Z' })
    const [bytes, secret] = [bytesOf(report), someSecret()]
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    const { outcome, receipt } = await reportOutage(context, { bytes, secret, delivery: { attempt: 3, elapsedMs: 12.5 }, traceparent })

    expect(outcome).toBe('accepted')
    const first = await log.find('outages', report.id)
    expect(first!.envelope).toMatchObject({ id: report.id, type: 'outage.reported.v1', partitionkey: report.id, traceparent })
    const reported = outageReportedSchema.parse(first!.envelope.data)
    expect(reported).toMatchObject({ bodyHash: sha256(bytes), hazards: ['fire'], delivery: { attempt: 3, elapsedMs: 12.5 }, personal: { place: report.place, callbackPhone: '555 0100' } })
    expect(JSON.stringify(first!.envelope)).not.toContain(secret)
    const { receipt: jws, ...claims } = receipt
    expect(verifyReceipt(jws, context.receipts.publicJwks)).toEqual(claims)
    expect(claims).toEqual({ id: report.id, reference: reported.reference, bodyHash: sha256(bytes), acceptedAt: reported.acceptedAt, region: 'west', durability: 'local' })
  })

  it('answers a replayed id with the same receipt, even when another process signs it', async () => {
    const [bytes, secret] = [bytesOf(someReport()), someSecret()]
    const one = await reportOutage(context, { bytes, secret })
    const two = await reportOutage(context, { bytes, secret, delivery: { attempt: 2 } })
    expect(two).toEqual({ outcome: 'repeated', receipt: one.receipt })
    const elsewhere = await reportOutage({ ...context, receipts: createReceipts(parseSigningKeys(generateSigningKeys())) }, { bytes, secret })
    expect({ ...elsewhere.receipt, receipt: '' }).toEqual({ ...one.receipt, receipt: '' })
    expect(await log.statistics('outages')).toMatchObject({ events: 1, distinctIds: 1 })
  })

  it('keeps the first body and refuses another one under its id', async () => {
    const [report, secret] = [someReport(), someSecret()]
    await reportOutage(context, { bytes: bytesOf(report), secret })
    await expect(reportOutage(context, { bytes: bytesOf({ ...report, scope: 'dim' }), secret })).rejects.toThrow(ConflictError)
    const own = await getOwnReport(context, { id: report.id, secret })
    expect(own.reported.scope).toBe('whole-home')
    expect((await log.statistics('outages')).conflicts).toBe(1)
  })

  it('tells a wrong secret nothing, neither for the same body nor for another', async () => {
    const [report, secret] = [someReport(), someSecret()]
    await reportOutage(context, { bytes: bytesOf(report), secret })
    await expect(reportOutage(context, { bytes: bytesOf(report), secret: someSecret() })).rejects.toThrow(NotFoundError)
    await expect(reportOutage(context, { bytes: bytesOf({ ...report, scope: 'dim' }), secret: someSecret() })).rejects.toThrow(NotFoundError)
    await expect(getOwnReport(context, { id: report.id, secret: someSecret() })).rejects.toThrow(NotFoundError)
    await expect(getOwnReport(context, { id: 'nonsense', secret })).rejects.toThrow(NotFoundError)
  })

  it('gives 50 equal reports at once one record and one claim', async () => {
    const [bytes, secret] = [bytesOf(someReport()), someSecret()]
    const results = await Promise.all(Array.from({ length: 50 }, () => reportOutage(context, { bytes, secret })))
    expect(results.filter(({ outcome }) => outcome === 'accepted')).toHaveLength(1)
    expect(new Set(results.map(({ receipt }) => JSON.stringify({ ...receipt, receipt: '' })))).toHaveLength(1)
    expect(await log.statistics('outages')).toMatchObject({ events: 1, conflicts: 0 })
  })

  it('lets one of 50 different bodies at once win, and tells the others', async () => {
    const [report, secret] = [someReport(), someSecret()]
    const bodies = Array.from({ length: 50 }, (_, index) => bytesOf({ ...report, accessNotes: `gate ${index}` }))
    const results = await Promise.allSettled(bodies.map((bytes) => reportOutage(context, { bytes, secret })))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(results.filter((result) => result.status === 'rejected' && result.reason instanceof ConflictError)).toHaveLength(49)
    expect(await log.statistics('outages')).toMatchObject({ distinctIds: 1, conflicts: 49 })
  })

  it('asks for a well-formed secret before anything else', async () => {
    for (const secret of [undefined, '', 'short', `${someSecret()}x`, 'AAECAwQFBgcICQoLDA0ODx']) {
      await expect(reportOutage(context, { bytes: bytesOf(someReport()), secret })).rejects.toThrow(InvalidInputError)
    }
    expect((await log.statistics('outages')).events).toBe(0)
  })

  it('does not touch the log for a report that is refused entry', async () => {
    const refuse = () => {
      throw new NotFoundError('full')
    }
    await expect(reportOutage(context, { bytes: bytesOf(someReport()), secret: someSecret(), admit: refuse })).rejects.toThrow('full')
    expect((await log.statistics('outages')).events).toBe(0)
  })
})
