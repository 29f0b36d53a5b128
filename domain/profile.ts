import type { ProfileChanged } from './access.ts'

/** A change of a profile: the id of its event, its place in the order of events (versionOf) and its time (ISO 8601 UTC). */
export interface ProfileRecord {
  stepId: string
  version: string
  asOf: string
  change: ProfileChanged
}

/** The change that counts now: each is based on the one before, and what is based on none that is there waits for it. */
export function standingProfile(records: readonly ProfileRecord[]): ProfileRecord | null {
  const after = new Map(records.map((record) => [record.change.basedOn, record]))
  let standing: ProfileRecord | null = null
  for (let next = after.get(null); next; next = after.get(next.stepId)) {
    // Each once: ids from elsewhere might go round in circles.
    after.delete(next.change.basedOn)
    standing = next
  }
  return standing
}
