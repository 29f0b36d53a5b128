import { accountNumberKey } from '../../../domain/account.ts'
import { type AccountFlag, flagChanges } from '../../../domain/account-flags.ts'
import type { AuditEntry } from '../../../domain/audit.ts'
import type { DeliveryStanding } from '../../../domain/delivery.ts'
import { followedReport } from '../../../domain/followed-report.ts'
import type { Hazard } from '../../../domain/outage-report.ts'
import type { ReportState } from '../../../domain/report-standing.ts'
import { reportsAtAccount } from '../../outages/list-account-reports.ts'
import type { CachedReport } from '../../outages/report-cache.ts'
import { reportDeliveries } from '../../outages/report-deliveries.ts'
import type { Database } from '../../platform/database.ts'
import type { ReadSources } from '../../platform/read-sources.ts'
import { staffNames } from '../../audit/staff-names.ts'
import { type AccountDesk, type AccountNote, noteFrom } from './account-desk.ts'
import { unlessUnavailable } from './unless-unavailable.ts'

/** One thing that happened at an account. `key` tells two of one moment apart. */
export type TimelineItem = { key: string; at: string } & (
  | { kind: 'report'; reportId: string; reference: string; state: ReportState; hazards: Hazard[]; additions: number; byStaff: boolean; delivery: DeliveryStanding['state'] }
  | { kind: 'note'; name: string; text: string }
  | { kind: 'flags'; name: string; flags: AccountFlag[] }
  | { kind: 'act'; act: string; actorKind: AuditEntry['actor']['kind']; name: string | null; reason: string | null; /** What a change changed, by COLUMNS of account-columns.ts. */ fields: string[] }
)

export interface Timeline {
  /** The newest first. */
  items: TimelineItem[]
  /** Where to go on; null at the end of what is known. */
  next: string | null
  /** What could not be read: reports, notes older than the newest, or who looked and acted. */
  missing: ('reports' | 'older-notes' | 'acts')[]
}

const PAGE = 30
/** Of one moment there may be more than one: what stood on the page before is left out again. */
const SPARE = 50
/** Shown as what they did, not as that it was done. */
const TOLD_THEMSELVES = ['account.noted', 'account.flagged', 'access.given']
const CURSOR = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ([a-z]+:[0-9a-f-]{36})$/

/**
 * What happened at an account, the newest first: reports from whichever store answers, notes and flags as given, older notes and
 * the trail from Postgres. What cannot be read is named, never left out in silence.
 * @param before `next` of the page before; what is none is taken for the beginning
 */
export async function listTimeline(sources: ReadSources, accountNumber: string, desk: AccountDesk | null, before: string | null): Promise<Timeline> {
  const accountKey = accountNumberKey(accountNumber)
  const cursor = cursorFrom(before)
  const untilMs = cursor ? Date.parse(cursor.at) + 1 : Infinity
  const [reports, stored] = await Promise.all([
    reportsAtAccount(sources, accountNumber, { fromMs: -Infinity, untilMs }, PAGE + SPARE).catch(unlessUnavailable),
    sources.prisma.use((database) => fromPostgres(database, accountKey, new Date(Math.min(untilMs, MOST_MS)))).catch(unlessUnavailable),
  ])
  // Of the newest both know; either store may be behind the other.
  const notes = new Map([...(desk?.notes ?? []), ...(stored?.notes ?? [])].map((note) => [note.noteId, note])).values()
  const all = [
    ...(reports?.value ?? []).map(reportItem),
    ...notes.map(({ noteId, at, actor, text }): TimelineItem => ({ kind: 'note', key: `note:${noteId}`, at, name: actor.name, text })),
    ...flagItems(desk),
    ...(stored?.acts ?? []),
  ]
  const due = all.filter((item) => !cursor || isBefore(item, cursor)).sort((one, other) => (isBefore(one, other) ? 1 : -1))
  const items = due.slice(0, PAGE)
  const last = items.at(-1)
  return {
    items,
    next: due.length > PAGE && last ? `${last.at} ${last.key}` : null,
    missing: [...(reports ? [] : (['reports'] as const)), ...(stored ? [] : (['older-notes', 'acts'] as const))],
  }
}

/** Within what Postgres can compare. */
const MOST_MS = 253_402_300_799_999

async function fromPostgres(database: Database, accountKey: string, until: Date): Promise<{ notes: AccountNote[]; acts: TimelineItem[] }> {
  const take = PAGE + SPARE
  const [notes, entries] = await Promise.all([
    database.accountNote.findMany({ where: { accountKey, at: { lt: until } }, orderBy: [{ at: 'desc' }, { noteId: 'desc' }], take }),
    database.auditEntry.findMany({
      where: { subjectKind: 'account', subjectId: accountKey, at: { lt: until }, act: { notIn: TOLD_THEMSELVES } },
      orderBy: [{ at: 'desc' }, { entryId: 'desc' }],
      take,
    }),
  ])
  const names = await staffNames(database, entries.map(({ actorId }) => actorId))
  return {
    // The projector wrote them from validated events.
    notes: notes.map((note) => noteFrom({ ...note, at: note.at.toISOString() } as unknown as Parameters<typeof noteFrom>[0])),
    acts: entries.map(({ entryId, at, act, actorKind, actorId, reason, after }): TimelineItem => ({
      kind: 'act', key: `act:${entryId}`, at: at.toISOString(), act, actorKind: actorKind as AuditEntry['actor']['kind'], name: names.get(actorId) ?? null, reason,
      fields: act === 'account.changed' ? ((after as { fields?: string[] } | null)?.fields ?? []) : [],
    })),
  }
}

function reportItem(cached: CachedReport): TimelineItem {
  const { report, match, followUps } = cached
  const { reportId, reference, acceptedAt, channel } = report
  const { state, hazards, additions } = followedReport(report, { matched: match !== null, followUps })
  const standings = new Set(reportDeliveries(cached).map(({ standing }) => standing.state))
  // What waits for somebody's hand says more than what went well.
  const delivery = (['refused', 'requested', 'waiting'] as const).find((worse) => standings.has(worse)) ?? 'delivered'
  return { kind: 'report', key: `report:${reportId}`, at: acceptedAt, reportId, reference, state, hazards, additions, byStaff: channel === 'agent', delivery }
}

function flagItems(desk: AccountDesk | null): TimelineItem[] {
  return flagChanges(desk?.flaggings ?? []).map(({ flaggingId, at, actor, flags }) => ({ kind: 'flags', key: `flags:${flaggingId}`, at, name: actor.name, flags }))
}

function isBefore(one: { at: string; key: string }, other: { at: string; key: string }): boolean {
  return one.at === other.at ? one.key < other.key : one.at < other.at
}

function cursorFrom(text: string | null): { at: string; key: string } | null {
  const [, at, key] = CURSOR.exec(text ?? '') ?? []
  return at && key ? { at, key } : null
}
