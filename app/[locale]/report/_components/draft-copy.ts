import type { OutboxStore } from '../../../../worker/outbox/outbox-store.ts'
import { draftFor, mayGoOn, ownerOf } from '../../../../worker/outbox/ownership.ts'
import type { Draft, Owner } from '../../../../worker/outbox/report-record.ts'
import { saysOtherwise } from './says-otherwise.ts'

const NAME = 'report-draft'

/**
 * Keeps what is typed for this tab, at once: a page that is left has no time for the disk, whose transactions end with it.
 * A browser that has no room for it, or forbids it, loses only what the disk has not kept before.
 */
export function keepDraftCopy(draft: Draft): void {
  try {
    sessionStorage.setItem(NAME, JSON.stringify(draft))
  } catch {
    // The disk may have it all the same.
  }
}

export function dropDraftCopy(): void {
  try {
    sessionStorage.removeItem(NAME)
  } catch {
    // Then there is none.
  }
}

/**
 * What was typed last by whoever is signed in, or by nobody: by the disk, or by this tab's copy when that is newer.
 * Never what was saved as a report since; but the copy, when another tab has saved other words under its id.
 */
export async function newestDraft(store: Pick<OutboxStore, 'readDraft' | 'writeDraft' | 'listReports'>, loginId: Owner): Promise<Draft | undefined> {
  const copy = readCopy(loginId)
  try {
    const saved = copy && (await store.listReports()).find(({ id }) => id === copy.id)
    if (saved && saysOtherwise(copy.fields, saved)) return copy
    const kept = await draftFor(store, loginId)
    if (!copy || (kept && kept.updatedAtMs >= copy.updatedAtMs)) return kept
    await store.writeDraft(copy)
    return await store.readDraft(ownerOf(copy))
  } catch {
    return copy
  }
}

/** A copy that another login has left in this tab is not there. */
function readCopy(loginId: Owner): Draft | undefined {
  try {
    const copy = JSON.parse(sessionStorage.getItem(NAME) ?? 'null') as Draft | null
    const isDraft = typeof copy?.id === 'string' && typeof copy.secret === 'string' && typeof copy.fields === 'object'
    return isDraft && mayGoOn(copy, loginId) ? copy : undefined
  } catch {
    return undefined
  }
}
