import type { OutageAddedTo, OutageConfirmed, OutageReported, OutageWithdrawn } from './event.ts'
import { HAZARDS, type Hazard } from './report-choices.ts'
import type { Confirmation, ReportState } from './report-standing.ts'

/** A follow-up as the log has it, proved to be of the report's owner. */
export type FollowUpFact =
  | { type: 'outage.withdrawn.v1'; data: OutageWithdrawn }
  | { type: 'outage.added-to.v1'; data: OutageAddedTo }
  | { type: 'outage.confirmed.v1'; data: OutageConfirmed }

/** A report with all that followed. */
export interface FollowedReport {
  state: ReportState
  confirmation: Confirmation
  /** Those of the report and those that were added. */
  hazards: Hazard[]
  /** It stands first everywhere. A withdrawal does not put a wire back up; only a mistake takes back what was said before it. */
  hazardous: boolean
  additions: number
}

/** Of one report that count, the oldest: nobody has more to say, and whoever sends without end must not keep the desk from the others' reports. */
export const MOST_FOLLOW_UPS = 100

/** A report that waited longer before it arrived may be over: the customer is asked before a crew is sent. */
export const ASK_AFTER_MS = 3_600_000

const NEXT_STATE: Record<ReportState, Record<'matched' | 'withdrawn', ReportState>> = {
  received: { matched: 'matched', withdrawn: 'withdrawn' },
  matched: { matched: 'matched', withdrawn: 'withdrawn' },
  withdrawn: { matched: 'withdrawn', withdrawn: 'withdrawn' },
}

/** From saving to acceptance in milliseconds, by corrected time; null for reports from before that was kept. */
export function waitedMs({ acceptedAt, occurred }: Pick<OutageReported, 'acceptedAt' | 'occurred'>): number | null {
  return occurred ? Date.parse(acceptedAt) - Date.parse(occurred.savedAt) : null
}

/** Whether its phone asks "still out?". Not of what staff wrote down: they had the customer on the line. */
export function needsConfirmation(report: Pick<OutageReported, 'acceptedAt' | 'occurred' | 'channel'>): boolean {
  return report.channel !== 'agent' && (waitedMs(report) ?? 0) > ASK_AFTER_MS
}

/** @param followUps in the log's order */
export function followedReport(report: OutageReported, { matched, followUps }: { matched: boolean; followUps: readonly FollowUpFact[] }): FollowedReport {
  const hazards = new Set(report.hazards)
  let state: ReportState = matched ? NEXT_STATE.received.matched : 'received'
  let confirmation: Confirmation = needsConfirmation(report) ? 'asked' : 'not-needed'
  let hazardous = hazards.size > 0
  let additions = 0
  for (const { type, data } of followUps) {
    switch (type) {
      case 'outage.withdrawn.v1':
        state = NEXT_STATE[state].withdrawn
        if (data.reason === 'mistake') hazardous = false
        if (data.reason === 'power-back') confirmation = 'back'
        else if (confirmation === 'asked') confirmation = 'not-needed'
        break
      case 'outage.added-to.v1':
        for (const hazard of data.hazards) hazards.add(hazard)
        if (data.hazards.length > 0) hazardous = true
        additions++
        break
      case 'outage.confirmed.v1':
        confirmation = data.stillOut === 'yes' ? 'still-out' : 'back'
        break
    }
  }
  return { state, confirmation, hazards: HAZARDS.filter((hazard) => hazards.has(hazard)), hazardous, additions }
}
