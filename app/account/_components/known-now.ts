import { ReadsUnavailableError } from '../../../server/platform/errors.ts'

/** What a read gives, or null while its store does not answer: a part of a page then says "not now". */
export async function knownNow<T>(read: Promise<T>): Promise<T | null> {
  try {
    return await read
  } catch (error) {
    if (error instanceof ReadsUnavailableError) return null
    throw error
  }
}
