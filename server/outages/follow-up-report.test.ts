import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../bin/test-support/temporary-folder.ts'
import { systemClock } from '../../domain/clock.ts'
import { eventTypes } from '../../domain/event.ts'
import { referenceOf } from '../../domain/reference.ts'
import type { ReportFollowUp } from '../../domain/report-follow-up.ts'
import { ConflictError, InvalidInputError, NotFoundError } from '../platform/errors.ts'
import type { EventLog } from '../platform/event-log/event-log.ts'
import { openEventLog } from '../platform/event-log/open-event-log.ts'
import { sha256 } from '../platform/hash.ts'
import { createReceipts, verifyReceipt } from '../platform/receipts.ts'
import { generateSigningKeys, parseSigningKeys } from '../platform/signing-keys.ts'
import { followUpReport } from './follow-up-report.ts'
import { bytesOf, someFollowUp, someReport, someSecret } from './report-fixture.ts'
import { reportOutage, type ReportContext } from './report-outage.ts'

let log: EventLog
let context: ReportContext & { log: EventLog }
let reportId: string
let secret: string

beforeEach(async () => {
  log = await openEventLog({ url: `sqlite:${join(temporaryFolder(), 'log.sqlite')}`, clock: systemClock, region: 'west', node: 'test' })
  context = { log, receipts: createReceipts(parseSigningKeys(generateSigningKeys())), clock: systemClock }
  const report = someReport()
  ;[reportId, secret] = [report.id, someSecret()]
  await reportOutage(context, { bytes: bytesOf(report), secret })
})
afterEach(() => log.close())

const send = (followUp: unknown, by = secret, to = reportId) => followUpReport(context, { reportId: to, bytes: bytesOf(followUp), secret: by })

