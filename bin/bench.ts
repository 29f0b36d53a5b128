import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { describeMachine } from '../bench/machine.ts'
import type { BenchOptions, BenchRow, SkippedRow } from '../bench/row.ts'
import { desk } from '../bench/rows/desk.ts'
import { intake } from '../bench/rows/intake.ts'
import { intakeKafka } from '../bench/rows/intake-kafka.ts'
import { lookUp } from '../bench/rows/look-up.ts'
import { preload } from '../bench/rows/preload.ts'
import { projector } from '../bench/rows/projector.ts'
import { rebuild } from '../bench/rows/rebuild.ts'
import { search } from '../bench/rows/search.ts'
import { stopSignal, tellFailure, UsageError, wholeNumber } from './command-line.ts'

const ROWS: Record<string, (options: BenchOptions) => Promise<BenchRow | SkippedRow>> = { intake, 'intake-kafka': intakeKafka, projector, rebuild, 'look-up': lookUp, preload, desk, search }
const MAX_SECONDS = 60
const MAX_ROUNDS = 9
const LEAST_EVENTS = 1_000
const MAX_EVENTS = 10_000_000
const MAX_ACCOUNTS = 10_000_000

const USAGE = `Usage: npm run bench -- [--row NAME]… [--seconds N] [--rounds N] [--events N] [--accounts N] [--short] [--json]
  --row      which to measure, again for another: ${Object.keys(ROWS).join(', ')}; all by default
  --seconds  counted seconds of each measurement (default 5)
  --rounds   how often subject and floors take turns (default 3)
  --events   of the rows that fold a log: how long it is (default: projector 200,000, rebuild 1,000,000)
  --accounts of the rows about accounts: how many there are (default 200,000; search 3,000,000)
  --short    preload without the full path from a core system
  --json     progress to standard error; the last line of standard output is one JSON object
What is measured and how: docs/bench.md`

interface Request {
  rows: string[]
  seconds: number
  rounds: number
  events: number | undefined
  accounts: number | undefined
  short: boolean
  json: boolean
}

function readRequest(): Request | null {
  const { values } = parseArgs({
    options: {
      row: { type: 'string', multiple: true, default: Object.keys(ROWS) },
      seconds: { type: 'string', default: '5' },
      rounds: { type: 'string', default: '3' },
      events: { type: 'string' },
      accounts: { type: 'string' },
      short: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return null
  const { row: rows, short, json } = values
  const unknown = rows.filter((name) => !Object.hasOwn(ROWS, name))
  if (unknown.length > 0) throw new UsageError(`No such row: ${unknown.join(', ')}. There is: ${Object.keys(ROWS).join(', ')}.`)
  const events = values.events === undefined ? undefined : wholeNumber(values.events, 'events', LEAST_EVENTS, MAX_EVENTS)
  const accounts = values.accounts === undefined ? undefined : wholeNumber(values.accounts, 'accounts', LEAST_EVENTS, MAX_ACCOUNTS)
  return { rows, seconds: wholeNumber(values.seconds, 'seconds', 1, MAX_SECONDS), rounds: wholeNumber(values.rounds, 'rounds', 1, MAX_ROUNDS), events, accounts, short, json }
}

async function run({ rows: names, json, ...numbers }: Request): Promise<void> {
  const say = (line: string) => (json ? process.stderr : process.stdout).write(`  ${line}\n`)
  const folder = mkdtempSync(join(tmpdir(), 'stormdoor-bench-'))
  const signal = stopSignal()
  const machine = describeMachine(folder)
  if (machine.fileSystem === 'tmpfs') say(`${folder} lies in memory, where durability costs nothing: set TMPDIR to a folder on a disk`)
  try {
    const rows: (BenchRow | SkippedRow)[] = []
    for (const name of names) {
      say(`${name}:`)
      rows.push(await measure(name, { folder: join(folder, name), ...numbers, say, signal }))
    }
    for (const row of rows) {
      if ('skipped' in row) say(`${row.name} was NOT MEASURED: ${row.skipped}`)
      else if (!json) print(row)
    }
    process.stdout.write(`${JSON.stringify({ rows, machine, seconds: numbers.seconds, rounds: numbers.rounds })}\n`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What a row has started ends with it, so that the next one has the machine to itself. */
async function measure(name: string, options: Omit<BenchOptions, 'onEnd'>): Promise<BenchRow | SkippedRow> {
  const ends: (() => Promise<void>)[] = []
  mkdirSync(options.folder)
  try {
    return await ROWS[name]!({ ...options, onEnd: (end) => ends.push(end) })
  } finally {
    for (const end of ends.toReversed()) await end().catch((error: unknown) => options.say(`while ending: ${String(error)}`))
  }
}

function shown(amount: number): string {
  return amount.toLocaleString('en').padStart(9)
}

function print({ name, value, unit, p50Ms, p99Ms, floors, ratios }: BenchRow): void {
  const latency = p50Ms === undefined ? '' : `  p50 ${p50Ms} ms, p99 ${p99Ms} ms at half of it`
  const lines = Object.entries(floors).map(([floor, amount]) => `  ${floor.padEnd(12)}${shown(amount)} ${unit}  ${ratios[floor]} times that\n`)
  process.stdout.write(`\n  ${name.padEnd(12)}${shown(value)} ${unit}${latency}\n${lines.join('')}\n`)
}

try {
  const request = readRequest()
  if (request) await run(request)
  else process.stdout.write(`${USAGE}\n`)
} catch (error) {
  tellFailure(error, USAGE)
}
