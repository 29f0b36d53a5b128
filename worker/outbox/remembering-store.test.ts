import { deleteDB } from 'idb'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Answer } from './classify-answer.ts'
import { openIndexedStore } from './indexed-store.ts'
import { DATABASE_NAME } from './open-database.ts'
import { content, manualClock, onlyReport, phone, resetBrowser, saved, type SimulatedDoor, simulatedDoor, until } from './outbox.fixture.ts'
import { type OutboxStore, OutboxUnavailableError, type UnavailableReason } from './outbox-store.ts'
import { rememberingStore } from './remembering-store.ts'
import { saveFollowUp } from './save-follow-up.ts'
import { newDraft, saveReport } from './save-report.ts'
import { sendDue } from './send-due.ts'

let door: SimulatedDoor

beforeEach(async () => {
  resetBrowser()
  door = await simulatedDoor()
})

const unreachable = () => Promise.reject<Answer>(new TypeError('Failed to fetch'))

/** A page over a disk that can be told to fail: a full one reads and does not write, any other does neither. */
function page(clock = manualClock()) {
  const fault: { reason: UnavailableReason | null } = { reason: null }
  const store = rememberingStore((onGone) => {
    const disk = openIndexedStore(onGone)
    const unlessBroken = async <R>(work: () => Promise<R>): Promise<R> => {
      if (fault.reason && fault.reason !== 'full') throw new OutboxUnavailableError(fault.reason, 'The disk fails')
      return work()
    }
    const failing: OutboxStore = {
      ...disk,
      transact: (change) =>
        unlessBroken(() =>
          disk.transact((contents) => {
            const changed = change(contents)
            const writes = changed.line ?? [...(changed.put ?? []), ...(changed.putFollowUps ?? []), ...(changed.remove ?? [])][0]
            if (fault.reason === 'full' && writes) throw new OutboxUnavailableError('full', 'The disk is full')
            return changed
          }),
        ),
      listReports: () => unlessBroken(disk.listReports),
      listFollowUps: () => unlessBroken(disk.listFollowUps),
      writeDraft: (draft) => (fault.reason ? Promise.reject(new OutboxUnavailableError(fault.reason, 'The disk fails')) : disk.writeDraft(draft)),
      writeNote: (name, value) => (fault.reason ? Promise.reject(new OutboxUnavailableError(fault.reason, 'The disk fails')) : disk.writeNote(name, value)),
      readNote: (name) => unlessBroken(() => disk.readNote(name)),
    }
    return failing
  })
  const outbox = { ...phone(door, { clock, store }), store }
  return { outbox, clock, fault, store }
}

describe('a database that is deleted under an open page @outbox', () => {
  test('is made anew at once, with what was saved and not yet received', async () => {
    const { outbox } = page()
    const done = await saved(outbox)
    await sendDue(outbox)
    door.answer = unreachable
    const record = await saved(outbox)
    const { record: followUp } = await saveFollowUp(outbox, { reportId: record.id, describe: () => ({ locale: 'en', channel: 'web', kind: 'withdraw', reason: 'mistake' }) })
    await sendDue(outbox)
    await deleteDB(DATABASE_NAME)

    const nextVisit = phone(door, { clock: outbox.clock })
    await until(async () => (await nextVisit.store.listFollowUps()).length > 0)
    expect((await onlyReport(nextVisit)).body).toEqual(record.body)
    expect((await nextVisit.store.listFollowUps())[0]!.body).toEqual(followUp.body)
    door.answer = door.accept
    await sendDue(nextVisit, { wake: 'tap' })
    expect([...door.accepted.keys()]).toEqual([done.id, record.id, followUp.id])
  })

  test('a lease that went with it holds nothing up', async () => {
    const { outbox } = page()
    await saved(outbox)
    door.answer = () => new Promise(() => {})
    void sendDue(outbox)
    await until(() => door.sent.length === 1)
    await deleteDB(DATABASE_NAME)
    const nextVisit = phone(door, { clock: outbox.clock })
    await until(async () => (await nextVisit.store.listReports()).length > 0)
    expect(await onlyReport(nextVisit)).toMatchObject({ lease: null, attempts: 1 })
  })

  test('what another tab has sent meanwhile is not brought back', async () => {
    const { outbox, clock } = page()
    const other = page(clock).outbox
    const record = await saved(outbox)
    await sendDue(other)
    expect((await onlyReport(outbox)).received).not.toBeNull()
    clock.advance(40 * 24 * 60 * 60_000)
    await sendDue(other)
    expect(await outbox.store.listReports()).toEqual([])
    expect(door.sent.map(({ id }) => id)).toEqual([record.id])
  })
})

