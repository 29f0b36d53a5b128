import { OutboxUnavailableError, type UnavailableReason } from './outbox-store.ts'

/** A browser that refuses says so by one of these; Firefox's private windows once said `InvalidStateError` at opening. */
const REFUSALS: ReadonlySet<string> = new Set(['SecurityError', 'NotAllowedError', 'ReadOnlyError', 'ReferenceError', 'TypeError'])

/** IndexedDB did not answer: a second try would stand in the same line. */
export class StorageTimeoutError extends Error {
  override name = 'StorageTimeoutError'
}

/** What a failure of IndexedDB means for the person. */
export function unavailable(error: unknown): OutboxUnavailableError {
  if (error instanceof OutboxUnavailableError) return error
  return new OutboxUnavailableError(reasonOf(error), `This browser does not keep data: ${String(error)}`, { cause: error })
}

/** A refusal stands, and so does a full disk; anything else may have been this connection's own trouble. */
export function mayHelpToReopen(error: unknown): boolean {
  return reasonOf(error) === 'broken' && !(error instanceof StorageTimeoutError)
}

function reasonOf(error: unknown): UnavailableReason {
  const { name, message } = error instanceof Error ? error : new Error(String(error))
  // Firefox puts a full disk into the name of an internal error, WebKit into the message of an UnknownError.
  if (/quota|NO_DEVICE_SPACE|disk (is )?full|no space/i.test(`${name} ${message}`)) return 'full'
  if (REFUSALS.has(name) || (name === 'InvalidStateError' && /did not allow mutations/i.test(message))) return 'refused'
  return 'broken'
}
