import { unstable_rethrow } from 'next/navigation'
import type { FieldProblem } from '../domain/problem.ts'
import { InvalidInputError, StormdoorError, TooManyRequestsError, OverloadedError } from '../server/platform/errors.ts'
import type { Logger } from '../server/platform/logger.ts'
import { currentTrace, withTrace } from '../server/platform/trace-context.ts'

/** How a server action failed, in words that a form can turn into text: a code, never an error's message. */
export interface ActionFailure {
  /** Of the StormdoorError; `unknown` for everything else. */
  code: string
  fields: readonly FieldProblem[]
  retryAfterSeconds?: number
  /** Finds it in the logs; shown for `unknown`. */
  traceId: string
}

/**
 * Runs a server action under its trace; what its verb throws becomes an ActionFailure. Redirects pass through.
 * @param headers of the request: the door sends `traceparent`
 */
export function runAction<T>(logger: Logger, headers: Headers, action: (traceparent: string) => Promise<T>): Promise<T | ActionFailure> {
  return withTrace(headers.get('traceparent') ?? undefined, async () => {
    const trace = currentTrace()!
    try {
      return await action(trace.traceparent)
    } catch (error) {
      unstable_rethrow(error)
      if (!(error instanceof StormdoorError)) logger.error({ err: error }, 'action failed')
      return failureOf(error, trace.traceId)
    }
  })
}

function failureOf(error: unknown, traceId: string): ActionFailure {
  if (!(error instanceof StormdoorError)) return { code: 'unknown', fields: [], traceId }
  return {
    code: error.code,
    fields: error instanceof InvalidInputError ? error.fields : [],
    retryAfterSeconds: error instanceof TooManyRequestsError || error instanceof OverloadedError ? error.retryAfterSeconds : undefined,
    traceId,
  }
}
