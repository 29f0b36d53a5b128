import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { describeMachine } from '../bench/machine.ts'
import type { BenchOptions, BenchRow } from '../bench/row.ts'
import { intake } from '../bench/rows/intake.ts'
import { stopSignal, UsageError } from './command-line.ts'

const USAGE = `Usage: npm run bench -- [--rows intake] [--seconds N] [--rounds N] [--json]
  --rows     which to measure, comma-separated; all by default
  --seconds  counted seconds of each measurement (default 5)
  --rounds   how often subject and floors take turns (default 3)
  --json     progress to standard error; the last line of standard output is one JSON object
What is measured and how: docs/bench.md`

const ROWS: Record<string, (options: BenchOptions) => Promise<BenchRow>> = { intake }
const MAX_SECONDS = 60
const MAX_ROUNDS = 9

interface Request {
  rows: string[]
  seconds: number
  rounds: number
  json: boolean
}

function readRequest(): Request | null {
  const { values } = parseArgs({
    options: {
      rows: { type: 'string', default: Object.keys(ROWS).join(',') },
      seconds: { type: 'string', default: '5' },
      rounds: { type: 'string', default: '3' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return null
  const rows = values.rows.split(',').filter(Boolean)
  const unknown = rows.filter((name) => !Object.hasOwn(ROWS, name))
  if (unknown.length > 0 || rows.length === 0) throw new UsageError(`No such row: ${unknown.join(', ')}. There is: ${Object.keys(ROWS).join(', ')}.`)
  return { rows, seconds: whole(values.seconds, 'seconds', MAX_SECONDS), rounds: whole(values.rounds, 'rounds', MAX_ROUNDS), json: values.json }
}

function whole(text: string, name: string, max: number): number {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 1 || number > max) throw new UsageError(`--${name} takes a whole number from 1 to ${max}.`)
  return number
}

async function run({ rows: names, seconds, rounds, json }: Request): Promise<void> {
  const say = (line: string) => (json ? process.stderr : process.stdout).write(`  ${line}\n`)
  const folder = mkdtempSync(join(tmpdir(), 'stormdoor-bench-'))
  const ends: (() => Promise<void>)[] = []
  const signal = stopSignal()
  const machine = describeMachine(folder)
  if (machine.fileSystem === 'tmpfs') say(`${folder} lies in memory, where durability costs nothing: set TMPDIR to a folder on a disk`)
  try {
    const rows: BenchRow[] = []
    for (const name of names) {
      say(`${name}:`)
      rows.push(await ROWS[name]!({ folder, seconds, rounds, say, onEnd: (end) => ends.push(end), signal }))
    }
    if (!json) for (const row of rows) print(row)
    process.stdout.write(`${JSON.stringify({ rows, machine, seconds, rounds })}\n`)
  } finally {
    for (const end of ends.toReversed()) await end().catch((error: unknown) => say(`while ending: ${String(error)}`))
    rmSync(folder, { recursive: true, force: true })
  }
}

function shown(amount: number): string {
  return amount.toLocaleString('en').padStart(9)
}

function print({ name, value, unit, p50Ms, p99Ms, floors, ratios }: BenchRow): void {
  const lines = Object.entries(floors).map(([floor, amount]) => `  ${floor.padEnd(12)}${shown(amount)} ${unit}  ${ratios[floor]} times that`)
  process.stdout.write(`\n  ${name.padEnd(12)}${shown(value)} ${unit}  p50 ${p50Ms} ms, p99 ${p99Ms} ms at half of it\n${lines.join('\n')}\n\n`)
}

try {
  const request = readRequest()
  if (request) await run(request)
  else process.stdout.write(`${USAGE}\n`)
} catch (error) {
  process.stderr.write(error instanceof UsageError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS') ? `${(error as Error).message}\n\n${USAGE}\n` : `${error instanceof Error ? error.stack : String(error)}\n`)
  process.exitCode = 1
}
