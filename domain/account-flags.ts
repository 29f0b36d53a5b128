import type { ACCOUNT_FLAGS, AccountFlagged } from './event.ts'

export type AccountFlag = (typeof ACCOUNT_FLAGS)[number]

/** One change of an account's flags, as the log has it. */
export interface FlaggingFact extends Pick<AccountFlagged, 'basedOn' | 'at' | 'actor'> {
  /** Of its event. */
  flaggingId: string
  flags: AccountFlag[]
  /** versionOf its event. */
  version: string
}

/** The flags as they stand; `changed` is the change that made them so, null while nobody set any. */
export interface AccountFlags {
  flags: AccountFlag[]
  version: string | null
  changed: Pick<FlaggingFact, 'flaggingId' | 'at' | 'actor'> | null
}

/**
 * Follows the changes from the first: of those based on the same version the oldest counts, the others were conflicts. The same for
 * any order of `facts`.
 */
export function accountFlags(facts: readonly FlaggingFact[]): AccountFlags {
  let standing: AccountFlags = { flags: [], version: null, changed: null }
  const next = new Map<string | null, FlaggingFact>()
  for (const fact of facts) {
    const held = next.get(fact.basedOn)
    if (!held || fact.version < held.version) next.set(fact.basedOn, fact)
  }
  // Each step goes on from a later version: a change based on what came after it never counts.
  for (let fact = next.get(null); fact && (standing.version === null || fact.version > standing.version); fact = next.get(fact.version)) {
    const { flags, version, flaggingId, at, actor } = fact
    standing = { flags, version, changed: { flaggingId, at, actor } }
  }
  return standing
}
