import type { FieldProblem, Problem } from '../../domain/problem.ts'
import type { AttentionReason, KeepReason } from './report-record.ts'
import { parseRetryAfter } from './retry-policy.ts'

/** An HTTP answer as the outbox looks at it. `status` is 0 for a redirect, which the door never answers. */
export interface Answer {
  status: number
  contentType: string | null
  retryAfter: string | null
  text: string
}

export type Verdict =
  | { kind: 'receipt'; receipt: string }
  | { kind: 'keep'; reason: KeepReason; retryAfterMs: number | null }
  | { kind: 'attention'; reason: AttentionReason; errors: FieldProblem[]; traceId: string | null }

const PROBLEM_TYPE = 'urn:stormdoor:problem:'

/**
 * What an answer means for a report. Only the door's own words can settle it: whatever stands between
 * (a hotel's sign-in page, a proxy, a maintenance page) may answer any status, and then the report stays.
 * A `receipt` is still unverified here.
 */
export function classifyAnswer(answer: Answer, nowMs: number): Verdict {
  const { status } = answer
  const retryAfterMs = parseRetryAfter(answer.retryAfter, nowMs)
  const keep = (reason: KeepReason): Verdict => ({ kind: 'keep', reason, retryAfterMs })
  const json = parseJson(answer)

  if (status >= 200 && status <= 299) {
    const receipt = json?.['receipt']
    return typeof receipt === 'string' ? { kind: 'receipt', receipt } : keep('not-ours')
  }
  if (status === 408 || status === 425 || status === 429 || status >= 500) return keep('busy')
  if (!isProblem(json)) return keep('not-ours')
  if (status === 401) return keep('sign-in')
  if (status < 400) return keep('not-ours')
  return { kind: 'attention', reason: attentionReason(status), errors: json.errors ?? [], traceId: json.traceId ?? null }
}

function attentionReason(status: number): AttentionReason {
  if (status === 409) return 'conflict'
  return status === 400 || status === 413 || status === 415 || status === 422 ? 'invalid' : 'refused'
}

function parseJson({ contentType, text }: Answer): Record<string, unknown> | null {
  if (!contentType || !/^application\/([\w.-]+\+)?json\b/i.test(contentType)) return null
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? (parsed as Record<string, unknown>) : null
  } catch {
    return null
  }
}

function isProblem(json: Record<string, unknown> | null): json is Record<string, unknown> & Problem {
  return (
    typeof json?.['type'] === 'string' &&
    json['type'].startsWith(PROBLEM_TYPE) &&
    (json['errors'] === undefined || Array.isArray(json['errors'])) &&
    (json['traceId'] === undefined || typeof json['traceId'] === 'string')
  )
}
