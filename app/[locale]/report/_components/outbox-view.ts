import type { BrowserOutbox } from '../../../../worker/outbox/browser-outbox.ts'
import type { Outbox } from '../../../../worker/outbox/outbox.ts'
import type { UnavailableReason } from '../../../../worker/outbox/outbox-store.ts'
import { type Hidden, shownTo } from '../../../../worker/outbox/ownership.ts'
import type { FollowUpRecord, ReportRecord } from '../../../../worker/outbox/report-record.ts'
import { NOBODY_SIGNED_IN } from './signed-in.ts'

export interface OutboxView {
  /** Null on the server and until the page has started. */
  outbox: Outbox | null
  /** Null until the disk has answered. Newest first: those of whoever is signed in, and nobody's. */
  reports: readonly ReportRecord[] | null
  /** What was said about them since. Oldest first. */
  followUps: readonly FollowUpRecord[]
  /** Reports of other logins: how many, and nothing of what they say. */
  hidden: Hidden
  /** Who is signed in. `hasLapsed`: a session ended while this page was open. */
  who: typeof NOBODY_SIGNED_IN
  /**
   * `refused`: the browser keeps nothing. `memory`: what is listed may be lost with this page, for the customer went
   * on without a disk or the disk stopped working; it is sent all the same.
   */
  disk: 'unknown' | 'works' | 'refused' | 'memory'
  /** What the disk failed by at its last use; null while it works, and once the customer went on without it. With `full`, what was saved before stands. */
  refusal: UnavailableReason | null
  /** The phone's clock at this view. */
  atMs: number
}

export const NOTHING_YET: OutboxView = { outbox: null, reports: null, followUps: [], hidden: { ids: new Set(), sending: 0, refused: 0 }, who: NOBODY_SIGNED_IN, disk: 'unknown', refusal: null, atMs: 0 }

/** What the phone keeps, whosever it is; or why that cannot be read. */
export type Listed = { reports: readonly ReportRecord[]; followUps: readonly FollowUpRecord[] } | UnavailableReason

/** @param savedHere ids of the reports that this page has saved */
export function viewFor(outbox: BrowserOutbox, listed: Listed, who: OutboxView['who'], savedHere: ReadonlySet<string>): OutboxView {
  const isRead = typeof listed !== 'string'
  const { reports, followUps, hidden } = shownTo(isRead ? listed : { reports: [], followUps: [] }, { loginId: who.loginId, savedHere })
  return {
    outbox,
    disk: !isRead ? 'refused' : isKept(outbox) ? 'works' : 'memory',
    refusal: !isRead ? listed : outbox.store.durable ? outbox.store.trouble : null,
    reports: isRead ? reports.toSorted((a, b) => b.savedAtMs - a.savedAtMs) : null,
    followUps: followUps.toSorted((a, b) => a.savedAtMs - b.savedAtMs),
    hidden,
    who,
    atMs: outbox.clock.nowMs(),
  }
}

/** Whether a page that shows the one need not be drawn for the other. Where anything is listed, it grows older. */
export function showsTheSame(one: OutboxView, other: OutboxView): boolean {
  const isSame = (['outbox', 'who', 'disk', 'refusal'] as const).every((name) => one[name] === other[name])
  return isSame && [one, other].every(({ reports, followUps, hidden }) => reports?.length === 0 && followUps.length === 0 && hidden.ids.size === 0)
}

function isKept({ store }: BrowserOutbox): boolean {
  return store.durable && (store.trouble === null || store.trouble === 'full')
}
