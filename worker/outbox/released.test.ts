import { readFileSync } from 'node:fs'
import { openDB } from 'idb'
import { beforeEach, describe, expect, test } from 'vitest'
import { outageReportV1Schema } from '../../domain/outage-report.ts'
import type { Answer } from './classify-answer.ts'
import { DATABASE_NAME } from './open-database.ts'
import { content, json, manualClock, type ManualClock, phone, resetBrowser, saved, type SimulatedDoor, simulatedDoor, until } from './outbox.fixture.ts'
import { keptReleases, layDown, type Outbox02, release02 } from './released.fixture.ts'
import { LEASE_MS } from './report-record.ts'
import { saveFollowUp } from './save-follow-up.ts'
import { newDraft, saveReport } from './save-report.ts'
import { sendDue } from './send-due.ts'

let door: SimulatedDoor

beforeEach(async () => {
  resetBrowser()
  door = await simulatedDoor()
})

test('the queue of this release is kept @outbox', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
  expect(keptReleases()).toContain(version)
})

describe.each(keptReleases())('a queue that release %s left @outbox', (release) => {
  test('is taken over whole, and every report of it arrives as it was saved', async () => {
    const kept = await layDown(release)
    await door.rotateKey('the key of today')
    const outbox = phone(door, { clock: manualClock(kept.atMs) })
    expect(await outbox.store.listReports()).toEqual(kept.reports)
    expect(await outbox.store.listFollowUps()).toEqual(kept.followUps ?? [])
    expect(await outbox.store.readDraft()).toEqual(kept.draft)
    if (kept.loginDraft) expect(await outbox.store.readDraft(kept.loginDraft.owner)).toEqual(kept.loginDraft)
    expect(await outbox.store.readNote('locale')).toBe(kept.notes['locale'])

    await sendDue(outbox, { wake: 'return' })
    expect(door.sent).toHaveLength(0)
    outbox.clock.advance(LEASE_MS)
    await sendDue(outbox, { wake: 'tap' })
    expect(door.sent[0]!.id).toBe(kept.ids['leased'])
    expect(door.sent.map(({ id }) => id)).not.toContain(kept.ids['asked'])
    outbox.clock.advance(60 * 60_000)
    await sendDue(outbox, { wake: 'tap' })

    const records = [...(await outbox.store.listReports()), ...(await outbox.store.listFollowUps())]
    for (const record of records) {
      const before = [...kept.reports, ...(kept.followUps ?? [])].find(({ id }) => id === record.id)
      expect(record.body).toEqual(before?.body)
      if (record.id === kept.ids['refused']) expect(record.attention).toEqual(before?.attention)
      else expect(record.received).not.toBeNull()
    }
    const sent = door.sent.filter(({ path }) => path === '/api/v1/outage-reports')
    for (const { text, headers } of sent) expect(headers['report-secret']).toBe(kept.reports.find(({ id }) => id === outageReportV1Schema.parse(JSON.parse(text)).id)!.secret)
    expect(new Set(sent.map(({ id }) => id)).size).toBe(kept.reports.length - 2)
  })
})

/** A page or worker of release 0.2 on the same phone, with the same door. */
async function old(clock: ManualClock) {
  const code = await release02()
  const { store: _store, transport: _transport, ...parts } = phone(door, { clock })
  const outbox: Outbox02 = {
    ...parts,
    store: code.openIndexedStore(),
    transport: {
      postReport: (body, headers, signal) => door.transport.post('/api/v1/outage-reports', body, headers, signal),
      fetchKeys: async (signal) => JSON.parse((await door.transport.fetchKeys(signal)).text) as unknown,
    },
  }
  return {
    outbox,
    save: async () => (await code.saveReport(outbox, code.newDraft(outbox), () => content)).record,
    send: (force = false) => code.sendDue(outbox, { force }),
  }
}

