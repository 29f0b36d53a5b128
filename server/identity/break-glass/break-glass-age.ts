import { join } from 'node:path'
import { breakGlassCopy, breakGlassFile } from './break-glass-copy.ts'

/** How old the copy of a data folder is; null when there is none that counts. */
export function breakGlassAgeMs(dataDir: string, key: string, nowMs: number): number | null {
  const copy = breakGlassCopy(join(dataDir, breakGlassFile), key).read(nowMs)
  return copy ? Math.max(0, nowMs - copy.writtenAtMs) : null
}
