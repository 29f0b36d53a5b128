import { mkdirSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { systemClock } from '../domain/clock.ts'
import { AccountsIndex, accountsIndexPath } from '../server/accounts/accounts-index.ts'
import { exportCustomers } from '../server/accounts/export/export-customers.ts'
import { WholeFile } from '../server/accounts/whole-file.ts'
import { openEventLog } from '../server/platform/event-log/open-event-log.ts'
import { logSettings, pathFrom, stopSignal, UsageError } from './command-line.ts'

const USAGE = `Usage: npm run --silent export -- [FILE] [--format csv|ndjson]
  FILE      where the customers go; - or nothing for standard output
  --format  csv (default) or ndjson
The same log gives the same bytes. Columns: docs/import.md`

interface Request {
  file: string
  format: 'csv' | 'ndjson'
}

function readRequest(): Request | null {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { format: { type: 'string', default: 'csv' }, help: { type: 'boolean', short: 'h', default: false } },
  })
  if (values.help) return null
  if (values.format !== 'csv' && values.format !== 'ndjson') throw new UsageError(`There is no format ${values.format}.`)
  if (positionals.length > 1) throw new UsageError('One file at a time.')
  const file = positionals[0] ?? '-'
  return { file: file === '-' ? file : pathFrom(file), format: values.format }
}

async function run({ file, format }: Request): Promise<void> {
  const { eventLogUrl, region, dataDir } = logSettings()
  mkdirSync(dataDir, { recursive: true })
  const log = await openEventLog({ url: eventLogUrl, clock: systemClock, region, node: 'export' })
  const index = new AccountsIndex(accountsIndexPath(eventLogUrl), log.logId)
  const signal = stopSignal()
  try {
    const exportTo = (write: (text: string) => Promise<void>) => exportCustomers({ log, index, format, write, signal })
    const accounts = file === '-' ? await exportTo(writeToStandardOutput) : await exportToFile(file, exportTo)
    console.error(`${accounts.toLocaleString('en')} accounts exported`)
  } finally {
    index.close()
    await log.close()
  }
}

async function exportToFile(path: string, exportTo: (write: (text: string) => Promise<void>) => Promise<number>): Promise<number> {
  const file = await WholeFile.create(path)
  try {
    const accounts = await exportTo((text) => file.write(text))
    await file.commit()
    return accounts
  } finally {
    await file.discard()
  }
}

function writeToStandardOutput(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()))
  })
}

function explain(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException
  if (error instanceof UsageError || code?.startsWith('ERR_PARSE_ARGS')) return `${message}\n${USAGE}`
  if (message === 'SIGINT' || message === 'SIGTERM') return 'Stopped.'
  return `The export stopped: ${message}`
}

// A reader that has seen enough (`| head`) is no fault of the export.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 2)
})

try {
  const request = readRequest()
  if (request) await run(request)
  else console.log(USAGE)
} catch (error) {
  console.error(explain(error))
  process.exitCode = 2
}
