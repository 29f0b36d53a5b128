import type { AccessEnded, AccessGranted, AccessRole } from '../../domain/access.ts'

/** What a login may do for an account, and since when. */
export interface Access {
  accountNumber: string
  role: AccessRole
  /** ISO 8601 UTC: what happened before is not shown. */
  from: string
  /** ISO 8601 UTC of the event that says so. */
  grantedAt: string
  /** Order of that event (versionOf). */
  version: string
}

/** The newest word about a login and an account, as the stores keep it. */
export interface AccessRecord {
  /** Order of its event (versionOf). */
  version: string
  /** ISO 8601 UTC of its event. */
  asOf: string
  loginId: string
  accountKey: string
  accountNumber: string
  /** Null: it has ended. */
  role: AccessRole | null
  /** When it begins, or when it ended. ISO 8601 UTC. */
  from: string
  how: AccessGranted['how'] | AccessEnded['reason']
  /** The login or staff whose doing it was. */
  by: string
}

/** Those of the records that stand. */
export function standingAccess(records: readonly AccessRecord[]): (Access & { loginId: string })[] {
  return records
    .flatMap(({ loginId, accountNumber, role, from, asOf, version }) => (role === null ? [] : [{ loginId, accountNumber, role, from, grantedAt: asOf, version }]))
    .toSorted((one, other) => (one.accountNumber < other.accountNumber ? -1 : 1))
}
