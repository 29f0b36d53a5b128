import type { OutageReport } from '../../domain/outage-report.ts'
import { referenceOf } from '../../domain/reference.ts'
import { REPORT_LIMITS } from '../../domain/report-limits.ts'
import { uuidV7 } from '../../domain/uuid.ts'
import { toBase64url } from './base64url.ts'
import type { Outbox } from './outbox.ts'
import type { Draft, ReportRecord } from './report-record.ts'

/** What the customer said; id, version and time of saving are the outbox's own. */
export type ReportContent = Omit<OutageReport, 'schema' | 'id' | 'savedAt'>

/** An empty draft with the identity that its report will have: made once, before anything is sent. */
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
 * @param describe the report's content, given the moment of saving (ms since the epoch)
 * @throws OutboxUnavailableError when the browser cannot keep it: nothing was saved
 */
export async function saveReport(
  outbox: Outbox,
  draft: Pick<Draft, 'id' | 'secret'>,
  describe: (savedAtMs: number) => ReportContent,
): Promise<{ record: ReportRecord; alreadySaved: boolean }> {
  const savedAtMs = outbox.clock.nowMs()
  const content = describe(savedAtMs)
  const report: OutageReport = { schema: 1, id: draft.id, savedAt: new Date(savedAtMs).toISOString(), ...content }
  const body = new TextEncoder().encode(JSON.stringify(report))
  const record: ReportRecord = {
    id: draft.id,
    reference: await referenceOfId(draft.id),
    secret: draft.secret,
    body,
    bodyHash: toBase64url(await sha256(body)),
    savedAtMs,
    hazards: content.hazards,
    place: content.place.address ?? content.place.accountNumber ?? content.place.phone ?? '',
    savedOn: { contextId: outbox.contextId, monotonicMs: outbox.clock.monotonicMs() },
    attempts: 0,
    lease: null,
    retry: null,
    attention: null,
    received: null,
  }
  const result = await outbox.store.transact((reports) => {
    const standing = reports.find(({ id }) => id === record.id)
    return standing
      ? { dropDraft: record.id, result: { record: standing, alreadySaved: true } }
      : { put: [record], dropDraft: record.id, result: { record, alreadySaved: false } }
  })
  outbox.announce()
  return result
}

/** The reference for reading aloud; known before anything is sent. */
async function referenceOfId(id: string): Promise<string> {
  return referenceOf(await sha256(new TextEncoder().encode(id)))
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
}
