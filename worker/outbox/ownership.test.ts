import { beforeEach, describe, expect, test } from 'vitest'
import { draftFor, shownTo, takenUp } from './ownership.ts'
import { content, onlyReport, phone, problem, resetBrowser, type SimulatedDoor, simulatedDoor } from './outbox.fixture.ts'
import type { Outbox } from './outbox.ts'
import type { Owner } from './report-record.ts'
import { saveFollowUp } from './save-follow-up.ts'
import { newDraft, saveReport } from './save-report.ts'
import { sendDue } from './send-due.ts'

const [HER, HIM] = ['login-1', 'login-2']
const NOBODY = { loginId: null, savedHere: new Set<string>() }

let door: SimulatedDoor
let outbox: ReturnType<typeof phone>

beforeEach(async () => {
  resetBrowser()
  door = await simulatedDoor()
  outbox = phone(door)
})

const savedBy = async (loginId: Owner) => (await saveReport(outbox, takenUp(newDraft(outbox), loginId), () => content)).record
const addedBy = async (by: Owner, reportId: string) =>
  (await saveFollowUp(outbox, { reportId, by, describe: () => ({ locale: 'en', channel: 'web', kind: 'add', accessNotes: 'A dog' }) })).record
const seenBy = async (loginId: Owner, savedHere: readonly string[] = [], of: Outbox = outbox) => {
  const { reports, followUps, hidden } = shownTo({ reports: await of.store.listReports(), followUps: await of.store.listFollowUps() }, { loginId, savedHere: new Set(savedHere) })
  // The store lists in whatever order.
  return { ids: new Set([...reports, ...followUps].map(({ id }) => id)), hidden }
}

describe('one phone, two customers @outbox', () => {
  test('each sees their own and nobody’s, and of the rest how many there are', async () => {
    const [nobodys, hers, his] = [await savedBy(null), await savedBy(HER), await savedBy(HIM)]
    expect(await seenBy(HER)).toMatchObject({ ids: new Set([nobodys.id, hers.id]), hidden: { sending: 1, refused: 0, ids: new Set([his.id]) } })
    expect(await seenBy(HIM)).toMatchObject({ ids: new Set([nobodys.id, his.id]), hidden: { sending: 1 } })
    expect(await seenBy(null)).toMatchObject({ ids: new Set([nobodys.id]), hidden: { sending: 2 } })
  })

  test('the frozen body says nothing of the login', async () => {
    const { owner, body } = await savedBy(HER)
    expect(owner).toBe(HER)
    expect(new TextDecoder().decode(body)).not.toContain(HER)
    expect(await onlyReport(phone(door))).toHaveProperty('owner', HER)
  })

  test('goes whoever is signed in, and stays its owner’s: saved, received and said more about', async () => {
    const report = await savedBy(HER)
    const addition = await addedBy(HER, report.id)
    await sendDue(outbox, { wake: 'tap' })
    expect(door.accepted.size).toBe(2)
    expect(await seenBy(HER)).toMatchObject({ ids: new Set([report.id, addition.id]) })
    expect(await seenBy(HIM)).toMatchObject({ ids: new Set(), hidden: { sending: 0, refused: 0 } })
  })

  test('what a login says about nobody’s report is that login’s, and what is said about a login’s report is its owner’s', async () => {
    const [nobodys, hers] = [await savedBy(null), await savedBy(HER)]
    const addition = await addedBy(HIM, nobodys.id)
    expect(addition.owner).toBe(HIM)
    expect((await addedBy(null, hers.id)).owner).toBe(HER)
    expect((await seenBy(HER)).ids.has(addition.id)).toBe(false)
  })

  test('tells what waits for a person from what goes by itself, also when only something said since is on its way', async () => {
    const received = await savedBy(HER)
    await sendDue(outbox, { wake: 'tap' })
    await addedBy(HER, received.id)
    expect((await seenBy(HIM)).hidden).toMatchObject({ sending: 1, refused: 0 })
    await sendDue(outbox, { wake: 'tap' })
    await savedBy(HER)
    door.answer = () => Promise.resolve(problem(422, 'invalid'))
    await sendDue(outbox, { wake: 'tap' })
    expect((await seenBy(HIM)).hidden).toMatchObject({ sending: 0, refused: 1 })
  })

  test('whoever’s session ended is still told how it stands by the page that saved it; the next login is not', async () => {
    const report = await savedBy(HER)
    expect((await seenBy(null, [report.id])).ids).toEqual(new Set([report.id]))
    expect((await seenBy(HIM, [report.id])).ids).toEqual(new Set())
    expect(shownTo({ reports: [report], followUps: [] }, NOBODY).reports).toEqual([])
  })

  test('a draft is its owner’s; nobody’s becomes theirs who goes on with it, and of no one after them', async () => {
    const [hers, nobodys] = [takenUp({ ...newDraft(outbox), fields: { address: '12 Elm Street' } }, HER), newDraft(outbox)]
    for (const draft of [hers, nobodys]) await outbox.store.writeDraft(draft)
    expect((await draftFor(outbox.store, HER))?.id).toBe(hers.id)
    expect((await draftFor(outbox.store, HIM))?.id).toBe(nobodys.id)
    await outbox.store.writeDraft(takenUp(nobodys, HIM))
    expect(await draftFor(outbox.store, null)).toBeUndefined()
    expect(takenUp(takenUp(nobodys, HIM), HER).owner).toBe(HIM)
  })
})
