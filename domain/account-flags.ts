import type { ACCOUNT_FLAGS, AccountFlagged } from './event.ts'

export type AccountFlag = (typeof ACCOUNT_FLAGS)[number]

/** One change of an account's flags, as the log has it. */
export interface FlaggingFact extends Pick<AccountFlagged, 'basedOn' | 'at' | 'actor'> {
  /** Of its event: what the next change is based on. */
  flaggingId: string
  flags: AccountFlag[]
  /** versionOf its event. */
  version: string
}

/** The flags as they stand; `changed` is the change that made them so, null while nobody set any. */
export interface AccountFlags {
  flags: AccountFlag[]
  changed: Pick<FlaggingFact, 'flaggingId' | 'at' | 'actor'> | null
}

/**
 * Follows the changes from the first: of those based on the same one the oldest counts, the others were conflicts. The same for
 * any order of `facts`.
 */
export function accountFlags(facts: readonly FlaggingFact[]): AccountFlags {
  const next = new Map<string | null, FlaggingFact>()
  for (const fact of facts) {
    const held = next.get(fact.basedOn)
    if (!held || fact.version < held.version) next.set(fact.basedOn, fact)
  }
  let standing: AccountFlags = { flags: [], changed: null }
  for (let steps = 0, fact = next.get(null); fact && steps < facts.length; steps++, fact = next.get(fact.flaggingId)) {
    const { flags, flaggingId, at, actor } = fact
    standing = { flags, changed: { flaggingId, at, actor } }
  }
  return standing
}
