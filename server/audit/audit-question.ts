import { accountNumberKey } from '../../domain/account.ts'
import { instantOf } from '../../domain/local-time.ts'

/** What an auditor asks for, as typed; '' for what does not matter. */
export interface AuditQuestion {
  /** A name of staff, or an id. */
  actor: string
  /** An act, or what it begins with. */
  act: string
  /** Account number or another id. */
  subject: string
  /** Wall-clock times of the utility: `2026-01-31T04:00`. */
  from: string
  until: string
  /** Part of a reason. */
  reason: string
}

const FIELDS = ['actor', 'act', 'subject', 'from', 'until', 'reason'] as const
const MOST_CHARS = 200

/** From an address. Of what is given twice the first counts. */
export function auditQuestion(asked: URLSearchParams): AuditQuestion {
  return Object.fromEntries(FIELDS.map((field) => [field, (asked.get(field) ?? '').trim().slice(0, MOST_CHARS)])) as unknown as AuditQuestion
}

/** The fields that say something, for an address or the trail itself. */
export function askedFields(question: AuditQuestion): Record<string, string> {
  return Object.fromEntries(Object.entries(question).filter(([, typed]) => typed !== ''))
}

/** The times that cannot be read. */
export function badTimes(question: AuditQuestion, timeZone: string): ('from' | 'until')[] {
  return (['from', 'until'] as const).filter((field) => question[field] !== '' && instantOf(question[field], timeZone) === null)
}

/** Rows of `portal.audit_entry` that a question means. @param staffIds who has the name that was typed */
export function auditWhere({ actor, act, subject, from, until, reason }: AuditQuestion, staffIds: readonly string[], timeZone: string) {
  const [since, before] = [from && instantOf(from, timeZone), until && instantOf(until, timeZone)]
  return {
    ...(actor && { actorId: { in: [actor, actor.toLowerCase(), ...staffIds] } }),
    ...(act && { act: { startsWith: act } }),
    ...(subject && { subjectId: { in: [...new Set([subject, subject.toLowerCase(), accountNumberKey(subject)])] } }),
    ...(reason && { reason: { contains: reason, mode: 'insensitive' as const } }),
    ...((since || before) && { at: { ...(since && { gte: since }), ...(before && { lt: before }) } }),
  }
}
