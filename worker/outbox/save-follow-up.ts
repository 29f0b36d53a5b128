import type { ReportFollowUp } from '../../domain/report-follow-up.ts'
import { uuidV7 } from '../../domain/uuid.ts'
import { evidenceAtSave, freezeBody, UNSENT } from './freeze-body.ts'
import type { Outbox } from './outbox.ts'
import { ownedBy, ownerOf } from './ownership.ts'
import type { FollowUpRecord, Owner } from './report-record.ts'

type Common = 'schema' | 'id' | 'reportId' | 'savedAt'
/** What the customer said of their report; id, version and time of saving are the outbox's own. */
export type FollowUpContent = ReportFollowUp extends infer F ? (F extends unknown ? Omit<F, Common> : never) : never

export interface FollowUpRequest {
  reportId: string
  /** From `newFollowUpId` when a form opens, so that a second tap on it is the same follow-up; made here when not given. */
  id?: string
  /** Who is signed in. What is said about somebody's report is that person's; about nobody's, that of who says it. */
  by?: Owner
  /** The content, given the moment of saving (ms since the epoch). */
  describe: (savedAtMs: number) => FollowUpContent
}

/** The id of a follow-up: made once, before anything is sent. */
export function newFollowUpId({ clock, random }: Pick<Outbox, 'clock' | 'random'>): string {
  return uuidV7(clock, random)
}

/**
 * Freezes a follow-up to a report of this phone and keeps it; resolves after the durable commit.
 * It is sent after its report was received. A report is withdrawn once, and says once whether it is still out:
 * a repeat answers the one that stands, unchanged. So does a known id with the same words; an addition with other words
 * under a known id is one of its own, for two tabs may have opened the same unfinished form.
 * @throws OutboxUnavailableError when the browser cannot keep it: nothing was saved
 * @throws UnknownReportError when this phone no longer has the report
 */
export async function saveFollowUp(outbox: Outbox, request: FollowUpRequest): Promise<{ record: FollowUpRecord; alreadySaved: boolean }> {
  const { reportId, by, describe } = request
  const report = (await outbox.store.listReports()).find(({ id }) => id === reportId)
  if (!report) throw new UnknownReportError(`This phone has no report ${reportId}`)
  const id = request.id ?? newFollowUpId(outbox)
  const savedAtMs = outbox.clock.nowMs()
  const content = describe(savedAtMs)
  const frozen = await freezeBody({ schema: 1, id, reportId, savedAt: new Date(savedAtMs).toISOString(), ...content })
  const savedOn = { contextId: outbox.contextId, monotonicMs: outbox.clock.monotonicMs() }
  const hazards = content.kind === 'add' ? (content.hazards ?? []) : []
  const result = await outbox.store.transact(({ followUps, line }) => {
    const standing = followUps.find((other) => other.id === id || (other.reportId === reportId && other.kind === content.kind && content.kind !== 'add'))
    if (standing) return { result: { record: standing, alreadySaved: true } }
    const record: FollowUpRecord = {
      id,
      reportId,
      kind: content.kind,
      secret: report.secret,
      ...frozen,
      ...ownedBy(ownerOf(report) ?? by ?? null),
      savedAtMs,
      hazards,
      savedOn,
      ...evidenceAtSave(outbox, line.serverClock),
      ...UNSENT,
    }
    return { putFollowUps: [record], result: { record, alreadySaved: false } }
  })
  if (result.alreadySaved && content.kind === 'add' && !says(result.record, content)) return saveFollowUp(outbox, { reportId, by, describe })
  outbox.announce()
  return result
}

function says({ body }: FollowUpRecord, content: FollowUpContent): boolean {
  const { schema: _schema, id: _id, reportId: _reportId, savedAt: _savedAt, ...said } = JSON.parse(new TextDecoder().decode(body)) as ReportFollowUp
  return JSON.stringify(said) === JSON.stringify(content)
}

/** The report is not on this phone, so neither is its secret. */
export class UnknownReportError extends Error {
  override name = 'UnknownReportError'
}
