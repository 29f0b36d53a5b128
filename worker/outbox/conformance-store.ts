import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Contents, OutboxStore } from './outbox-store.ts'
import { OutboxUnavailableError } from './outbox-store.ts'
import type { Draft, FollowUpRecord, ReportRecord } from './report-record.ts'

/** One disk under test. */
export interface StoreUnderTest {
  /** The store of another tab over the same disk; for a store without a disk always the same one. */
  open(): OutboxStore
  /** From now on no commit gets through. */
  failCommits(): void
  /** From now on the browser lets this site keep nothing. */
  refuse(): void
  end(): Promise<void> | void
}

const OPENERS = 4
const CHANGES = 20

/**
 * What every `OutboxStore` must do, whatever it keeps the records in.
 * @param setUp an empty disk
 * @param options.durable false for a store in memory, which cannot fail and survives nothing
 */
export function describeOutboxStore(name: string, setUp: () => StoreUnderTest | Promise<StoreUnderTest>, { durable } = { durable: true }): void {
  describe(`an outbox store: ${name} @outbox`, () => {
    let disk: StoreUnderTest
    let store: OutboxStore
    beforeEach(async () => {
      disk = await setUp()
      store = disk.open()
    })
    afterEach(() => disk.end())

    const put = (...put: ReportRecord[]) => store.transact(() => ({ put, result: undefined }))
    const contents = (of = store): Promise<Contents> => of.transact((found) => ({ result: found }))

    test('is empty at first', async () => {
      expect(store.durable).toBe(durable)
      expect(await store.listReports()).toEqual([])
      expect(await store.listFollowUps()).toEqual([])
      expect(await store.readDraft()).toBeUndefined()
      expect(await store.readNote('locale')).toBeUndefined()
      expect((await contents()).line).toMatchObject({ failures: 0, asked: null })
    })

    test('keeps reports, follow-ups and the line, and gives them back as they were, to every opener', async () => {
      const [report, followUp] = [reportOf('a'), followUpOf('f', 'a')]
      const { line } = await contents()
      const result = await store.transact((found) => {
        expect(found).toMatchObject({ reports: [], followUps: [] })
        return { put: [report], putFollowUps: [followUp], line: { ...line, failures: 7 }, result: 'done' }
      })
      expect(result).toBe('done')
      for (const opener of [store, disk.open()]) {
        expect(await opener.listReports()).toEqual([report])
        expect(await opener.listFollowUps()).toEqual([followUp])
        const found = await contents(opener)
        expect(found).toMatchObject({ reports: [report], followUps: [followUp], line: { failures: 7 } })
        expect(found.reports[0]!.body).toBeInstanceOf(Uint8Array)
      }
    })

    test('lists everything, in whatever order; what is put again is replaced, what is removed is gone', async () => {
      await put(reportOf('a'), reportOf('b'), reportOf('c'))
      await store.transact(() => ({ put: [{ ...reportOf('b'), attempts: 5 }], remove: ['a', 'never-there'], putFollowUps: [followUpOf('f', 'b'), followUpOf('g', 'b')], result: undefined }))
      await store.transact(() => ({ removeFollowUps: ['f'], result: undefined }))
      const reports = await disk.open().listReports()
      expect(new Map(reports.map(({ id, attempts }) => [id, attempts]))).toEqual(new Map([['b', 5], ['c', 0]]))
      expect((await store.listFollowUps()).map(({ id }) => id)).toEqual(['g'])
    })

    test('is atomic over all openers: of many changes at once none is lost', async () => {
      await put(reportOf('a'))
      const openers = Array.from({ length: OPENERS }, () => disk.open())
      const seen = await Promise.all(Array.from({ length: CHANGES }, (_, index) =>
        openers[index % OPENERS]!.transact(({ reports: [found] }) => ({ put: [{ ...found!, attempts: found!.attempts + 1 }], result: found!.attempts })),
      ))
      expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: CHANGES }, (_, index) => index))
      expect((await store.listReports())[0]!.attempts).toBe(CHANGES)
    })

    test('a change that throws changes nothing, and its own error is told', async () => {
      await put(reportOf('a'))
      const fault = new Error('a fault of the rule')
      await expect(store.transact(() => { throw fault })).rejects.toBe(fault)
      expect(await store.listReports()).toEqual([reportOf('a')])
    })

    test('the draft goes with its report, in the same transaction, and with no other', async () => {
      await store.writeDraft(draftOf('a'))
      expect(await disk.open().readDraft()).toEqual(draftOf('a'))
      await store.transact(() => ({ put: [reportOf('b')], dropDraft: 'b', result: undefined }))
      expect(await store.readDraft()).toEqual(draftOf('a'))
      await store.transact(() => ({ put: [reportOf('a')], dropDraft: 'a', result: undefined }))
      expect(await disk.open().readDraft()).toBeUndefined()
    })

    test('keeps a draft for each login and one for nobody, and moves one that somebody takes up', async () => {
      const [nobodys, hers, his] = [draftOf('a'), { ...draftOf('b'), owner: 'login-1' }, { ...draftOf('c'), owner: 'login-2' }]
      for (const draft of [nobodys, hers, his]) await store.writeDraft(draft)
      const kept = async () => Promise.all([null, 'login-1', 'login-2'].map((owner) => disk.open().readDraft(owner)))
      expect(await kept()).toEqual([nobodys, hers, his])
      await store.writeDraft({ ...nobodys, owner: 'login-1' })
      expect(await kept()).toEqual([undefined, { ...nobodys, owner: 'login-1' }, his])
      await store.transact(() => ({ put: [reportOf('c')], dropDraft: 'c', result: undefined }))
      expect(await kept()).toEqual([undefined, { ...nobodys, owner: 'login-1' }, undefined])
    })

    test('what is typed late does not bring back the draft of a saved report', async () => {
      await put(reportOf('a'))
      await store.writeDraft(draftOf('a'))
      expect(await store.readDraft()).toBeUndefined()
      await store.writeDraft(draftOf('b'))
      expect(await store.readDraft()).toEqual(draftOf('b'))
    })

    test('notes are kept apart by name, and forgotten', async () => {
      await store.writeNote('locale', 'es')
      await store.writeNote('read-cache', { a: [1] })
      await store.writeNote('locale', undefined)
      expect(await disk.open().readNote('locale')).toBeUndefined()
      expect(await disk.open().readNote('read-cache')).toEqual({ a: [1] })
    })

    test('nothing that was given or taken is a way into it', async () => {
      const given = reportOf('a')
      await put(given)
      given.attempts = 9
      given.body[0] = 0
      const [taken] = await store.listReports()
      taken!.attempts = 9
      taken!.body[0] = 0
      const { reports } = await contents()
      reports[0]!.attempts = 9
      expect(await store.listReports()).toEqual([reportOf('a')])
    })

    if (!durable) return

    test('a commit that fails leaves everything as it was, and says so', async () => {
      await put(reportOf('a'))
      await store.writeDraft(draftOf('b'))
      const { line } = await contents()
      disk.failCommits()
      const whole = { put: [reportOf('b')], putFollowUps: [followUpOf('f', 'a')], remove: ['a'], line: { ...line, failures: 7 }, dropDraft: 'b' }
      const failure = await store.transact(() => ({ ...whole, result: undefined })).catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(OutboxUnavailableError)
      expect(['full', 'refused', 'broken']).toContain((failure as OutboxUnavailableError).reason)
      expect(await store.listReports()).toEqual([reportOf('a')])
      expect(await store.listFollowUps()).toEqual([])
      expect(await store.readDraft()).toEqual(draftOf('b'))
    })

    test('a browser that keeps nothing is told apart from an empty disk', async () => {
      disk.refuse()
      const refused = disk.open()
      const uses = [refused.transact(() => ({ result: undefined })), refused.listReports(), refused.listFollowUps(), refused.readDraft(), refused.writeDraft(draftOf('a')), refused.readNote('locale'), refused.writeNote('locale', 'es')]
      for (const { reason } of (await Promise.allSettled(uses)).map((use) => use as PromiseRejectedResult)) {
        expect(reason).toBeInstanceOf(OutboxUnavailableError)
        expect((reason as OutboxUnavailableError).reason).toBe('refused')
      }
    })
  })
}

const DELIVERY = { secret: 's', bodyHash: 'h', savedAtMs: 1, hazards: [], savedOn: { contextId: 'c', monotonicMs: 1 }, attempts: 0, lease: null, retry: null, attention: null, received: null }

function reportOf(id: string): ReportRecord {
  return { ...DELIVERY, id, body: Uint8Array.of(1, 2, 255), reference: 'r', place: 'p' }
}

function followUpOf(id: string, reportId: string): FollowUpRecord {
  return { ...DELIVERY, id, reportId, kind: 'withdraw', body: Uint8Array.of(3) }
}

function draftOf(id: string): Draft {
  return { id, secret: 's', fields: { address: '12 Elm Street' }, updatedAtMs: 1 }
}
