import { FRESH_LINE } from './line.ts'
import type { Contents, OutboxStore } from './outbox-store.ts'
import { ownerOf } from './ownership.ts'
import type { Draft, Owner } from './report-record.ts'

/** The same rules without a disk: for a browser that keeps nothing, as long as the page stays open. */
export function openMemoryStore(start: Partial<Contents> = {}): OutboxStore {
  const reports = byId(start.reports ?? [])
  const followUps = byId(start.followUps ?? [])
  const notes = new Map<string, unknown>()
  let line = start.line ?? FRESH_LINE
  const drafts = new Map<Owner, Draft>()
  const forgetDraft = (id: string | undefined) => {
    for (const [owner, draft] of drafts) if (draft.id === id) drafts.delete(owner)
  }

  return {
    durable: false,
    async transact(change) {
      const { result, ...changed } = change(structuredClone({ reports: [...reports.values()], followUps: [...followUps.values()], line }))
      for (const record of changed.put ?? []) reports.set(record.id, structuredClone(record))
      for (const record of changed.putFollowUps ?? []) followUps.set(record.id, structuredClone(record))
      for (const id of changed.remove ?? []) reports.delete(id)
      for (const id of changed.removeFollowUps ?? []) followUps.delete(id)
      if (changed.line) line = changed.line
      forgetDraft(changed.dropDraft)
      return result
    },
    listReports: async () => structuredClone([...reports.values()]),
    listFollowUps: async () => structuredClone([...followUps.values()]),
    readDraft: async (owner = null) => drafts.get(owner),
    async writeDraft(next) {
      if (reports.has(next.id)) return
      forgetDraft(next.id)
      drafts.set(ownerOf(next), next)
    },
    readNote: async (name) => notes.get(name),
    async writeNote(name, value) {
      notes.set(name, structuredClone(value))
    },
  }
}

function byId<R extends { id: string }>(records: readonly R[]): Map<string, R> {
  return new Map(records.map((record) => [record.id, record]))
}
