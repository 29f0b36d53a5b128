import { hash } from 'node:crypto'
import type { Clock } from '../../domain/clock.ts'
import type { Delivery, EventData, OutageReported } from '../../domain/event.ts'
import { occurredOf } from '../../domain/occurred.ts'
import type { OutageReport } from '../../domain/outage-report.ts'
import type { Receipt } from '../../domain/receipt.ts'
import { referenceOf } from '../../domain/reference.ts'
import { ConflictError, NotFoundError } from '../platform/errors.ts'
import type { EventLog, FirstRecord } from '../platform/event-log/event-log.ts'
import { sha256 } from '../platform/hash.ts'
import type { Receipts } from '../platform/receipts.ts'
import { parseReport } from './parse-report.ts'
import { hashSecret, sameHash } from './report-secret.ts'

export interface ReportContext {
  log: Pick<EventLog, 'append'>
  receipts: Receipts
  clock: Clock
}

export interface ReportInput {
  /** The frozen body, exactly as it was made: `JSON.stringify` of an OutageReport as UTF-8. */
  bytes: Uint8Array
  /** base64url of the 16 secret bytes that were made with the report's id. */
  secret: string | undefined
  /** How it got here: evidence about clocks and retries. Default: the first attempt, of a clock that nothing is known of. */
  delivery?: Delivery
  traceparent?: string
  /** Called with the parsed report, before the log is touched; throws to refuse it. */
  admit?: (report: OutageReport) => void
}

/** Of a body that the server made itself, by its own clock. */
export const SAVED_BY_SERVER: Delivery = { attempt: 1, clockOffsetMs: 0, clockErrorMs: 0 }

export interface ReportResult {
  /** `repeated`: the log had this report already; the receipt claims the same as the first time. */
  outcome: 'accepted' | 'repeated'
  receipt: Receipt
}

/**
 * Takes one report of an outage: logged durably before this resolves, once per id, whoever sends it how often.
 * Needs the event log and nothing else.
 * @throws InvalidInputError
 * @throws ConflictError the id was used for another body; the first one stands, this one goes to the desk
 * @throws NotFoundError the id exists and the secret is not its own
 * @throws LogUnavailableError nothing was written
 * @throws IndeterminateError it may stand: keep the id and send the same bytes again
 */
export async function reportOutage(context: ReportContext, input: ReportInput): Promise<ReportResult> {
  const secretHash = hashSecret(input.secret)
  const report = parseReport(input.bytes)
  input.admit?.(report)
  const bodyHash = sha256(input.bytes)
  const acceptedAtMs = Math.floor(context.clock.nowMs())
  const [appended] = await context.log.append([
    {
      id: report.id,
      type: 'outage.reported.v1',
      key: report.id,
      bodyHash,
      data: reportedFrom(report, { bodyHash, secretHash }, acceptedAtMs, input.delivery),
      traceparent: input.traceparent,
    },
  ])
  const { outcome, first } = appended!
  const reported = reportedIn(first)
  if (!reported || !sameHash(reported.secretHash, secretHash)) throw new NotFoundError('No report under this id and secret')
  if (outcome === 'conflicting') throw new ConflictError('This id was used for another report; the first one stands')
  return { outcome: outcome === 'appended' ? 'accepted' : 'repeated', receipt: await receiptOf(context.receipts, first, reported) }
}

/** The receipt of a logged report: always of its first record, so that every node and every retry claims the same. */
export function receiptOf(receipts: Receipts, first: FirstRecord, reported: OutageReported): Promise<Receipt> {
  const { reportId, reference, bodyHash, acceptedAt } = reported
  return receipts.issue({ id: reportId, reference, bodyHash, acceptedAt, region: first.envelope.region, durability: 'local' })
}

/** The report in a record; null when the id belongs to something else. */
export function reportedIn(first: FirstRecord): OutageReported | null {
  return first.envelope.type === 'outage.reported.v1' ? (first.envelope.data as EventData<'outage.reported.v1'>) : null
}

function reportedFrom(
  report: OutageReport,
  proof: { bodyHash: string; secretHash: string },
  acceptedAtMs: number,
  delivery: Delivery = { attempt: 1 },
): OutageReported {
  return {
    reportId: report.id,
    reference: referenceOf(hash('sha256', report.id, 'buffer')),
    schema: report.schema,
    ...proof,
    acceptedAt: new Date(acceptedAtMs).toISOString(),
    savedAt: report.savedAt,
    locale: report.locale,
    channel: report.channel,
    hazards: report.hazards,
    scope: report.scope,
    startedAt: report.startedAt,
    heardBang: report.heardBang,
    neighborsOut: report.neighborsOut,
    delivery,
    occurred: occurredOf(report, delivery, acceptedAtMs),
    personal: {
      place: report.place,
      medicalEquipment: report.medicalEquipment,
      accessNotes: report.accessNotes,
      callbackPhone: report.callbackPhone,
    },
  }
}
