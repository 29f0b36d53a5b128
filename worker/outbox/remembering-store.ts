import { putting } from './claim-report.ts'
import { FRESH_LINE, type Line } from './line.ts'
import { ownerOf } from './ownership.ts'
import { type Change, type Contents, type OutboxStore, OutboxUnavailableError, type UnavailableReason } from './outbox-store.ts'
import { type Draft, type FollowUpRecord, type Owner, type ReportRecord } from './report-record.ts'

/** A store whose page remembers what it has seen: a disk that fails or forgets takes nothing along while the page is open. */
export interface RememberingStore extends OutboxStore {
  /** What the disk's last use failed by; null while it works. */
  readonly trouble: UnavailableReason | null
  /** From now on a change that the disk cannot keep holds in memory, and `durable` is false: the person was told. */
  goOnInMemory(): void
}

type Kept = ReportRecord | FollowUpRecord

/**
 * Wraps a disk. Nobody removes a report that was not received: one that is missing was deleted from outside, with the
 * whole database, and is written back at the next chance. A change that may be lost goes on in memory when the
 * disk is full or broken, so that what waits is still sent; it is written when the disk works again.
 * @param open called once, with a function that the disk calls when its data may have been deleted
 */
export function rememberingStore(open: (onGone: () => void) => OutboxStore): RememberingStore {
  const memory = new Map<string, Kept>()
  /** Ids whose last state is in memory alone, and the line when it is. */
  const unwritten = new Set<string>()
  let unwrittenLine: Line | null = null
  let line = FRESH_LINE
  const drafts = new Map<Owner, Draft>()
  /** Of a report that was saved in memory alone: the disk still has its draft. */
  let undropped: string | undefined
  let hasRead = false
  let inMemory = false
  let trouble: UnavailableReason | null = null

  const disk = open(() => void transact(() => ({ mayBeLost: true, result: undefined })).catch(() => {}))

  async function transact<T>(change: (contents: Contents) => Change<T>): Promise<T> {
    const seen: { whole: Contents; changed: Change<T> }[] = []
    try {
      const result = await disk.transact((found) => {
        const { whole, owed } = recall(found)
        const changed = change(whole)
        seen.push({ whole, changed })
        return { dropDraft: undropped, ...withOwed(changed, owed, unwrittenLine) }
      })
      trouble = null
      unwritten.clear()
      unwrittenLine = null
      undropped = undefined
      const { whole, changed } = seen.at(-1)!
      remember(whole, changed)
      return result
    } catch (error) {
      const known = fail(error)
      const { whole, changed } = seen.at(-1) ?? { whole: known, changed: change(known) }
      if (!changed.mayBeLost && !inMemory) throw error
      remember(whole, changed)
      for (const { id } of [...(changed.put ?? []), ...(changed.putFollowUps ?? [])]) unwritten.add(id)
      unwrittenLine = changed.line ?? unwrittenLine
      undropped = changed.dropDraft ?? undropped
      forgetDraft(changed.dropDraft)
      return changed.result
    }
  }

  /** Notes what the disk failed by, and answers what is known without it. Throws on when that is nothing at all. */
  function fail(error: unknown): Contents {
    if (!(error instanceof OutboxUnavailableError)) throw error
    trouble = error.reason
    if (!hasRead && !inMemory) throw error
    return { ...split([...memory.values()]), line }
  }

  /** What the disk holds with what it lost or never got, and the records that it is owed. */
  function recall(found: Contents): { whole: Contents; owed: Kept[] } {
    const standing = new Map<string, Kept>([...found.reports, ...found.followUps].map((record) => [record.id, record]))
    const owed = [...memory.values()].filter((kept) => isOwed(kept, standing.get(kept.id))).map((kept) => (unwritten.has(kept.id) ? kept : { ...kept, lease: null }))
    for (const record of owed) standing.set(record.id, record)
    return { whole: { ...split([...standing.values()]), line: unwrittenLine ?? found.line }, owed }
  }

  function isOwed(kept: Kept, standing: Kept | undefined): boolean {
    if (!standing) return unwritten.has(kept.id) || !kept.received
    return unwritten.has(kept.id) && isFurther(kept, standing)
  }

  function remember(whole: Contents, changed: Change<unknown>): void {
    hasRead = true
    line = changed.line ?? whole.line
    memory.clear()
    for (const record of [...whole.reports, ...whole.followUps, ...(changed.put ?? []), ...(changed.putFollowUps ?? [])]) memory.set(record.id, record)
    for (const id of [...(changed.remove ?? []), ...(changed.removeFollowUps ?? [])]) memory.delete(id)
  }

  function forgetDraft(id: string | undefined): void {
    for (const [owner, draft] of drafts) if (draft.id === id) drafts.delete(owner)
  }

  async function list(): Promise<Pick<Contents, 'reports' | 'followUps'>> {
    try {
      const [reports, followUps] = await Promise.all([disk.listReports(), disk.listFollowUps()])
      const { whole, owed } = recall({ reports, followUps, line })
      // Also when this listing is merely older than a save: the transaction sees the difference.
      if (owed.length > 0) return await transact((contents) => ({ mayBeLost: true, result: contents }))
      trouble = null
      remember(whole, { result: undefined })
      return whole
    } catch (error) {
      return fail(error)
    }
  }

  return {
    get durable() {
      return !inMemory
    },
    get trouble() {
      return trouble
    },
    goOnInMemory() {
      inMemory = true
    },
    transact,
    listReports: async () => [...(await list()).reports],
    listFollowUps: async () => [...(await list()).followUps],
    async readDraft(owner = null) {
      const kept = drafts.get(owner) ?? (await disk.readDraft(owner))
      return kept && memory.has(kept.id) ? undefined : kept
    },
    async writeDraft(next) {
      try {
        await disk.writeDraft(next)
        forgetDraft(next.id)
        drafts.delete(ownerOf(next))
      } catch (error) {
        if (!inMemory) throw error
        if (memory.has(next.id)) return
        forgetDraft(next.id)
        drafts.set(ownerOf(next), next)
      }
    },
    readNote: (name) => disk.readNote(name),
    writeNote: (name, value) => disk.writeNote(name, value),
  }
}

function split(records: readonly Kept[]): Pick<Contents, 'reports' | 'followUps'> {
  const { put = [], putFollowUps = [] } = putting(records)
  return { reports: put, followUps: putFollowUps }
}

/** The change with the records that the disk is owed, as far as it does not settle them itself. */
function withOwed<T>(changed: Change<T>, owed: readonly Kept[], line: Line | null): Change<T> {
  const { put = [], putFollowUps = [], remove = [], removeFollowUps = [] } = changed
  const settled = new Set([...put, ...putFollowUps].map(({ id }) => id).concat(remove, removeFollowUps))
  const { put: lost = [], putFollowUps: lostFollowUps = [] } = putting(owed.filter(({ id }) => !settled.has(id)))
  const lastLine = changed.line ?? line
  return { ...changed, put: [...lost, ...put], putFollowUps: [...lostFollowUps, ...putFollowUps], ...(lastLine ? { line: lastLine } : {}) }
}

/** Whether what this page did in memory goes beyond what stands, which another sender may have written since. */
function isFurther(kept: Kept, standing: Kept): boolean {
  if (standing.received || kept.received) return standing.received === null
  return kept.attempts >= standing.attempts
}
