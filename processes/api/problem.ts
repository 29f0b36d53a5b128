import type { FastifyReply } from 'fastify'
import type { FieldProblem, Problem } from '../../domain/problem.ts'
import {
  AuditUnavailableError, ChangedMeanwhileError, ConflictError, CoreAwayError, ForbiddenError, IndeterminateError, InvalidInputError, InvalidQueryError,
  LogUnavailableError, NotFoundError, NotSignedInError, OverloadedError, ReadsUnavailableError, SignInAgainError, TooManyRequestsError,
} from '../../server/platform/errors.ts'
import { MalformedBodyError } from '../../server/outages/parse-frozen-body.ts'

const JSON_ONLY: FieldProblem = { field: 'content-type', rule: 'application/json', fix: 'Send the body as application/json in UTF-8, not compressed' }
const LOG_RETRY_SECONDS = 5
const READS_RETRY_SECONDS = 10

/** The one mapper of `/api/v1`: what a verb threw as RFC 9457 problem details. An unknown error tells nothing of itself. */
export function problemFor(error: unknown, traceId: string): Problem {
  if (error instanceof InvalidQueryError) {
    return make(400, 'invalid-query', 'Some parameters are not as they must be', traceId, { errors: [...error.fields] })
  }
  if (error instanceof InvalidInputError) {
    const malformed = error instanceof MalformedBodyError
    const title = malformed ? 'The body could not be read' : 'Some fields are not as they must be'
    return make(malformed ? 400 : 422, malformed ? 'malformed-body' : 'invalid-input', title, traceId, { errors: [...error.fields] })
  }
  if (error instanceof NotFoundError) return make(404, 'not-found', 'Nothing is here for you', traceId)
  if (error instanceof ChangedMeanwhileError) return make(409, 'changed-meanwhile', 'This was changed meanwhile', traceId, { detail: 'Read it again and change it from there.' })
  if (error instanceof ConflictError) {
    const detail = 'The id was used before with another body. The first one stands; this one is shown to the utility beside it.'
    return make(409, 'conflict', 'The first report under this id stands', traceId, { detail })
  }
  if (error instanceof OverloadedError) return make(503, 'overloaded', 'Too busy just now', traceId, { retryAfterSeconds: error.retryAfterSeconds })
  if (error instanceof IndeterminateError) {
    const detail = 'The report may have arrived. Keep the id and send the same bytes again.'
    return make(503, 'indeterminate', 'Not known yet', traceId, { detail, retryAfterSeconds: LOG_RETRY_SECONDS })
  }
  if (error instanceof LogUnavailableError) {
    const detail = 'Nothing was written. Keep the id and send the same bytes again.'
    return make(503, 'log-unavailable', 'Reports cannot be taken just now', traceId, { detail, retryAfterSeconds: LOG_RETRY_SECONDS })
  }
  if (error instanceof ReadsUnavailableError) {
    return make(503, 'reads-unavailable', 'This cannot be read just now', traceId, { retryAfterSeconds: READS_RETRY_SECONDS })
  }
  if (error instanceof AuditUnavailableError) {
    const detail = 'Who looks at an account is kept in the event log, which does not take it just now.'
    return make(503, 'audit-unavailable', 'This look-up cannot be audited just now', traceId, { detail, retryAfterSeconds: LOG_RETRY_SECONDS })
  }
  if (error instanceof CoreAwayError) {
    return make(503, 'core-system-away', 'The core system does not answer just now', traceId, { retryAfterSeconds: error.retryAfterSeconds })
  }
  if (error instanceof TooManyRequestsError) {
    return make(429, 'too-many-requests', 'Too many different questions from your network', traceId, { retryAfterSeconds: error.retryAfterSeconds })
  }
  if (error instanceof NotSignedInError) return make(401, 'not-signed-in', 'Sign in first', traceId)
  if (error instanceof SignInAgainError) return make(403, 'sign-in-again', 'Sign in once more for this', traceId, { detail: 'Of who signed in more than ten minutes ago this is asked again.' })
  if (error instanceof ForbiddenError) return make(403, 'forbidden', 'This is not yours to do', traceId, { detail: error.message })
  return frameworkProblem(error, traceId) ?? make(500, 'internal', 'Something went wrong', traceId)
}

/** What Fastify refuses before a verb is called. */
function frameworkProblem(error: unknown, traceId: string): Problem | null {
  const { code, statusCode } = (typeof error === 'object' && error !== null ? error : {}) as { code?: unknown; statusCode?: unknown }
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return make(413, 'too-large', 'The body is too large', traceId, { errors: [{ field: '', rule: 'max-bytes', fix: 'Send at most 16384 bytes' }] })
  }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return unsupportedMediaType(traceId)
  // Its plugins' errors have a status alone.
  const ofFramework = code === undefined || (typeof code === 'string' && code.startsWith('FST_ERR'))
  if (ofFramework && typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) {
    return make(statusCode, 'bad-request', 'The request could not be read', traceId)
  }
  return null
}

export function unsupportedMediaType(traceId: string): Problem {
  return make(415, 'unsupported-media-type', 'This content type is not taken', traceId, { errors: [JSON_ONLY] })
}

export function notFoundProblem(traceId: string): Problem {
  return make(404, 'not-found', 'There is nothing at this address', traceId)
}

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  if (problem.retryAfterSeconds !== undefined) void reply.header('retry-after', String(problem.retryAfterSeconds))
  return reply.code(problem.status).header('content-type', 'application/problem+json').header('cache-control', 'no-store').send(Buffer.from(JSON.stringify(problem)))
}

function make(status: number, code: string, title: string, traceId: string, more: Partial<Problem> = {}): Problem {
  return { type: `urn:stormdoor:problem:${code}`, title, status, ...more, traceId }
}
