import { beforeEach, describe, expect, test } from 'vitest'
import { reportFollowUpV1Schema } from '../../domain/report-follow-up.ts'
import type { Answer } from './classify-answer.ts'
import { fixedRandom, json, phone, problem, resetBrowser, saved, type SimulatedDoor, simulatedDoor } from './outbox.fixture.ts'
import { stateOf } from './report-record.ts'
import { type FollowUpContent, newFollowUpId, saveFollowUp, UnknownReportError } from './save-follow-up.ts'
import { sendDue } from './send-due.ts'
import { retryAttention } from './settle-report.ts'

const DAY_MS = 24 * 60 * 60_000
const spoken = { locale: 'en', channel: 'web' } as const
const withdrawal: FollowUpContent = { ...spoken, kind: 'withdraw', reason: 'power-back' }
const addition: FollowUpContent = { ...spoken, kind: 'add', accessNotes: 'Dog in the yard' }
const danger: FollowUpContent = { ...spoken, kind: 'add', hazards: ['fire'] }
let door: SimulatedDoor

beforeEach(async () => {
  resetBrowser()
  door = await simulatedDoor()
})

const unreachable = () => Promise.reject<Answer>(new TypeError('Failed to fetch'))
const sentIds = () => door.sent.map(({ id }) => id)

