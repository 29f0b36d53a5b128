import { accountNumberKey } from '../../domain/account.ts'
import type { FlaggingFact } from '../../domain/account-flags.ts'
import { type AccountFlagged, type AccountNoted, type EventEnvelope, versionOf } from '../../domain/event.ts'
import { type AuditRow, auditEntriesOf } from '../../server/audit/audit-entries-of.ts'

interface OfAccount {
  accountKey: string
  accountNumber: string
  asOf: string
}

interface NoteRecord extends OfAccount, Pick<AccountNoted, 'at' | 'actor' | 'personal'> {
  /** Of its event. */
  noteId: string
  version: string
}

type FlaggingRecord = OfAccount & FlaggingFact

export interface FoldedDesk {
  notes: NoteRecord[]
  flaggings: FlaggingRecord[]
  auditRows: AuditRow[]
}

/** What staff said of accounts, and who did what: events that nothing changes later, so that a store only adds them. */
export function foldDesk(): { take(envelope: EventEnvelope, told: unknown): void; folded(): FoldedDesk } {
  const notes: NoteRecord[] = []
  const flaggings: FlaggingRecord[] = []
  const auditRows: AuditRow[] = []
  return {
    take: (envelope, told) => {
      auditRows.push(...auditEntriesOf(envelope, told))
      if (envelope.type === 'account.noted.v1') {
        const { accountNumber, at, actor, personal } = told as AccountNoted
        notes.push({ ...stampOf(envelope, accountNumber), noteId: envelope.id.toLowerCase(), at: instant(at), actor, personal })
      }
      if (envelope.type === 'account.flagged.v1') {
        const { accountNumber, at, actor, basedOn, flags } = told as AccountFlagged
        flaggings.push({ ...stampOf(envelope, accountNumber), flaggingId: envelope.id.toLowerCase(), basedOn: basedOn && basedOn.toLowerCase(), flags, at: instant(at), actor })
      }
    },
    // By key, so that two writers lock alike.
    folded: () => ({
      notes: notes.sort(by(({ noteId }) => noteId)), flaggings: flaggings.sort(by(({ flaggingId }) => flaggingId)), auditRows: auditRows.sort(by(({ entryId }) => entryId)),
    }),
  }
}

function stampOf(envelope: EventEnvelope, accountNumber: string): OfAccount & { version: string } {
  return { accountKey: accountNumberKey(accountNumber), accountNumber, version: versionOf(envelope), asOf: instant(envelope.time) }
}

function by<R>(keyOf: (record: R) => string): (one: R, other: R) => number {
  return (one, other) => (keyOf(one) < keyOf(other) ? -1 : 1)
}

function instant(text: string): string {
  return new Date(text).toISOString()
}
