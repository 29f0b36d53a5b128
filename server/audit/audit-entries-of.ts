import { accountNumberKey } from '../../domain/account.ts'
import type { AuditEntry } from '../../domain/audit.ts'
import { type EventData, type EventEnvelope, type EventType, versionOf } from '../../domain/event.ts'
import { uuidV5 } from '../platform/uuid-v5.ts'

/** One act as the trail shows it: the row of `portal.audit_entry`. */
export interface AuditRow {
  entryId: string
  eventId: string
  eventType: EventType
  /** ISO 8601 UTC, milliseconds. */
  at: string
  actorKind: AuditEntry['actor']['kind']
  actorId: string
  actorRole: string | null
  act: string
  subjectKind: AuditEntry['subject']['kind']
  /** An account by its key. */
  subjectId: string
  reason: string | null
  before: Record<string, unknown> | null
  after: Record<string, unknown> | null
  traceId: string | null
  version: string
  asOf: string
}

type ToldAct = Omit<AuditEntry, 'entryId'>
type Teller<T extends EventType> = (told: EventData<T>, happenedAt: string) => ToldAct[]

const REASON_CHARS = 400
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

const staff = (id: string) => ({ kind: 'staff', id }) as const
const customer = (id: string) => ({ kind: 'customer', id }) as const
const account = (number: string) => ({ kind: 'account', id: number }) as const
const report = (id: string) => ({ kind: 'report', id: id.toLowerCase() }) as const

/**
 * The one list of what the trail is made of: what was told to it, and the events that are acts themselves. Values of
 * people's details stay out: which fields were changed is said, what they hold is in the event.
 */
const TELLERS: { [T in EventType]?: Teller<T> } = {
  'audit.recorded.v1': ({ entries }) => entries,
  'accounts.looked-up.v1': ({ looks }) =>
    looks.flatMap(({ at, actor, how, by, accountNumbers, traceId }): ToldAct[] => {
      const looked = { at, actor: how === 'match' ? ({ kind: 'guest', id: actor } as const) : ({ kind: 'program', id: actor } as const), after: { by }, traceId }
      const act = how === 'match' ? 'account.matched' : 'account.looked-up'
      if (accountNumbers.length === 0) return [{ ...looked, act, subject: { kind: 'search', id: by }, after: { by, found: 0 } }]
      return accountNumbers.map((number) => ({ ...looked, act, subject: account(number) }))
    }),
  'outage.handled.v1': ({ at, actor, step, reportId, note }) => [{ at, actor: staff(actor.staffId), act: `report.${step}`, subject: report(reportId), reason: note?.slice(0, REASON_CHARS) }],
  'outage.redelivery-requested.v1': ({ requestedAt, staffId, reportId, deliveryId, round }) => [
    { at: requestedAt, actor: staff(staffId), act: 'delivery.asked-again', subject: report(reportId), after: { deliveryId, round } },
  ],
  'account.changed.v1': ({ accountNumber, fields, reopened }, at) => [
    { at, actor: { kind: 'system', id: 'core-system' }, act: reopened ? 'account.reopened' : 'account.changed', subject: account(accountNumber), after: { fields } },
  ],
  'account.noted.v1': ({ at, actor, accountNumber, noteId }) => [{ at, actor: staff(actor.staffId), act: 'account.noted', subject: account(accountNumber), after: { noteId } }],
  'account.flagged.v1': ({ at, actor, accountNumber, was, flags, basedOn }) => [
    { at, actor: staff(actor.staffId), act: 'account.flagged', subject: account(accountNumber), before: { flags: was ?? null, basedOn }, after: { flags } },
  ],
  'access.granted.v1': ({ from, by, accountNumber, loginId, role, how }) => [
    { at: from, actor: customer(by), act: 'access.granted', subject: account(accountNumber), after: { loginId, role, how } },
  ],
  'access.ended.v1': ({ at, by, accountNumber, loginId, reason }) => [
    { at, actor: UUID.test(by) ? customer(by) : { kind: 'system', id: by }, act: 'access.ended', subject: account(accountNumber), after: { loginId, reason } },
  ],
  'profile.changed.v1': ({ loginId, personal }, at) => [
    { at, actor: customer(loginId), act: 'profile.changed', subject: { kind: 'login', id: loginId }, after: { fields: ['language', 'channels', 'quietHours', ...Object.keys(personal).sort()] } },
  ],
  'erasure.requested.v1': ({ at, loginId }) => [{ at, actor: customer(loginId), act: 'erasure.requested', subject: { kind: 'login', id: loginId } }],
  'sessions.revoked.v1': ({ of, personId, sessionId, before, why }, at) => [
    {
      at,
      actor: why === 'by-staff' || why === 'role-changed' ? { kind: 'system', id: why } : { kind: of, id: personId },
      act: 'sessions.revoked',
      subject: { kind: of === 'staff' ? 'staff' : 'login', id: personId },
      after: { why, before, sessions: sessionId === null ? 'all' : 'one' },
    },
  ],
  'sync.requested.v1': ({ requestedAt, by, kind, acceptDifference }) => [
    { at: requestedAt, actor: { kind: 'program', id: by }, act: 'sync.requested', subject: { kind: 'system', id: 'core-system' }, after: { kind, acceptDifference } },
  ],
}

/** Types of events that the trail is made of. */
export const AUDITED_TYPES: ReadonlySet<string> = new Set(Object.keys(TELLERS))

/**
 * What an event adds to the trail; nothing for most. Pure: the projection and the check of it use the same.
 * @param told the event's data as its schema reads it
 */
export function auditEntriesOf(envelope: EventEnvelope, told: unknown): AuditRow[] {
  // Each teller takes the data of the type that it stands under.
  const teller: Teller<EventType> | undefined = TELLERS[envelope.type]
  if (!teller) return []
  const { id: eventId, type: eventType, partitionkey, traceparent } = envelope
  const asOf = instant(envelope.time)
  return teller(told as EventData<EventType>, asOf).map(({ at, actor, act, subject, reason, before, after, traceId }, place) => ({
    // The key too: an id that was used twice in different partitions must not hide one of its acts.
    entryId: uuidV5('audit-entry', eventType, partitionkey, eventId, String(place)),
    eventId: eventId.toLowerCase(), eventType, at: instant(at),
    actorKind: actor.kind, actorId: actor.id, actorRole: actor.role ?? null,
    act,
    subjectKind: subject.kind, subjectId: subject.kind === 'account' ? accountNumberKey(subject.id) : subject.id,
    reason: reason ?? null, before: before ?? null, after: after ?? null,
    traceId: traceId ?? traceparent?.split('-')[1] ?? null,
    version: versionOf(envelope), asOf,
  }))
}

function instant(text: string): string {
  return new Date(text).toISOString()
}
