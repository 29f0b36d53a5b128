import type { Clock } from '../../domain/clock.ts'
import { REPORT_HEADERS } from '../../domain/report-limits.ts'
import { classifyAnswer } from './classify-answer.ts'
import type { Outbox } from './outbox.ts'
import type { ReportRecord } from './report-record.ts'
import type { Outcome } from './settle-report.ts'
import { parseKeys, type PublicKey, verifyReceipt } from './verify-receipt.ts'

const SEND_TIMEOUT_MS = 20_000
const KEYS_TIMEOUT_MS = 10_000

/** One send of the stored bytes, up to a checked receipt. Never throws for what the network does. */
export async function attemptSend(outbox: Outbox, record: ReportRecord): Promise<Outcome> {
  const { clock, transport } = outbox
  let answer
  try {
    answer = await withTimeout(clock, SEND_TIMEOUT_MS, (signal) => transport.postReport(record.body, headersOf(outbox, record), signal))
  } catch (error) {
    return { kind: 'keep', reason: error instanceof AttemptTimeoutError ? 'timed-out' : 'unreachable', retryAfterMs: null }
  }
  const verdict = classifyAnswer(answer, clock.nowMs())
  return verdict.kind === 'receipt' ? checkReceipt(outbox, record, verdict.receipt) : verdict
}

/** An unknown key means that the keys have changed: they are fetched again, once, and the answer is looked at anew. */
async function checkReceipt(outbox: Outbox, record: ReportRecord, receipt: string): Promise<Outcome> {
  let check = await verifyReceipt(receipt, record, await storedKeys(outbox))
  if (check.kind === 'unknown-key') {
    const keys = await refreshKeys(outbox)
    if (keys) check = await verifyReceipt(receipt, record, keys)
  }
  if (check.kind === 'verified') return { kind: 'received', receipt, acceptedAt: check.acceptedAt }
  return { kind: 'keep', reason: 'unverified', retryAfterMs: null }
}

async function storedKeys({ store }: Outbox): Promise<PublicKey[]> {
  return parseKeys({ keys: await store.readNote('receipt-keys') }) ?? []
}

/** Fetches the published keys and keeps them; null when they could not be had, and the old ones stay. */
export async function refreshKeys({ clock, transport, store }: Outbox): Promise<PublicKey[] | null> {
  try {
    const keys = parseKeys(await withTimeout(clock, KEYS_TIMEOUT_MS, (signal) => transport.fetchKeys(signal)))
    if (keys) await store.writeNote('receipt-keys', keys)
    return keys
  } catch {
    return null
  }
}

/** What may differ from send to send; the body never does. */
function headersOf({ clock, contextId }: Outbox, record: ReportRecord): Record<string, string> {
  const headers: Record<string, string> = {
    [REPORT_HEADERS.secret]: record.secret,
    [REPORT_HEADERS.attempt]: String(record.attempts),
    [REPORT_HEADERS.sentAt]: new Date(clock.nowMs()).toISOString(),
  }
  if (record.savedOn.contextId === contextId) {
    headers[REPORT_HEADERS.elapsedMs] = String(Math.round(clock.monotonicMs() - record.savedOn.monotonicMs))
  }
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
