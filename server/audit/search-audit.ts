import type { Clock } from '../../domain/clock.ts'
import type { AuditEntry as AuditEntryRow, Prisma } from '../../prisma/client/client.ts'
import { requirePermission } from '../identity/require-permission.ts'
import type { Staff } from '../identity/staff.ts'
import type { Database } from '../platform/database.ts'
import { ReadsUnavailableError } from '../platform/errors.ts'
import type { ReadSources } from '../platform/read-sources.ts'
import type { AuditRow } from './audit-entries-of.ts'
import { askedFields, type AuditQuestion, auditWhere } from './audit-question.ts'
import type { AuditTrail } from './record-acts.ts'
import { staffNames } from './staff-names.ts'

export interface AuditContext {
  sources: ReadSources
  audit: AuditTrail
  clock: Clock
  timeZone: string
}

export interface FoundEntry extends AuditRow {
  /** Of the member of staff who acted; null when the actor is none, or is no longer staff. */
  actorName: string | null
}

export interface AuditPage {
  /** The newest first. */
  entries: FoundEntry[]
  /** Where to go on; null at the end. */
  next: string | null
}

const PAGE = 50
const MOST_NAMED = 50
const CURSOR = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ([0-9a-f-]{36})$/

/**
 * A page of the trail. The question itself is an act, told before anything is shown.
 * @param before `next` of the page before; null for the newest
 * @throws ForbiddenError AuditUnavailableError ReadsUnavailableError
 */
export async function searchAudit(context: AuditContext, staff: Staff, question: AuditQuestion, before: string | null): Promise<AuditPage> {
  requirePermission(staff, 'audit.read')
  context.audit.check()
  context.audit.take({ actor: { kind: 'staff', id: staff.staffId, role: staff.role }, act: 'audit.searched', subject: { kind: 'audit', id: 'trail' }, after: askedFields(question) })
  return auditPage(context, question, before, PAGE)
}

/** For a verb that has authorised and told the trail. Throws ReadsUnavailableError. */
export async function auditPage({ sources, timeZone }: Pick<AuditContext, 'sources' | 'timeZone'>, question: AuditQuestion, before: string | null, size: number): Promise<AuditPage> {
  // Beside the breaker: a long search of the trail must not make others take the database for dead.
  const database = sources.prisma.client
  try {
    const where: Prisma.AuditEntryWhereInput = { AND: [auditWhere(question, await staffCalled(database, question.actor), timeZone), olderThan(before)] }
    const rows = await database.auditEntry.findMany({ where, orderBy: [{ at: 'desc' }, { entryId: 'desc' }], take: size + 1 })
    const names = await staffNames(database, rows.map(({ actorId }) => actorId))
    const entries = rows.slice(0, size).map((row) => ({ ...entryFrom(row), actorName: names.get(row.actorId) ?? null }))
    const last = entries.at(-1)
    return { entries, next: rows.length > size && last ? `${last.at} ${last.entryId}` : null }
  } catch (cause) {
    throw new ReadsUnavailableError('The trail cannot be read', { cause })
  }
}

async function staffCalled(database: Database, name: string): Promise<string[]> {
  if (name === '') return []
  const found = await database.staffMember.findMany({ where: { name: { contains: name, mode: 'insensitive' } }, select: { id: true }, take: MOST_NAMED })
  return found.map(({ id }) => id)
}

function olderThan(before: string | null): Prisma.AuditEntryWhereInput {
  const [, at, entryId] = CURSOR.exec(before ?? '') ?? []
  return at && entryId ? { OR: [{ at: { lt: at } }, { at, entryId: { lt: entryId } }] } : {}
}

/** The projector wrote it by auditEntriesOf. */
function entryFrom({ at, asOf, ...row }: AuditEntryRow): AuditRow {
  return { ...row, at: at.toISOString(), asOf: asOf.toISOString() } as AuditRow
}
