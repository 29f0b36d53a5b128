import type { FieldProblem } from '../../domain/problem.ts'

/**
 * Everything a verb may throw on purpose. Each edge (server actions, /api/v1) has one mapper;
 * anything else is "something went wrong" with a trace id.
 */
export abstract class StormdoorError extends Error {
  abstract readonly code: string
  override get name(): string {
    return this.constructor.name
  }
}

export class InvalidInputError extends StormdoorError {
  readonly code = 'invalid-input'
  readonly fields: readonly FieldProblem[]
  constructor(fields: readonly FieldProblem[]) {
    super(fields.map((problem) => `${problem.field}: ${problem.rule}`).join('; '))
    this.fields = fields
  }
}

/** Of an address or its query, where InvalidInputError is of a body. */
export class InvalidQueryError extends InvalidInputError {}

/** Also for what exists but belongs to somebody else. */
export class NotFoundError extends StormdoorError {
  readonly code = 'not-found'
}

export class NotSignedInError extends StormdoorError {
  readonly code = 'not-signed-in'
}

/** Signed in, but too long ago for what is asked: with the password or a passkey again, then once more. */
export class SignInAgainError extends StormdoorError {
  readonly code = 'sign-in-again'
}

export class ForbiddenError extends StormdoorError {
  readonly code = 'forbidden'
}

/** The id was used before with another body. The first one stands. */
export class ConflictError extends StormdoorError {
  readonly code = 'conflict'
}

/** What was to be changed is no longer as whoever changed it saw it. */
export class ChangedMeanwhileError extends ConflictError {}

export class TooManyRequestsError extends StormdoorError {
  readonly code = 'too-many-requests'
  readonly retryAfterSeconds: number
  constructor(retryAfterSeconds: number) {
    super(`Try again in ${retryAfterSeconds} s`)
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** Not accepted, and surely not logged: try again later. */
export class OverloadedError extends StormdoorError {
  readonly code = 'overloaded'
  readonly retryAfterSeconds: number
  constructor(retryAfterSeconds: number) {
    super(`Too busy; try again in ${retryAfterSeconds} s`)
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** The log did not answer in time: the write may or may not stand. Keep the id and ask again. */
export class IndeterminateError extends StormdoorError {
  readonly code = 'indeterminate'
}

/** The log refused for sure (disk full, clock skewed): nothing was written. */
export class LogUnavailableError extends StormdoorError {
  readonly code = 'log-unavailable'
}

/** The utility's core system does not answer just now. */
export class CoreAwayError extends StormdoorError {
  readonly code = 'core-system-away'
  readonly retryAfterSeconds: number
  constructor(retryAfterSeconds: number) {
    super(`Try again in ${retryAfterSeconds} s`)
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** Neither Redis nor Postgres could answer a read. */
export class ReadsUnavailableError extends StormdoorError {
  readonly code = 'reads-unavailable'
}

/** Who looked at what could not be kept just now: so nothing is shown. */
export class AuditUnavailableError extends StormdoorError {
  readonly code = 'audit-unavailable'
}
