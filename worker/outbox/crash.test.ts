import { beforeEach, describe, expect, test } from 'vitest'
import { content, manualClock, onlyReport, phone, resetBrowser, sharedLocks, type SimulatedDoor, simulatedDoor, until } from './outbox.fixture.ts'
import { openIndexedStore } from './indexed-store.ts'
import type { Outbox, Transport } from './outbox.ts'
import type { OutboxStore } from './outbox-store.ts'
import { newDraft, saveReport } from './save-report.ts'
import { sendDue } from './send-due.ts'

let door: SimulatedDoor

beforeEach(async () => {
  resetBrowser()
  door = await simulatedDoor()
})

/** Dies at its n-th step, just before it or just after: from then on nothing ever comes back, as when the process is gone. */
function dying(outbox: Outbox, step: number, moment: 'before' | 'after'): { outbox: Outbox; isDead: () => boolean } {
  let steps = 0
  let dead = false
  const mortal = async <R>(call: () => Promise<R>): Promise<R> => {
    steps += 1
    const last = steps === step
    if (last && moment === 'before') dead = true
    if (dead) return new Promise<R>(() => {})
    const result = await call()
    if (last) dead = true
    return dead ? new Promise<R>(() => {}) : result
  }
  const { store, transport } = outbox
  const dyingStore: OutboxStore = {
    durable: true,
    transact: (change) => mortal(() => store.transact(change)),
    listReports: () => mortal(() => store.listReports()),
    listFollowUps: () => mortal(() => store.listFollowUps()),
    readDraft: () => mortal(() => store.readDraft()),
    writeDraft: (draft) => mortal(() => store.writeDraft(draft)),
    readNote: (name) => mortal(() => store.readNote(name)),
    writeNote: (name, value) => mortal(() => store.writeNote(name, value)),
  }
  const dyingTransport: Transport = {
    post: (...parts) => mortal(() => transport.post(...parts)),
    fetchKeys: (signal) => mortal(() => transport.fetchKeys(signal)),
  }
  return { outbox: { ...outbox, store: dyingStore, transport: dyingTransport }, isDead: () => dead }
}

/** draft, save, claim, post, read keys, fetch keys, keep keys, settle, claim again, prune */
const STEPS = 10

describe('the browser dies at each await @outbox', () => {
  for (const moment of ['before', 'after'] as const) {
    for (let step = 1; step <= STEPS; step++) {
      test(`${moment} step ${step}: what was saved arrives, under one id, with one body`, async () => {
        const clock = manualClock()
        const locks = sharedLocks()
        const first = dying(phone(door, { clock, locks }), step, moment)
        const draft = { ...newDraft(first.outbox), fields: { address: '12 Elm Street' } }
        let saidSaved = false
        const life = async () => {
          await first.outbox.store.writeDraft(draft)
          await saveReport(first.outbox, draft, () => content)
          saidSaved = true
          await sendDue(first.outbox)
        }
        void life()
        await until(first.isDead)
        locks.releaseAll()

        const reopened = phone(door, { clock, locks, store: openIndexedStore() })
        await sendDue(reopened, { wake: 'tap' })
        const reports = await reopened.store.listReports()
        if (saidSaved) expect(reports).toHaveLength(1)
        if (reports.length === 1) {
          expect((await onlyReport(reopened)).received).not.toBeNull()
          expect([...door.accepted.keys()]).toEqual([draft.id])
          expect(new Set(door.sent.map(({ text }) => text)).size).toBe(1)
          expect(await reopened.store.readDraft()).toBeUndefined()
        } else if (step > 1 || moment === 'after') {
          expect(await reopened.store.readDraft()).toEqual(draft)
        }
      })
    }
  }
})
