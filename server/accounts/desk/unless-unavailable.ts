import { ReadsUnavailableError } from '../../platform/errors.ts'
import { StoreUnavailableError } from '../../platform/guarded-store.ts'

/** For a part of a page that may be missing: null when no store can answer; everything else is thrown on. */
export function unlessUnavailable(error: unknown): null {
  if (error instanceof ReadsUnavailableError || error instanceof StoreUnavailableError) return null
  throw error
}