describe('a disk that is full @outbox', () => {
  test('takes nothing new, and says why', async () => {
    const { outbox, fault, store } = page()
    fault.reason = 'full'
    await expect(saved(outbox)).rejects.toMatchObject({ reason: 'full' })
    expect(store.trouble).toBe('full')
    expect(await outbox.store.listReports()).toEqual([])
  })

  test('keeps no saved report from being sent, and learns of it when it has room', async () => {
    const { outbox, fault, store, clock } = page()
    await saved(outbox)
    fault.reason = 'full'
    expect(await sendDue(outbox)).toMatchObject({ received: 1 })
    await sendDue(outbox, { wake: 'tap' })
    expect(door.sent).toHaveLength(1)
    expect((await onlyReport(outbox)).received).not.toBeNull()
    expect((await onlyReport(phone(door, { clock }))).received).toBeNull()
    fault.reason = null
    await store.listReports()
    expect((await onlyReport(phone(door, { clock }))).received).not.toBeNull()
    expect(store.trouble).toBeNull()
  })

  test('still backs off and keeps what the server asked for', async () => {
    const { outbox, fault, clock } = page()
    await saved(outbox)
    fault.reason = 'full'
    door.answer = unreachable
    const { nextDueAtMs } = await sendDue(outbox)
    expect(nextDueAtMs).toBe(clock.nowMs() + 2_000)
    await sendDue(outbox)
    expect(door.sent).toHaveLength(1)
  })

  test('what is in memory does not undo what another sender wrote when there was room', async () => {
    const { outbox, fault, clock } = page()
    await saved(outbox)
    fault.reason = 'full'
    door.answer = unreachable
    await sendDue(outbox)
    door.answer = door.accept
    await sendDue(phone(door, { clock }), { wake: 'tap' })
    fault.reason = null
    expect((await onlyReport(outbox)).received).not.toBeNull()
    expect((await onlyReport(phone(door, { clock }))).received).not.toBeNull()
  })
})

describe('a disk that breaks under an open page @outbox', () => {
  test('empties no list and stops no send; the page is told', async () => {
    const { outbox, fault, store } = page()
    const record = await saved(outbox)
    fault.reason = 'broken'
    expect(await store.listReports()).toEqual([record])
    expect(store.trouble).toBe('broken')
    await sendDue(outbox)
    expect((await onlyReport(outbox)).received).not.toBeNull()
    await expect(saved(outbox)).rejects.toMatchObject({ reason: 'broken' })
  })

  test('is not taken for an empty one by who has never read it', async () => {
    const { outbox, fault } = page()
    fault.reason = 'broken'
    await expect(outbox.store.listReports()).rejects.toThrow(OutboxUnavailableError)
    await expect(sendDue(outbox)).rejects.toThrow(OutboxUnavailableError)
  })
})

describe('a page that goes on without a disk @outbox', () => {
  test.each(['full', 'refused'] as const)('keeps a report as long as it is open, and sends it (%s)', async (reason) => {
    const { outbox, fault, store } = page()
    fault.reason = reason
    store.goOnInMemory()
    expect(store.durable).toBe(false)
    const draft = newDraft(outbox)
    await store.writeDraft(draft)
    expect(await store.readDraft().catch(() => undefined)).toEqual(draft)
    const { record } = await saveReport(outbox, draft, () => content)
    expect(await saveReport(outbox, draft, () => content)).toEqual({ record, alreadySaved: true })
    expect(await store.listReports()).toEqual([record])
    await sendDue(outbox)
    expect((await onlyReport(outbox)).received).not.toBeNull()
  })

  test('does not bring back the draft of a report that it saved while the disk had no room', async () => {
    const { outbox, fault, store, clock } = page()
    const draft = { ...newDraft(outbox), fields: { address: '12 Elm Street' } }
    await store.writeDraft(draft)
    fault.reason = 'full'
    store.goOnInMemory()
    await saveReport(outbox, draft, () => content)
    expect(await store.readDraft()).toBeUndefined()
    fault.reason = null
    await store.listReports()
    const nextVisit = phone(door, { clock })
    expect(await nextVisit.store.listReports()).toHaveLength(1)
    expect(await nextVisit.store.readDraft()).toBeUndefined()
  })

  test('goes on with what the disk holds, and gives it what came meanwhile when it works again', async () => {
    const { outbox, fault, store, clock } = page()
    door.answer = unreachable
    await saved(outbox)
    fault.reason = 'full'
    store.goOnInMemory()
    await saved(outbox)
    expect(await store.listReports()).toHaveLength(2)
    fault.reason = null
    await store.listReports()
    expect(await phone(door, { clock }).store.listReports()).toHaveLength(2)
  })
})
