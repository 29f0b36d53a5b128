import type { OutageReported } from '../../domain/event.ts'
import type { Receipt } from '../../domain/receipt.ts'
import { isCommandId } from '../../domain/uuid.ts'
import { NotFoundError } from '../platform/errors.ts'
import type { EventLog } from '../platform/event-log/event-log.ts'
import type { Receipts } from '../platform/receipts.ts'
import { receiptOf, reportedIn } from './report-outage.ts'
import { hashSecret, sameHash } from './report-secret.ts'

/**
 * A report for whoever holds its secret, straight from the log.
 * @throws NotFoundError unknown, or the secret is another one: the two cannot be told apart
 * @throws InvalidInputError no secret, or not of its form
 * @throws LogUnavailableError
 */
export async function getOwnReport(
  context: { log: Pick<EventLog, 'find'>; receipts: Receipts },
  ask: { id: string; secret: string | undefined },
): Promise<{ reported: OutageReported; receipt: Receipt }> {
  const secretHash = hashSecret(ask.secret)
  const first = isCommandId(ask.id) ? await context.log.find('outages', ask.id) : null
  const reported = first && reportedIn(first)
  if (!first || !reported || !sameHash(reported.secretHash, secretHash)) throw new NotFoundError('No report under this id and secret')
  return { reported, receipt: await receiptOf(context.receipts, first, reported) }
}