describe('two releases on one phone @outbox', () => {
  test('an old page goes on beside a new worker that uses the same database', async () => {
    const clock = manualClock()
    const page = await old(clock)
    const first = await page.save()
    const worker = phone(door, { clock })
    expect(await worker.store.listReports()).toEqual([first])
    clock.advance(1)
    const second = await page.save()
    await sendDue(worker)
    expect(door.sent.map(({ id }) => id)).toEqual([first.id, second.id])
    expect((await page.outbox.store.listReports()).every(({ received }) => received)).toBe(true)
    expect(await page.send(true)).toEqual({ received: 0, nextDueAtMs: null })
  })

  test('an old worker sends what a new page saved, and leaves alone what it does not know', async () => {
    const clock = manualClock()
    const page = phone(door, { clock })
    door.answer = async (body) => ({ ...(await door.accept(body)), serverTime: new Date(clock.nowMs() + 5_000).toISOString(), spreadMs: '90000' })
    await saved(page)
    await sendDue(page)
    const record = await saved(page)
    const { record: followUp } = await saveFollowUp(page, { reportId: record.id, describe: () => ({ locale: 'en', channel: 'web', kind: 'add', hazards: ['fire'] }) })
    const worker = await old(clock)
    expect(await worker.send()).toMatchObject({ received: 1 })
    expect(await page.store.listFollowUps()).toEqual([followUp])
    expect((await page.store.listReports()).every(({ received, clockEvidence }) => received && (clockEvidence ?? true))).toBe(true)
    expect(await page.store.transact(({ line }) => ({ result: [line.spreadMs, line.serverClock?.offsetMs] }))).toEqual([90_000, 5_000])
    await sendDue(page)
    expect(door.sent.at(-1)!.id).toBe(followUp.id)
  })

  test('an old worker sends a login’s report as it is, and finds none of a login’s drafts', async () => {
    const clock = manualClock()
    const page = phone(door, { clock })
    await page.store.writeDraft({ ...newDraft(page), owner: 'login-1', fields: { address: '16 Elm St' } })
    const { record } = await saveReport(page, { ...newDraft(page), owner: 'login-1' }, () => content)
    const worker = await old(clock)
    expect(await worker.outbox.store.readDraft()).toBeUndefined()
    expect(await worker.send()).toMatchObject({ received: 1 })
    expect(door.sent[0]!.text).toBe(new TextDecoder().decode(record.body))
    expect((await page.store.listReports())[0]).toMatchObject({ owner: 'login-1', received: { atMs: clock.nowMs() } })
    expect(await page.store.readDraft('login-1')).toMatchObject({ fields: { address: '16 Elm St' } })
  })

  test('a release that is taken back finds its queue, and the next one what it could not send', async () => {
    const clock = manualClock()
    const before = await old(clock)
    await before.save()
    const newer = phone(door, { clock })
    const record = await saved(newer)
    await saveFollowUp(newer, { reportId: record.id, describe: () => ({ locale: 'en', channel: 'web', kind: 'withdraw', reason: 'mistake' }) })
    const takenBack = await old(clock)
    await takenBack.save()
    expect(await takenBack.send()).toEqual({ received: 3, nextDueAtMs: null })
    await sendDue(phone(door, { clock }))
    expect(door.accepted.size).toBe(4)
  })

  test('an old page that is frozen, and so never steps aside, keeps the new one from nothing', async () => {
    await (await old(manualClock())).save()
    const frozen = await openDB(DATABASE_NAME, 1)
    const page = phone(door)
    const record = await saved(page)
    await saveFollowUp(page, { reportId: record.id, describe: () => ({ locale: 'en', channel: 'web', kind: 'withdraw', reason: 'mistake' }) })
    await sendDue(page)
    expect(door.accepted.size).toBe(3)
    frozen.close()
  })

  test('keep to one sender at a time, and the new one to what the server asked of the old one', async () => {
    const clock = manualClock()
    const page = phone(door, { clock })
    await saved(page)
    const answer = Promise.withResolvers<Answer>()
    door.answer = () => answer.promise
    const worker = await old(clock)
    const sending = worker.send()
    await until(() => door.sent.length === 1)
    await sendDue(page, { wake: 'tap' })
    expect(door.sent).toHaveLength(1)
    answer.resolve(json(503, {}, '120'))
    await sending
    door.answer = door.accept
    clock.advance(119_999)
    await sendDue(page, { wake: 'tap' })
    expect(door.sent).toHaveLength(1)
    clock.advance(30_001)
    await sendDue(page)
    expect((await page.store.listReports())[0]!.received).not.toBeNull()
  })
})
