import { ReadsUnavailableError, StormdoorError } from '../../platform/errors.ts'

/** Runs what needs the identity store; any failure that is none of ours is "not now": ReadsUnavailableError. */
export async function whenIdentityAnswers<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof StormdoorError) throw error
    throw new ReadsUnavailableError('The identity store does not answer', { cause: error })
  }
}

/** The library's refusal of what was shown to it, as against a store that failed. */
export function isRefusal(error: unknown): boolean {
  return isLibraryError(error) && error.statusCode >= 400 && error.statusCode < 500
}

/** By its shape: the bundler may give the library's class twice. */
export function isLibraryError(error: unknown): error is Error & { statusCode: number } {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
}
