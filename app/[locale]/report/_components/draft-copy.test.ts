import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { openMemoryStore } from '../../../../worker/outbox/memory-store.ts'
import { phone, resetBrowser, simulatedDoor } from '../../../../worker/outbox/outbox.fixture.ts'
import type { Draft } from '../../../../worker/outbox/report-record.ts'
import { newDraft, saveReport } from '../../../../worker/outbox/save-report.ts'
import { dropDraftCopy, keepDraftCopy, newestDraft } from './draft-copy.ts'
import { reportFromFields } from './report-from-fields.ts'

const draft = (id: string, updatedAtMs: number): Draft => ({ id, secret: 's', fields: { address: `at ${updatedAtMs}` }, updatedAtMs })

describe('what was typed just before a page was left @outbox', () => {
  beforeEach(() => {
    resetBrowser()
    const kept = new Map<string, string>()
    vi.stubGlobal('sessionStorage', { getItem: (name: string) => kept.get(name) ?? null, setItem: (name: string, value: string) => kept.set(name, value), removeItem: (name: string) => kept.delete(name) })
  })
  afterEach(() => vi.unstubAllGlobals())

  test('comes back, and then the disk has it too', async () => {
    const store = openMemoryStore()
    await store.writeDraft(draft('a', 1))
    keepDraftCopy(draft('a', 2))
    expect(await newestDraft(store, null)).toEqual(draft('a', 2))
    expect(await store.readDraft()).toEqual(draft('a', 2))
  })

  test('gives way to what was typed later, in another tab or after a look elsewhere', async () => {
    const store = openMemoryStore()
    keepDraftCopy(draft('a', 1))
    await store.writeDraft(draft('a', 2))
    expect(await newestDraft(store, null)).toEqual(draft('a', 2))
  })

  test('is gone with a new form', async () => {
    keepDraftCopy(draft('a', 1))
    dropDraftCopy()
    expect(await newestDraft(openMemoryStore(), null)).toBeUndefined()
  })

  test('is not offered once it was saved as a report', async () => {
    const outbox = phone(await simulatedDoor())
    const typed = { ...newDraft(outbox), fields: { address: '12 Elm Street', scope: 'dim' } }
    await saveReport(outbox, typed, (savedAtMs) => reportFromFields(typed.fields, 'en', savedAtMs))
    keepDraftCopy(typed)
    expect(await newestDraft(outbox.store, null)).toBeUndefined()
  })

  test('comes back when another tab has saved other words under its id', async () => {
    const outbox = phone(await simulatedDoor())
    const typed = { ...newDraft(outbox), fields: { address: '12 Elm Street', scope: 'dim' } }
    await saveReport(outbox, typed, (savedAtMs) => reportFromFields(typed.fields, 'en', savedAtMs))
    const more = { ...typed, fields: { ...typed.fields, accessNotes: 'A dog' } }
    keepDraftCopy(more)
    expect(await newestDraft(outbox.store, null)).toEqual(more)
  })

  test('is of no other login, on the disk and in the tab alike', async () => {
    const store = openMemoryStore()
    const hers = { ...draft('a', 2), owner: 'login-1' }
    await store.writeDraft(hers)
    keepDraftCopy(hers)
    expect([await newestDraft(store, 'login-2'), await newestDraft(store, null)]).toEqual([undefined, undefined])
    expect(await newestDraft(store, 'login-1')).toEqual(hers)
    await store.writeDraft(draft('b', 1))
    expect(await newestDraft(store, 'login-2')).toEqual(draft('b', 1))
  })

  test('comes back from a browser whose disk refuses, and what is no draft does not', async () => {
    const refuses = { listReports: () => Promise.reject(new Error('no disk')), readDraft: () => Promise.reject(new Error('no disk')), writeDraft: () => Promise.reject(new Error('no disk')) }
    keepDraftCopy(draft('a', 1))
    expect(await newestDraft(refuses, null)).toEqual(draft('a', 1))
    sessionStorage.setItem('report-draft', '{"id":')
    expect(await newestDraft(refuses, null)).toBeUndefined()
  })
})
