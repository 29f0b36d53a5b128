import { constants, createReadStream, mkdirSync } from 'node:fs'
import { access } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { systemClock } from '../domain/clock.ts'
import { AccountsIndex, accountsIndexPath } from '../server/accounts/accounts-index.ts'
import { importCustomers, type ImportSummary } from '../server/accounts/import/import-customers.ts'
import { ImportFileError } from '../server/accounts/import/import-file-error.ts'
import { coreHasLastWord } from '../server/accounts/sync/core-has-last-word.ts'
import { openEventLog } from '../server/platform/event-log/open-event-log.ts'
import { utility } from '../utility.config.ts'
import { logSettings, pathFrom, stopSignal, UsageError } from './command-line.ts'
import { importProgress } from './import-progress.ts'

const USAGE = `Usage: npm run import -- FILE [--rejects FILE] [--json]
  FILE            customers as CSV or NDJSON, plain or gzip; - for standard input
  --rejects FILE  where rows go that cannot be loaded (default: beside FILE, customers.rejects.csv)
  --json          the summary as JSON on standard output
Exit code: 0 all loaded, 1 some rows rejected and the others loaded, 2 nothing loaded or stopped.
Columns: docs/import.md`

const LAST_WORD = `The core system has the last word on accounts: a full load from it closes those that it does not know and
puts back what it tells otherwise (docs/sync.md).`

const READ_BYTES = 262_144

interface Request {
  file: string
  rejectsPath: string
  json: boolean
}

function readRequest(): Request | null {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { rejects: { type: 'string' }, json: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } },
  })
  if (values.help) return null
  const [file, ...others] = positionals
  if (file === undefined || others.length > 0) throw new UsageError(file === undefined ? 'Which file?' : 'One file at a time.')
  const rejectsPath = pathFrom(values.rejects ?? (file === '-' ? 'customers.rejects.csv' : rejectsBeside(file)))
  if (file !== '-' && rejectsPath === pathFrom(file)) throw new UsageError('The rejects file would overwrite the file that is read.')
  return { file: file === '-' ? file : pathFrom(file), rejectsPath, json: values.json }
}

function rejectsBeside(file: string): string {
  const stem = basename(file).replace(/\.gz$/i, '').replace(/\.(csv|ndjson|jsonl|txt)$/i, '')
  return join(dirname(file), `${stem}.rejects.csv`)
}

async function run(request: Request): Promise<number> {
  const startedMs = systemClock.monotonicMs()
  if (request.file !== '-') await access(request.file, constants.R_OK)
  const { eventLogUrl, region, dataDir } = logSettings()
  mkdirSync(dataDir, { recursive: true })
  const log = await openEventLog({ url: eventLogUrl, clock: systemClock, region, node: 'import' })
  const progress = importProgress(process.stderr)
  const signal = stopSignal()
  let index: AccountsIndex | undefined
  try {
    index = new AccountsIndex(accountsIndexPath(eventLogUrl), log.logId)
    const summary = await importCustomers({
      source: request.file === '-' ? process.stdin : createReadStream(request.file, { highWaterMark: READ_BYTES }),
      name: request.file === '-' ? 'Standard input' : basename(request.file),
      log,
      index,
      utility,
      rejectsPath: request.rejectsPath,
      workFolder: dataDir,
      onProgress: progress.report,
      signal,
    })
    progress.end()
    show(summary, request, (systemClock.monotonicMs() - startedMs) / 1_000)
    if (summary.loaded > 0 && !request.json && (await coreHasLastWord(log, signal))) console.log(LAST_WORD)
    return summary.rejected > 0 ? 1 : 0
  } finally {
    progress.end()
    index?.close()
    await log.close()
  }
}

function show(summary: ImportSummary, request: Request, seconds: number): void {
  const rejectsFile = summary.rejected > 0 ? request.rejectsPath : null
  const rowsPerSecond = Math.round(summary.rows / seconds)
  if (request.json) {
    console.log(JSON.stringify({ ...summary, rejectsFile, seconds: Number(seconds.toFixed(3)), rowsPerSecond }))
    return
  }
  console.log(`${count(summary.rows)} rows in ${seconds.toFixed(1)} s (${count(rowsPerSecond)}/s)`)
  console.log(`  ${count(summary.loaded)} loaded (new or changed)\n  ${count(summary.unchanged)} unchanged`)
  if (summary.superseded > 0) console.log(`  ${count(summary.superseded)} replaced by a later row of the same account`)
  if (rejectsFile) console.log(`  ${count(summary.rejected)} rejected: line, field and reason are in ${rejectsFile}`)
}

function count(value: number): string {
  return value.toLocaleString('en')
}

function explain(error: unknown): string {
  if (error instanceof ImportFileError) return `${error.message}\nNothing was loaded.`
  if (error instanceof UsageError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS')) return `${(error as Error).message}\n${USAGE}`
  const { message, code, path } = error as NodeJS.ErrnoException
  if (code === 'ENOENT' && path) return `There is no file ${path}`
  if (code === 'EISDIR') return 'That is a folder, not a file.'
  if (message === 'SIGINT' || message === 'SIGTERM') return 'Stopped. What was loaded stays; run it again to go on.'
  return `The import stopped: ${message}\nWhat was loaded stays; run it again to go on.`
}

try {
  const request = readRequest()
  if (request) process.exitCode = await run(request)
  else console.log(USAGE)
} catch (error) {
  console.error(explain(error))
  process.exitCode = 2
}
