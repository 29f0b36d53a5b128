import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { outageReportV1Schema } from '../../domain/outage-report.ts'
import { parseReference } from '../../domain/reference.ts'
import { openIndexedStore } from './indexed-store.ts'
import { openMemoryStore } from './memory-store.ts'
import { content, onlyReport, phone, resetBrowser, simulatedDoor } from './outbox.fixture.ts'
import { OutboxUnavailableError } from './outbox-store.ts'
import { newDraft, saveReport } from './save-report.ts'

beforeEach(resetBrowser)
afterEach(() => vi.restoreAllMocks())

describe('saving a report @outbox', () => {
  test('freezes bytes that the schema accepts, with the hash over exactly those bytes', async () => {
    const outbox = phone(await simulatedDoor())
    const draft = newDraft(outbox)
    const { record } = await saveReport(outbox, draft, () => content)

    const text = new TextDecoder().decode(record.body)
    expect(outageReportV1Schema.parse(JSON.parse(text))).toMatchObject({ id: draft.id, savedAt: '2026-01-31T04:00:00.000Z' })
    const digest = await crypto.subtle.digest('SHA-256', record.body)
    expect(record.bodyHash).toBe(Buffer.from(digest).toString('base64url'))
    expect(Buffer.from(record.secret, 'base64url')).toHaveLength(16)
    expect((await onlyReport(outbox)).body).toEqual(record.body)
  })

  test('knows the reference before anything is sent', async () => {
    const door = await simulatedDoor()
    const outbox = phone(door)
    const { record } = await saveReport(outbox, newDraft(outbox), () => content)
    expect(parseReference(record.reference)).toBe(record.reference)
    expect(door.sent).toHaveLength(0)
  })

  test('gives the moment of saving to what is derived from it', async () => {
    const outbox = phone(await simulatedDoor())
    const { record } = await saveReport(outbox, newDraft(outbox), (savedAtMs) => ({
      ...content,
      startedAt: new Date(savedAtMs - 3_600_000).toISOString(),
    }))
    expect(JSON.parse(new TextDecoder().decode(record.body))).toMatchObject({ startedAt: '2026-01-31T03:00:00.000Z' })
  })

  test('a second save of the same draft changes nothing, even with other words', async () => {
    const outbox = phone(await simulatedDoor())
    const draft = newDraft(outbox)
    const [one, two] = await Promise.all([
      saveReport(outbox, draft, () => content),
      saveReport(outbox, draft, () => ({ ...content, scope: 'dim' })),
    ])
    // Each hashes on another thread: either may be the first.
    expect([one, two].filter(({ alreadySaved }) => alreadySaved)).toHaveLength(1)
    expect(two.record.body).toEqual(one.record.body)
    expect((await onlyReport(outbox)).body).toEqual(one.record.body)
  })

  test('the draft goes with the save, and typing that arrives late does not bring it back', async () => {
    const outbox = phone(await simulatedDoor())
    const draft = { ...newDraft(outbox), fields: { address: '12 Elm' } }
    await outbox.store.writeDraft(draft)
    expect(await outbox.store.readDraft()).toEqual(draft)
    await saveReport(outbox, draft, () => content)
    expect(await outbox.store.readDraft()).toBeUndefined()
    await outbox.store.writeDraft(draft)
    expect(await outbox.store.readDraft()).toBeUndefined()
  })

  test('the draft of another report stays', async () => {
    const outbox = phone(await simulatedDoor())
    const other = newDraft(outbox)
    await outbox.store.writeDraft(other)
    await saveReport(outbox, newDraft(outbox), () => content)
    expect(await outbox.store.readDraft()).toEqual(other)
  })

  test('asks the browser for a strict commit, and resolves only after it', async () => {
    const outbox = phone(await simulatedDoor())
    await outbox.store.listReports()
    const transactions = vi.spyOn(IDBDatabase.prototype, 'transaction')
    const events: string[] = []
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...parts) {
      this.transaction.addEventListener('complete', () => events.push('committed'))
      put.mockRestore()
      return this.put(...parts)
    })
    await saveReport(outbox, newDraft(outbox), () => content)
    events.push('said saved')
    expect(events).toEqual(['committed', 'said saved'])
    expect(transactions.mock.calls.map(([, , options]) => options)).toEqual([{ durability: 'strict' }])
  })

  test('a commit that fails is not a save', async () => {
    const outbox = phone(await simulatedDoor())
    await outbox.store.listReports()
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore) {
      this.transaction.abort()
      throw new DOMException('The disk is full', 'QuotaExceededError')
    })
    await expect(saveReport(outbox, newDraft(outbox), () => content)).rejects.toThrow(OutboxUnavailableError)
    vi.restoreAllMocks()
    expect(await outbox.store.listReports()).toEqual([])
  })

  test('works in memory, and says that it is not durable', async () => {
    const outbox = phone(await simulatedDoor(), { store: openMemoryStore() })
    const draft = newDraft(outbox)
    await saveReport(outbox, draft, () => content)
    const again = await saveReport(outbox, draft, () => ({ ...content, scope: 'dim' }))
    expect(again.alreadySaved).toBe(true)
    await outbox.store.writeDraft(draft)
    expect(await outbox.store.readDraft()).toBeUndefined()
    expect(outbox.store.durable).toBe(false)
    expect(openIndexedStore().durable).toBe(true)
  })
})
