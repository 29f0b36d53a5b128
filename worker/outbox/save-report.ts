import type { OutageReport } from '../../domain/outage-report.ts'
import { referenceOf } from '../../domain/reference.ts'
import { REPORT_LIMITS } from '../../domain/report-limits.ts'
import { uuidV7 } from '../../domain/uuid.ts'
import { toBase64url } from './base64url.ts'
import { evidenceAtSave, freezeBody, sha256, UNSENT } from './freeze-body.ts'
import type { Outbox } from './outbox.ts'
import { ownedBy, ownerOf } from './ownership.ts'
import type { Draft, ReportRecord } from './report-record.ts'

/** What the customer said; id, version and time of saving are the outbox's own. */
export type ReportContent = Omit<OutageReport, 'schema' | 'id' | 'savedAt'>

/** An empty draft of nobody's with the identity that its report will have: made once, before anything is sent. */
export function newDraft({ clock, random }: Pick<Outbox, 'clock' | 'random'>): Draft {
  return {
    id: uuidV7(clock, random),
    secret: toBase64url(random.bytes(REPORT_LIMITS.secretBytes)),
    fields: {},
    updatedAtMs: clock.nowMs(),
  }
}

/**
 * Freezes a report and keeps it; resolves after the durable commit, in which the draft goes too.
 * The body is serialised here, once: these bytes are hashed, stored and sent.
 * A draft that was saved before (a second tap, another tab) answers the report that stands, unchanged.
 * It is its draft's owner's, whoever is signed in by now.
 * @param describe the report's content, given the moment of saving (ms since the epoch)
 * @param shownPlace what lists call the place, where the content alone would be a number
 * @throws OutboxUnavailableError when the browser cannot keep it: nothing was saved
 */
export async function saveReport(
  outbox: Outbox,
  draft: Pick<Draft, 'id' | 'secret' | 'owner'>,
  describe: (savedAtMs: number) => ReportContent,
  shownPlace?: string,
): Promise<{ record: ReportRecord; alreadySaved: boolean }> {
  const savedAtMs = outbox.clock.nowMs()
  const savedOn = { contextId: outbox.contextId, monotonicMs: outbox.clock.monotonicMs() }
  const content = describe(savedAtMs)
  const report: OutageReport = { schema: 1, id: draft.id, savedAt: new Date(savedAtMs).toISOString(), ...content }
  const frozen = await freezeBody(report)
  const reference = await referenceOfId(draft.id)
  const result = await outbox.store.transact(({ reports, line }) => {
    const standing = reports.find(({ id }) => id === draft.id)
    if (standing) return { dropDraft: draft.id, result: { record: standing, alreadySaved: true } }
    const record: ReportRecord = {
      id: draft.id,
      reference,
      secret: draft.secret,
      ...frozen,
      ...ownedBy(ownerOf(draft)),
      savedAtMs,
      hazards: content.hazards,
      place: shownPlace ?? content.place.address ?? content.place.accountNumber ?? content.place.phone ?? '',
      savedOn,
      ...evidenceAtSave(outbox, line.serverClock),
      ...UNSENT,
    }
    return { put: [record], dropDraft: draft.id, result: { record, alreadySaved: false } }
  })
  outbox.announce()
  return result
}

/** The reference for reading aloud; known before anything is sent. */
async function referenceOfId(id: string): Promise<string> {
  return referenceOf(await sha256(new TextEncoder().encode(id)))
}
