import type { Utility } from '../../../domain/utility.ts'
import type { EventLog } from '../../platform/event-log/event-log.ts'
import type { AccountsIndex } from '../accounts-index.ts'
import { cleanBytes } from './clean-bytes.ts'
import { loadAccounts } from './load-accounts.ts'
import { parseCustomer } from './parse-customer.ts'
import { readRows } from './read-rows.ts'
import { RejectsFile } from './rejects-file.ts'
import { StagedAccounts } from './staged-accounts.ts'

const PROGRESS_ROWS = 500

export interface ImportProgress {
  phase: 'reading' | 'loading'
  /** Rows read, or accounts compared and loaded. */
  done: number
  /** Known while loading. */
  total?: number
  rejected: number
}

export interface ImportSummary {
  rows: number
  /** Accounts appended to the log: new ones and changed ones. */
  loaded: number
  unchanged: number
  /** Rows that a later row of the same account in the file replaces. */
  superseded: number
  rejected: number
}

/**
 * Loads a customer file: reads it to its end, then appends what is new or changed. Bad rows go to the rejects file
 * and the others are loaded; a file that cannot be read as a whole (ImportFileError) loads nothing.
 * Constant memory. Idempotent, and a killed run is finished by running it again.
 * @param options.source bytes: CSV or NDJSON, plain or gzip
 * @param options.name as it is shown in messages
 * @param options.workFolder for a temporary file as large as the customers unpacked
 */
export async function importCustomers(options: {
  source: AsyncIterable<Buffer>
  name: string
  log: EventLog
  index: AccountsIndex
  utility: Pick<Utility, 'defaultCountry' | 'locales'>
  rejectsPath: string
  workFolder: string
  onProgress?: (progress: ImportProgress) => void
  signal?: AbortSignal
}): Promise<ImportSummary> {
  const { name, signal, onProgress } = options
  const defaults = { country: options.utility.defaultCountry, language: options.utility.locales[0] ?? 'en' }
  const staged = new StagedAccounts(options.workFolder)
  const rejects = new RejectsFile(options.rejectsPath)
  let rows = 0
  let rejected = 0
  try {
    for await (const row of readRows(cleanBytes(options.source, name), name)) {
      const parsed = parseCustomer(row, defaults)
      if ('account' in parsed) staged.put(parsed.account)
      else {
        rejected++
        await rejects.add(row, parsed.problems)
      }
      rows++
      if (rows % PROGRESS_ROWS === 0) {
        signal?.throwIfAborted()
        onProgress?.({ phase: 'reading', done: rows, rejected })
      }
    }
    await rejects.finish()
    const total = staged.count()
    const loaded = await loadAccounts({
      log: options.log,
      index: options.index,
      accounts: staged.accounts(),
      signal,
      onProgress: (done) => onProgress?.({ phase: 'loading', done, total, rejected }),
    })
    return { rows, ...loaded, superseded: rows - rejected - total, rejected }
  } finally {
    await rejects.discard()
    staged.close()
  }
}
