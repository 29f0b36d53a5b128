import { DOOR_HEADERS } from '../../domain/report-limits.ts'
import type { FieldProblem, Problem } from '../../domain/problem.ts'
import type { AttentionReason, KeepReason } from './report-record.ts'
import { type AskedWait, parseMilliseconds, parseRetryAfter } from './retry-policy.ts'

/** An HTTP answer as the outbox looks at it. `status` is 0 for a redirect, which the door never answers. */
export interface Answer {
  status: number
  contentType: string | null
  retryAfter: string | null
  /** Headers of the door's own, as they came: see `DOOR_HEADERS`. */
  slot: string | null
  slotMs: string | null
  spreadMs: string | null
  serverTime: string | null
  text: string
}

/** The answer with the headers that the outbox looks at. @param header answers a header's value by its name in lower case */
export function answerOf(status: number, header: (name: string) => string | null | undefined, text: string): Answer {
  const read = (name: string) => header(name) ?? null
  return {
    status,
    contentType: read('content-type'),
    retryAfter: read('retry-after'),
    slot: read(DOOR_HEADERS.slot),
    slotMs: read(DOOR_HEADERS.slotMs),
    spreadMs: read(DOOR_HEADERS.spreadMs),
    // A shared cache repeats the time at which it was filled.
    serverTime: Number(read('age') ?? 0) === 0 ? read(DOOR_HEADERS.serverTime) : null,
    text,
  }
}

/** `spreadMs`: over how long phones that come back shall spread, when the answer says so. */
export type Verdict = { spreadMs: number | null } & (
  | { kind: 'receipt'; receipt: string }
  | ({ kind: 'keep'; reason: KeepReason } & AskedWait)
  | { kind: 'attention'; reason: AttentionReason; errors: FieldProblem[]; traceId: string | null }
)

const PROBLEM_TYPE = 'urn:stormdoor:problem:'

/**
 * What an answer means for a report. Only the door's own words can settle it: whatever stands between
 * (a hotel's sign-in page, a proxy, a maintenance page) may answer any status, and then the report stays. Nor does
 * it bind the phone to a time: on the next network the way may be free.
 * A `receipt` is still unverified here.
 */
export function classifyAnswer(answer: Answer, nowMs: number): Verdict {
  const { status } = answer
  const spreadMs = parseMilliseconds(answer.spreadMs)
  const json = parseJson(answer)
  const asked = isProblem(json) ? askedWait(answer, nowMs) : { retryAfterMs: null, slot: null }
  const keep = (reason: KeepReason): Verdict => ({ kind: 'keep', reason, ...asked, spreadMs })

  if (status >= 200 && status <= 299) {
    const receipt = json?.['receipt']
    return typeof receipt === 'string' ? { kind: 'receipt', receipt, spreadMs } : keep('not-ours')
  }
  if (status === 408 || status === 425 || status === 429 || status >= 500) return keep('busy')
  if (!isProblem(json)) return keep('not-ours')
  if (status === 401) return keep('sign-in')
  if (status < 400) return keep('not-ours')
  return { kind: 'attention', reason: attentionReason(status), errors: json.errors ?? [], traceId: json.traceId ?? null, spreadMs }
}

function askedWait({ retryAfter, slot, slotMs }: Answer, nowMs: number): AskedWait {
  const afterMs = parseMilliseconds(slotMs)
  return { retryAfterMs: parseRetryAfter(retryAfter, nowMs), slot: afterMs === null ? null : { ticket: slot, afterMs } }
}

function attentionReason(status: number): AttentionReason {
  if (status === 409) return 'conflict'
  return status === 400 || status === 413 || status === 415 || status === 422 ? 'invalid' : 'refused'
}

/** The object of a JSON answer; null for anything else. */
export function parseJson({ contentType, text }: Pick<Answer, 'contentType' | 'text'>): Record<string, unknown> | null {
  if (!contentType || !/^application\/([\w.-]+\+)?json\b/i.test(contentType)) return null
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? (parsed as Record<string, unknown>) : null
  } catch {
    return null
  }
}

/** Whether an object is an answer of the door's own, by the type that only it gives. */
export function isProblem(json: Record<string, unknown> | null): json is Record<string, unknown> & Problem {
  return (
    typeof json?.['type'] === 'string' &&
    json['type'].startsWith(PROBLEM_TYPE) &&
    (json['errors'] === undefined || Array.isArray(json['errors'])) &&
    (json['traceId'] === undefined || typeof json['traceId'] === 'string')
  )
}
