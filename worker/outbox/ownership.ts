import type { Contents, OutboxStore } from './outbox-store.ts'
import type { Draft, FollowUpRecord, Owner, ReportRecord } from './report-record.ts'

/** Whose it is. What was made before this phone knew of logins is nobody's. */
export function ownerOf({ owner }: { readonly owner?: Owner }): Owner {
  return owner ?? null
}

/** The part of a record or draft that says whose it is; nobody's looks as it always did. */
export function ownedBy(owner: Owner): { owner?: Owner } {
  return owner === null ? {} : { owner }
}

/** The name of a login's draft in a store, and of nobody's. */
export function draftKey(owner: Owner): string {
  return owner === null ? 'report' : `report:${owner}`
}

/** Who looks at a page of this phone. */
export interface Viewer {
  /** The login that is signed in; null when nobody is. */
  loginId: Owner
  /** Reports that this very page has saved: whoever it was is told how they stand though the session ended since. */
  savedHere: ReadonlySet<string>
}

/** Reports that a page keeps to itself, for they are another login's. */
export interface Hidden {
  ids: ReadonlySet<string>
  /** How many of them are on their way, or have something on its way that was said since. */
  sending: number
  /** How many wait for their owner: the door refused them. */
  refused: number
}

/** Whether a login, or nobody, may see it and go on with it: what is theirs, and what is nobody's. */
export function mayGoOn(kept: { readonly owner?: Owner }, loginId: Owner): boolean {
  const owner = ownerOf(kept)
  return owner === null || owner === loginId
}

/** What a page may show: nobody's to everybody, what a login made to that login alone. Of the rest it tells how many there are. */
export function shownTo({ reports, followUps }: Pick<Contents, 'reports' | 'followUps'>, viewer: Viewer): { reports: ReportRecord[]; followUps: FollowUpRecord[]; hidden: Hidden } {
  const isShown = (record: ReportRecord | FollowUpRecord, reportId: string) => {
    return mayGoOn(record, viewer.loginId) || (viewer.loginId === null && viewer.savedHere.has(reportId))
  }
  const others = reports.filter((report) => !isShown(report, report.id))
  const refused = others.filter(({ attention, received }) => attention && !received)
  const isWaiting = ({ received, attention }: ReportRecord | FollowUpRecord) => !received && !attention
  const sending = others.filter((report) => !refused.includes(report) && [report, ...followUps.filter(({ reportId }) => reportId === report.id)].some(isWaiting))
  return {
    reports: reports.filter((report) => isShown(report, report.id)),
    followUps: followUps.filter((followUp) => isShown(followUp, followUp.reportId)),
    hidden: { ids: new Set(others.map(({ id }) => id)), sending: sending.length, refused: refused.length },
  }
}

/** The draft in the hands of who goes on with it: what nobody began becomes theirs, what another began stays that one's. */
export function takenUp(draft: Draft, loginId: Owner): Draft {
  return { ...draft, ...ownedBy(ownerOf(draft) ?? loginId) }
}

/** The draft to go on with: one's own, else one that nobody has made their own yet. */
export async function draftFor(store: Pick<OutboxStore, 'readDraft'>, loginId: Owner): Promise<Draft | undefined> {
  const own = loginId === null ? undefined : await store.readDraft(loginId)
  return own ?? store.readDraft()
}
