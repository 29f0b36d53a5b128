import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { inject } from 'vitest'

/** A new empty folder of the test's own; it goes with the run. Absolute path. */
export function temporaryFolder(): string {
  return mkdtempSync(join(inject('temporaryRoot'), 'files-'))
}
