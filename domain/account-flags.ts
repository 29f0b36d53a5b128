import type { ACCOUNT_FLAGS } from './desk-choices.ts'
import type { AccountFlagged } from './event.ts'

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
 * The changes that counted, one after the other: of those based on the same one the oldest, the others were conflicts. The same for
 * any order of `facts`.
 */
export function flagChanges(facts: readonly FlaggingFact[]): FlaggingFact[] {
  const next = new Map<string | null, FlaggingFact>()
  for (const fact of facts) {
    const held = next.get(fact.basedOn)
    if (!held || fact.version < held.version) next.set(fact.basedOn, fact)
  }
  const changes: FlaggingFact[] = []
  for (let fact = next.get(null); fact && changes.length < facts.length; fact = next.get(fact.flaggingId)) changes.push(fact)
  return changes
}

export function accountFlags(facts: readonly FlaggingFact[]): AccountFlags {
  const newest = flagChanges(facts).at(-1)
  if (!newest) return { flags: [], changed: null }
  const { flags, flaggingId, at, actor } = newest
  return { flags, changed: { flaggingId, at, actor } }
}
