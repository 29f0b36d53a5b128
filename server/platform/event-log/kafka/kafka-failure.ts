import { AuthenticationError, ResponseError } from '@platformatic/kafka'

/** Codes of https://kafka.apache.org/protocol#protocol_error_codes that a decision here depends on. */
export const KAFKA_CODE = {
  none: 0,
  offsetOutOfRange: 1,
  corruptMessage: 2,
  unknownTopic: 3,
  messageTooLarge: 10,
  recordListTooLarge: 18,
  coordinatorLoading: 14,
  coordinatorUnavailable: 15,
  notCoordinator: 16,
  notEnoughReplicas: 19,
  invalidRequiredAcks: 21,
  illegalGeneration: 22,
  unknownMember: 25,
  invalidSessionTimeout: 26,
  rebalanceInProgress: 27,
  topicAuthorizationFailed: 29,
  groupAuthorizationFailed: 30,
  clusterAuthorizationFailed: 31,
  invalidTimestamp: 32,
  topicAlreadyExists: 36,
  policyViolation: 44,
  memberIdRequired: 79,
  invalidRecord: 87,
} as const

/** Brokers refuse whom they know or do not know: trying again changes nothing. */
export class KafkaAccessError extends Error {
  override name = 'KafkaAccessError'
}

/**
 * The answer to a request, also when it holds error codes: the library throws those, and what else stood in the answer
 * would be lost.
 */
export async function withCodes<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof ResponseError && error['response']) return error['response'] as T
    throw error
  }
}

/** What to say of an error of the client: the innermost cause, without the library's wrappers. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors.at(-1))
  return error.cause instanceof Error ? reasonOf(error.cause) : error.message
}

/** True when a broker has refused the credentials. */
export function isAccessFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error instanceof KafkaAccessError || error instanceof AuthenticationError) return true
  if (error instanceof AggregateError) return error.errors.some(isAccessFailure)
  return isAccessFailure(error.cause)
}
