import type { Clock } from '../../domain/clock.ts'
import { REPORT_HEADERS } from '../../domain/report-limits.ts'
import { type Answer, classifyAnswer, parseJson } from './classify-answer.ts'
import type { Outbox } from './outbox.ts'
import { type Delivery, type FollowUpRecord, isFollowUp, type ReportRecord } from './report-record.ts'
import { parseMilliseconds } from './retry-policy.ts'
import { measureServerClock, readClocks, type ServerClock } from './server-clock.ts'
import { hear, type Outcome } from './settle-report.ts'
import { parseKeys, type PublicKey, verifyReceipt } from './verify-receipt.ts'

const REPORTS_PATH = '/api/v1/outage-reports'
const SEND_TIMEOUT_MS = 20_000
const KEYS_TIMEOUT_MS = 10_000

/**
 * One send of the stored bytes, up to a checked receipt. Never throws for what the network does.
 * @param slot the ticket of the send slot that this attempt keeps; null for none
 */
export async function attemptSend(outbox: Outbox, record: ReportRecord | FollowUpRecord, slot: string | null): Promise<Outcome> {
  const { clock, transport, contextId } = outbox
  const headers = headersOf(outbox, record, slot)
  const before = readClocks(clock)
  let answer
  try {
    answer = await withTimeout(clock, SEND_TIMEOUT_MS, (signal) => transport.post(pathOf(record), record.body, headers, signal))
  } catch (error) {
    const reason = error instanceof AttemptTimeoutError ? 'timed-out' : 'unreachable'
    return { kind: 'keep', reason, retryAfterMs: null, slot: null, spreadMs: null }
  }
  const serverClock = measureServerClock(answer.serverTime, before, readClocks(clock), contextId)
  const verdict = classifyAnswer(answer, clock.nowMs())
  if (verdict.kind !== 'receipt') return verdict
  const check = await checkReceipt(outbox, record, verdict.receipt)
  const { spreadMs } = verdict
  if (check === null) return { kind: 'keep', reason: 'unverified', retryAfterMs: null, slot: null, spreadMs }
  return { kind: 'received', receipt: verdict.receipt, acceptedAt: check.acceptedAt, spreadMs, serverClock }
}

function pathOf(record: ReportRecord | FollowUpRecord): string {
  return isFollowUp(record) ? `${REPORTS_PATH}/${record.reportId}/follow-ups` : REPORTS_PATH
}

/** An unknown key means that the keys have changed: they are fetched again, once, and the answer is looked at anew. */
async function checkReceipt(outbox: Outbox, record: Delivery, receipt: string): Promise<{ acceptedAt: string } | null> {
  let check = await verifyReceipt(receipt, record, await storedKeys(outbox))
  if (check.kind === 'unknown-key') {
    const keys = await refreshKeys(outbox)
    if (keys) check = await verifyReceipt(receipt, record, keys)
  }
  return check.kind === 'verified' ? check : null
}

async function storedKeys({ store }: Outbox): Promise<PublicKey[]> {
  const keys = await store.readNote('receipt-keys').catch(() => null)
  return parseKeys({ keys }) ?? []
}

/**
 * Fetches the published keys and keeps them, with what the same answer says of the server's clock and of spreading:
 * who could forge these keys could forge receipts. Null when they could not be had, and the old ones stay.
 */
export async function refreshKeys(outbox: Outbox): Promise<PublicKey[] | null> {
  const { clock, transport, store, contextId } = outbox
  try {
    const before = readClocks(clock)
    const answer = await withTimeout(clock, KEYS_TIMEOUT_MS, (signal) => transport.fetchKeys(signal))
    const serverClock = measureServerClock(answer.serverTime, before, readClocks(clock), contextId)
    const keys = answer.status === 200 ? parseKeys(parseJson(answer)) : null
    if (keys) {
      // With a disk that is full they are good for this answer all the same.
      await store.writeNote('receipt-keys', keys).catch(() => {})
      await rememberAnswer(outbox, answer, serverClock)
    }
    return keys
  } catch {
    return null
  }
}

async function rememberAnswer({ store }: Outbox, answer: Answer, serverClock: ServerClock | null): Promise<void> {
  const spreadMs = parseMilliseconds(answer.spreadMs)
  if (spreadMs !== null || serverClock) await store.transact(({ line }) => ({ line: hear(line, spreadMs, serverClock), mayBeLost: true, result: undefined })).catch(() => {})
}

/** What may differ from send to send; the body never does. */
function headersOf({ clock, contextId }: Outbox, record: Delivery, slot: string | null): Record<string, string> {
  const headers: Record<string, string> = {
    [REPORT_HEADERS.secret]: record.secret,
    [REPORT_HEADERS.attempt]: String(record.attempts),
    [REPORT_HEADERS.sentAt]: new Date(clock.nowMs()).toISOString(),
  }
  if (record.savedOn.contextId === contextId) {
    headers[REPORT_HEADERS.elapsedMs] = String(Math.round(clock.monotonicMs() - record.savedOn.monotonicMs))
  }
  if (record.clockEvidence) {
    headers[REPORT_HEADERS.clockOffsetMs] = String(record.clockEvidence.offsetMs)
    headers[REPORT_HEADERS.clockErrorMs] = String(record.clockEvidence.errorMs)
  }
  if (slot !== null) headers[REPORT_HEADERS.slot] = slot
  if (record.hazards.length > 0) headers[REPORT_HEADERS.priority] = 'hazard'
  return headers
}

class AttemptTimeoutError extends Error {
  override name = 'AttemptTimeoutError'
}

/** Ends at `timeoutMs` even when `work` does not listen to its signal. */
async function withTimeout<T>(clock: Clock, timeoutMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const attempt = new AbortController()
  const finished = new AbortController()
  const expiry = clock.sleep(timeoutMs, finished.signal).then(() => {
    const error = new AttemptTimeoutError(`No answer within ${timeoutMs} ms`)
    attempt.abort(error)
    throw error
  })
  try {
    return await Promise.race([work(attempt.signal), expiry])
  } finally {
    expiry.catch(() => {})
    finished.abort()
  }
}