describe('followUpReport @door', () => {
  it.each([
    [{ kind: 'withdraw', reason: 'power-back' }, 'outage.withdrawn.v1', { reason: 'power-back' }],
    [
      { kind: 'add', hazards: ['fire'], scope: 'dim', medicalEquipment: true, accessNotes: 'gate 7', callbackPhone: '555 0100' },
      'outage.added-to.v1',
      { hazards: ['fire'], scope: 'dim', personal: { medicalEquipment: true, accessNotes: 'gate 7', callbackPhone: '555 0100' } },
    ],
    [{ kind: 'add', accessNotes: 'gate 7' }, 'outage.added-to.v1', { hazards: [], personal: { accessNotes: 'gate 7' } }],
    [{ kind: 'still-out', answer: 'no' }, 'outage.confirmed.v1', { stillOut: 'no' }],
  ] as const)('logs %o beside its report, whole and valid, and signs a receipt of it', async (words, type, facts) => {
    const followUp = someFollowUp(reportId, words as never)
    const bytes = bytesOf(followUp)
    const { outcome, receipt } = await followUpReport(context, { reportId, bytes, secret, delivery: { attempt: 2, clockOffsetMs: 0, clockErrorMs: 40 } })
    expect(outcome).toBe('accepted')
    const { envelope, partition } = (await log.find('outages', followUp.id))!
    expect(envelope).toMatchObject({ id: followUp.id, type, partitionkey: reportId })
    expect(partition).toBe((await log.find('outages', reportId))!.partition)
    const data = eventTypes[type].data.parse(envelope.data)
    expect(data).toMatchObject({ ...facts, followUpId: followUp.id, reportId, bodyHash: sha256(bytes), delivery: { attempt: 2 }, occurred: { savedAt: followUp.savedAt, basis: 'server-offset', errorMs: 40 } })
    expect(JSON.stringify(envelope)).not.toContain(secret)
    const { receipt: jws, ...claims } = receipt
    expect(verifyReceipt(jws, context.receipts.publicJwks)).toEqual(claims)
    const reference = referenceOf(Buffer.from(sha256(reportId), 'base64url'))
    expect(claims).toEqual({ id: followUp.id, reference, bodyHash: sha256(bytes), acceptedAt: data.acceptedAt, region: 'west', durability: 'local' })
  })

  it("tells another customer's secret nothing, about the report and about a follow-up", async () => {
    const followUp = someFollowUp(reportId)
    await expect(send(followUp, someSecret())).rejects.toThrow(NotFoundError)
    expect(await log.find('outages', followUp.id)).toBeNull()
    await send(followUp)
    await expect(send(followUp, someSecret())).rejects.toThrow(NotFoundError)
    const early = someFollowUp(someReport().id)
    await send(early, secret, early.reportId)
    await expect(send(early, someSecret(), early.reportId)).rejects.toThrow(NotFoundError)
  })

  it('answers a replayed id with the same receipt and another body under it with a conflict', async () => {
    const followUp = someFollowUp(reportId)
    const one = await send(followUp)
    expect(await send(followUp)).toEqual({ outcome: 'repeated', receipt: one.receipt })
    await expect(send({ ...followUp, reason: 'mistake' })).rejects.toThrow(ConflictError)
    expect(await log.statistics('outages')).toMatchObject({ distinctIds: 2, conflicts: 1 })
  })

  it('gives 50 equal follow-ups at once one event and one claim', async () => {
    const followUp = someFollowUp(reportId)
    const results = await Promise.all(Array.from({ length: 50 }, () => send(followUp)))
    expect(results.filter(({ outcome }) => outcome === 'accepted')).toHaveLength(1)
    expect(new Set(results.map(({ receipt }) => JSON.stringify({ ...receipt, receipt: '' })))).toHaveLength(1)
    expect(await log.statistics('outages')).toMatchObject({ events: 2, conflicts: 0 })
  })

  it('is taken before its report arrives, and the report after it', async () => {
    const report = someReport()
    expect((await send(someFollowUp(report.id), secret, report.id)).outcome).toBe('accepted')
    expect((await reportOutage(context, { bytes: bytesOf(report), secret })).outcome).toBe('accepted')
  })

  it('takes no id that belongs to something else, neither as its own nor as the report', async () => {
    const followUp = someFollowUp(reportId)
    await send(followUp)
    await expect(send(someFollowUp(followUp.id), secret, followUp.id)).rejects.toThrow(NotFoundError)
    const other = someReport()
    await reportOutage(context, { bytes: bytesOf(other), secret })
    await expect(send({ ...followUp, id: other.id })).rejects.toThrow(NotFoundError)
    await expect(reportOutage(context, { bytes: bytesOf(someReport({ id: followUp.id })), secret })).rejects.toThrow(NotFoundError)
  })

  it.each<[string, (followUp: ReportFollowUp) => object, string]>([
    ['to another report', (followUp) => ({ ...followUp, reportId: someReport().id }), '/reportId'],
    ['under the id of its report', (followUp) => ({ ...followUp, id: followUp.reportId }), '/id'],
    ['that adds nothing', (followUp) => ({ ...followUp, kind: 'add', reason: undefined }), ''],
    ['with an empty list of hazards', (followUp) => ({ ...followUp, kind: 'add', reason: undefined, hazards: [] }), '/hazards'],
    ['with a field of another kind', (followUp) => ({ ...followUp, answer: 'yes' }), '/answer'],
    ['of no kind', (followUp) => ({ ...followUp, kind: 'sing' }), '/kind'],
    ['of a version to come', (followUp) => ({ ...followUp, schema: 2 }), '/schema'],
  ])('refuses one %s, and names the field', async (_name, change, field) => {
    const refused = await send(change(someFollowUp(reportId))).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(InvalidInputError)
    expect((refused as InvalidInputError).fields.map((problem) => problem.field)).toContain(field)
    expect((await log.statistics('outages')).events).toBe(1)
  })

  it('does not touch the log for one that is refused entry', async () => {
    const refuse = () => {
      throw new NotFoundError('full')
    }
    await expect(followUpReport(context, { reportId, bytes: bytesOf(someFollowUp(reportId)), secret, admit: refuse })).rejects.toThrow('full')
    expect((await log.statistics('outages')).events).toBe(1)
  })
})
