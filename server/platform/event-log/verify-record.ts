import { sha256 } from '../hash.ts'
import type { LogRecord } from './event-log.ts'

/** A record is not what was once written: a fault of the disk or somebody's edit. Nothing may be folded from it. */
export class CorruptRecordError extends Error {
  override name = 'CorruptRecordError'
}

/**
 * Compares a record's data with the hash that it was stored with. Reading does not do it by itself
 * (about 4 µs a record); whatever replaces a projection by a rebuilt one must. Throws CorruptRecordError.
 */
export function verifyRecord({ position, envelope }: Pick<LogRecord, 'position' | 'envelope'>): void {
  // JSON that JSON.stringify has written comes out of parse and stringify byte for byte.
  if (sha256(JSON.stringify(envelope.data)) === envelope.hash) return
  throw new CorruptRecordError(`Record ${position} (${envelope.type} ${envelope.id}) does not match its hash`)
}
