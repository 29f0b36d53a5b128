import type { ProfileChanged } from './access.ts'

/** A change of a profile: the id of its event, its place in the order of events (versionOf) and its time (ISO 8601 UTC). */
export interface ProfileRecord {
  stepId: string
  version: string
  asOf: string
  change: ProfileChanged
}

/**
 * The change that counts now: each is based on the one before, of two based on the same one the older counts, and what is based on none
 * that is there waits for it. The same for any order of `records`.
 */
export function standingProfile(records: readonly ProfileRecord[]): ProfileRecord | null {
  const after = new Map<string | null, ProfileRecord>()
  for (const record of records) {
    const held = after.get(record.change.basedOn)
    if (!held || record.version < held.version) after.set(record.change.basedOn, record)
  }
  let standing: ProfileRecord | null = null
  for (let next = after.get(null); next; next = after.get(next.stepId)) {
    // Each once: ids from elsewhere might go round in circles.
    after.delete(next.change.basedOn)
    standing = next
  }
  return standing
}
