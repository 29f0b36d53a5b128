import type { OutboxStore } from './outbox-store.ts'
import type { Draft, ReportRecord } from './report-record.ts'

/** The same rules without a disk: for a browser that keeps nothing, as long as the page stays open. */
export function openMemoryStore(): OutboxStore {
  const reports = new Map<string, ReportRecord>()
  const notes = new Map<string, unknown>()
  let draft: Draft | undefined

  return {
    durable: false,
    async transact(change) {
      const { put = [], remove = [], dropDraft, result } = change([...reports.values()])
      for (const record of put) reports.set(record.id, record)
      for (const id of remove) reports.delete(id)
      if (draft && draft.id === dropDraft) draft = undefined
      return result
    },
    listReports: async () => [...reports.values()],
    readDraft: async () => draft,
    async writeDraft(next) {
      if (!reports.has(next.id)) draft = next
    },
    readNote: async (name) => notes.get(name),
    async writeNote(name, value) {
      notes.set(name, value)
    },
  }
}
