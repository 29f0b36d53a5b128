import { hash } from 'node:crypto'
import type { Delivery, EventData, NewEvent } from '../../domain/event.ts'
import { occurredOf } from '../../domain/occurred.ts'
import { referenceOf } from '../../domain/reference.ts'
import { type ReportFollowUp, reportFollowUpSchemas } from '../../domain/report-follow-up.ts'
import { ConflictError, InvalidInputError, NotFoundError } from '../platform/errors.ts'
import type { EventLog, FirstRecord } from '../platform/event-log/event-log.ts'
import { sha256 } from '../platform/hash.ts'
import { parseFrozenBody } from './parse-frozen-body.ts'
import { type ReportContext, type ReportInput, type ReportResult, reportedIn } from './report-outage.ts'
import { hashSecret, sameHash } from './report-secret.ts'

export interface FollowUpContext extends ReportContext {
  log: Pick<EventLog, 'append' | 'find'>
}

export interface FollowUpInput extends Pick<ReportInput, 'bytes' | 'secret' | 'delivery' | 'traceparent'> {
  /** The report that it was sent to. */
  reportId: string
  /** Called with the parsed follow-up, before the log is touched; throws to refuse it. */
  admit?: (followUp: ReportFollowUp) => void
}

type FollowUpType = 'outage.withdrawn.v1' | 'outage.added-to.v1' | 'outage.confirmed.v1'

const FOLLOW_UP_TYPES: ReadonlySet<string> = new Set<FollowUpType>(['outage.withdrawn.v1', 'outage.added-to.v1', 'outage.confirmed.v1'])

/**
 * Takes one follow-up to a report (withdrawn, added to, still out), proved by the report's secret: logged durably before
 * this resolves, once per id. The report itself may not have arrived; then whoever folds both compares the secrets.
 * The receipt is of the follow-up's id and body, with the report's reference.
 * @throws InvalidInputError
 * @throws ConflictError the id was used for another body; the first one stands
 * @throws NotFoundError the report is known and the secret is not its own, or the id belongs to something else
 * @throws LogUnavailableError nothing was written
 * @throws IndeterminateError it may stand: keep the id and send the same bytes again
 */
export async function followUpReport(context: FollowUpContext, input: FollowUpInput): Promise<ReportResult> {
  const secretHash = hashSecret(input.secret)
  const followUp = parseFrozenBody(input.bytes, reportFollowUpSchemas)
  if (followUp.reportId !== input.reportId) {
    throw new InvalidInputError([{ field: '/reportId', rule: 'same-as-path', fix: 'Send a follow-up to the report that it names' }])
  }
  input.admit?.(followUp)
  await refuseStranger(context.log, followUp.reportId, secretHash)
  const bodyHash = sha256(input.bytes)
  const event = eventOf(followUp, { bodyHash, secretHash }, Math.floor(context.clock.nowMs()), input.delivery)
  const [appended] = await context.log.append([{ ...event, traceparent: input.traceparent }])
  const { outcome, first } = appended!
  const logged = followUpIn(first)
  if (!logged || !sameHash(logged.secretHash, secretHash)) throw new NotFoundError('No follow-up under this id and secret')
  if (outcome === 'conflicting') throw new ConflictError('This id was used for another follow-up; the first one stands')
  const receipt = await context.receipts.issue({
    id: logged.followUpId,
    reference: referenceOf(hash('sha256', logged.reportId, 'buffer')),
    bodyHash: logged.bodyHash,
    acceptedAt: logged.acceptedAt,
    region: first.envelope.region,
    durability: 'local',
  })
  return { outcome: outcome === 'appended' ? 'accepted' : 'repeated', receipt }
}

async function refuseStranger(log: Pick<EventLog, 'find'>, reportId: string, secretHash: string): Promise<void> {
  const first = await log.find('outages', reportId)
  if (!first) return
  const reported = reportedIn(first)
  if (!reported || !sameHash(reported.secretHash, secretHash)) throw new NotFoundError('No report under this id and secret')
}

/** The follow-up in a record; null when the id belongs to something else. */
function followUpIn({ envelope }: FirstRecord): EventData<FollowUpType> | null {
  return FOLLOW_UP_TYPES.has(envelope.type) ? (envelope.data as EventData<FollowUpType>) : null
}

function eventOf(
  followUp: ReportFollowUp,
  proof: { bodyHash: string; secretHash: string },
  acceptedAtMs: number,
  delivery: Delivery = { attempt: 1 },
): NewEvent<FollowUpType> {
  const { id, reportId: key, schema, savedAt, locale, channel } = followUp
  const common = {
    followUpId: id, reportId: key, schema, ...proof, acceptedAt: new Date(acceptedAtMs).toISOString(), savedAt, locale, channel, delivery,
    occurred: occurredOf({ savedAt }, delivery, acceptedAtMs),
  }
  const { bodyHash } = proof
  switch (followUp.kind) {
    case 'withdraw':
      return { id, key, bodyHash, type: 'outage.withdrawn.v1', data: { ...common, reason: followUp.reason } }
    case 'add': {
      const { hazards = [], scope, medicalEquipment, accessNotes, callbackPhone } = followUp
      return { id, key, bodyHash, type: 'outage.added-to.v1', data: { ...common, hazards, scope, personal: { medicalEquipment, accessNotes, callbackPhone } } }
    }
    case 'still-out':
      return { id, key, bodyHash, type: 'outage.confirmed.v1', data: { ...common, stillOut: followUp.answer } }
  }
}