describe('a follow-up to a report @outbox', () => {
  test('is frozen as the schema wants it, kept with its report’s secret, and sent to the report’s address', async () => {
    const outbox = phone(door)
    const report = await saved(outbox)
    await sendDue(outbox)
    const { record, alreadySaved } = await saveFollowUp(outbox, { reportId: report.id, describe: () => withdrawal })
    expect(alreadySaved).toBe(false)
    const text = new TextDecoder().decode(record.body)
    expect(reportFollowUpV1Schema.parse(JSON.parse(text))).toMatchObject({ id: record.id, reportId: report.id, savedAt: '2026-01-31T04:00:00.000Z', reason: 'power-back' })
    expect(await outbox.store.listFollowUps()).toEqual([record])

    expect(await sendDue(outbox)).toEqual({ received: 1, nextDueAtMs: null })
    expect(door.sent[1]).toMatchObject({ id: record.id, path: `/api/v1/outage-reports/${report.id}/follow-ups`, text, headers: { 'report-secret': report.secret } })
    const [after] = await outbox.store.listFollowUps()
    expect(stateOf(after!, outbox.clock.nowMs())).toBe('received')
    expect(await outbox.store.listReports()).toHaveLength(1)
  })

  test('goes after its report, and not while that waits or is refused', async () => {
    const outbox = phone(door)
    const report = await saved(outbox)
    const { record } = await saveFollowUp(outbox, { reportId: report.id, describe: () => addition })
    door.answer = unreachable
    await sendDue(outbox)
    door.answer = () => Promise.resolve(problem(422, 'invalid'))
    outbox.clock.advance(DAY_MS)
    expect(await sendDue(outbox)).toEqual({ received: 0, nextDueAtMs: null })
    expect(sentIds()).toEqual([report.id, report.id])
    door.answer = door.accept
    await outbox.store.transact((contents) => retryAttention(contents, report.id))
    await sendDue(outbox)
    expect(sentIds().slice(2)).toEqual([report.id, record.id])
  })

  test('with a hazard hurries its report along, and goes before other reports, with its priority', async () => {
    const outbox = phone(door)
    const other = await saved(outbox)
    outbox.clock.advance(1)
    const report = await saved(outbox)
    const { record } = await saveFollowUp(outbox, { reportId: report.id, describe: () => danger })
    await sendDue(outbox)
    expect(sentIds()).toEqual([report.id, record.id, other.id])
    expect(door.sent.map(({ headers }) => headers['report-priority'])).toEqual([undefined, 'hazard', undefined])
  })

  test('with a hazard, waits behind no slot of its report, nor longer than half a minute between tries', async () => {
    const outbox = phone(door)
    const report = await saved(outbox)
    door.answer = () => Promise.resolve(problem(503, 'overloaded', {}, { 'retry-after': '1800', 'send-slot': 'ticket', 'send-slot-ms': '1800000' }))
    await sendDue(outbox)
    await saveFollowUp(outbox, { reportId: report.id, describe: () => danger })
    const { nextDueAtMs } = await sendDue(outbox)
    expect(nextDueAtMs! - outbox.clock.nowMs()).toBeLessThanOrEqual(30_000)
    outbox.clock.advance(30_000)
    await sendDue(outbox)
    await sendDue(outbox, { wake: 'tap' })
    expect(sentIds()).toEqual([report.id, report.id])
    door.answer = door.accept
    outbox.clock.advance(30_000)
    expect(await sendDue(outbox)).toEqual({ received: 2, nextDueAtMs: null })
  })

  test('with a hazard, lets an answer that cannot be proved not be asked for twice in a moment', async () => {
    const outbox = phone(door, { random: fixedRandom(0.9) })
    const report = await saved(outbox)
    door.answer = () => Promise.resolve(json(201, { receipt: 'hello' }))
    for (let tries = 1; tries <= 6; tries += 1) {
      await sendDue(outbox, { wake: 'tap' })
      outbox.clock.advance(1_000)
    }
    await saveFollowUp(outbox, { reportId: report.id, describe: () => danger })
    await sendDue(outbox)
    expect(sentIds()).toHaveLength(7)
    const { nextDueAtMs } = await sendDue(outbox)
    expect(sentIds()).toHaveLength(7)
    const waitMs = nextDueAtMs! - outbox.clock.nowMs()
    expect(waitMs).toBe(27_000)
  })

  test('a second tap is the same follow-up; additions are as many as there are', async () => {
    const outbox = phone(door)
    const report = await saved(outbox)
    const id = newFollowUpId(outbox)
    const saves = await Promise.all([
      saveFollowUp(outbox, { reportId: report.id, id, describe: () => addition }),
      saveFollowUp(outbox, { reportId: report.id, id, describe: () => addition }),
    ])
    expect(saves.filter(({ alreadySaved }) => alreadySaved)).toHaveLength(1)
    expect(saves[0].record).toEqual(saves[1].record)
    await saveFollowUp(outbox, { reportId: report.id, describe: () => addition })
    expect(await outbox.store.listFollowUps()).toHaveLength(2)
  })

  test('an addition with other words under a known id is kept too: the unfinished form stood open in two tabs', async () => {
    const outbox = phone(door)
    const report = await saved(outbox)
    const request = { reportId: report.id, id: newFollowUpId(outbox) }
    const { record } = await saveFollowUp(outbox, { ...request, describe: () => addition })
    const other = await saveFollowUp(outbox, { ...request, describe: () => ({ ...addition, hazards: ['fire'] }) })
    expect(other).toMatchObject({ alreadySaved: false, record: { hazards: ['fire'] } })
    expect(await outbox.store.listFollowUps()).toHaveLength(2)
    expect(await saveFollowUp(outbox, { ...request, describe: () => addition })).toEqual({ record, alreadySaved: true })
  })

  test('a report is withdrawn once and says once whether it is still out', async () => {
    const outbox = phone(door)
    const [report, other] = [await saved(outbox), await saved(outbox)]
    const yes: FollowUpContent = { ...spoken, kind: 'still-out', answer: 'yes' }
    const first = await saveFollowUp(outbox, { reportId: report.id, describe: () => yes })
    const second = await saveFollowUp(outbox, { reportId: report.id, describe: () => ({ ...yes, answer: 'no' }) })
    expect(second).toEqual({ record: first.record, alreadySaved: true })
    await saveFollowUp(outbox, { reportId: report.id, describe: () => withdrawal })
    expect((await saveFollowUp(outbox, { reportId: report.id, describe: () => withdrawal })).alreadySaved).toBe(true)
    expect((await saveFollowUp(outbox, { reportId: other.id, describe: () => withdrawal })).alreadySaved).toBe(false)
  })

  test('a refusal keeps it, says why, and lets it be tried again', async () => {
    const outbox = phone(door)
    const report = await saved(outbox)
    await sendDue(outbox)
    const { record } = await saveFollowUp(outbox, { reportId: report.id, describe: () => addition })
    door.answer = () => Promise.resolve(problem(404, 'not-found'))
    await sendDue(outbox)
    expect(await outbox.store.listFollowUps()).toMatchObject([{ id: record.id, attention: { reason: 'refused' } }])
    door.answer = door.accept
    await outbox.store.transact((contents) => retryAttention(contents, record.id))
    await sendDue(outbox)
    expect((await outbox.store.listFollowUps())[0]!.received).not.toBeNull()
  })

  test('an attempt that was cut off ends by its lease, and the same bytes go again', async () => {
    const outbox = phone(door)
    const report = await saved(outbox)
    await sendDue(outbox)
    const { record } = await saveFollowUp(outbox, { reportId: report.id, describe: () => addition })
    const lease = { owner: 'gone', untilMs: outbox.clock.nowMs() + 45_000, lockHeld: false }
    await outbox.store.transact(() => ({ putFollowUps: [{ ...record, attempts: 1, lease }], result: undefined }))
    await sendDue(outbox)
    expect(door.sent).toHaveLength(1)
    outbox.clock.advance(45_000)
    await sendDue(outbox)
    expect(door.sent[1]).toMatchObject({ id: record.id, text: new TextDecoder().decode(record.body), headers: { 'report-attempt': '2' } })
  })

  test('is forgotten with its report, 30 days after both were received, and never before it was sent', async () => {
    const outbox = phone(door)
    const report = await saved(outbox)
    await sendDue(outbox)
    outbox.clock.advance(20 * DAY_MS)
    const { record } = await saveFollowUp(outbox, { reportId: report.id, describe: () => addition })
    door.answer = unreachable
    outbox.clock.advance(20 * DAY_MS)
    await sendDue(outbox)
    expect([await outbox.store.listReports(), await outbox.store.listFollowUps()]).toMatchObject([[{ id: report.id }], [{ id: record.id }]])
    door.answer = door.accept
    outbox.clock.advance(DAY_MS)
    await sendDue(outbox)
    outbox.clock.advance(29 * DAY_MS)
    await sendDue(outbox)
    expect(await outbox.store.listReports()).toHaveLength(1)
    outbox.clock.advance(2 * DAY_MS)
    await sendDue(outbox)
    expect([await outbox.store.listReports(), await outbox.store.listFollowUps()]).toEqual([[], []])
  })

  test('a received report does not go with the clock that was wrong when it was received', async () => {
    const outbox = phone(door)
    const report = await saved(outbox)
    outbox.clock.setWall(Date.UTC(2020, 0, 1))
    await sendDue(outbox)
    outbox.clock.setWall(Date.UTC(2026, 1, 1))
    await sendDue(outbox)
    expect(await outbox.store.listReports()).toMatchObject([{ id: report.id }])
    outbox.clock.setWall(Date.UTC(2026, 2, 5))
    await sendDue(outbox)
    expect(await outbox.store.listReports()).toEqual([])
  })

  test('cannot be made to a report that this phone does not have', async () => {
    await expect(saveFollowUp(phone(door), { reportId: 'x', describe: () => withdrawal })).rejects.toThrow(UnknownReportError)
  })
})
