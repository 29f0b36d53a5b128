import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { CurveError, durationSeconds, parseCurve, stretched } from '../load/drain/demand-curve.ts'
import { describeDrain } from '../load/drain/describe-drain.ts'
import { type DrainPlan, planDemand } from '../load/drain/plan-drain.ts'
import { runDrain } from '../load/drain/run-drain.ts'
import { pathFrom, tellFailure, UsageError } from './command-line.ts'

const OWN_CURVE = 'load/drain/curves/three-regions.csv'
/** What the portal took on the two-core machine of docs/bench.md. */
const CAPACITY_PER_SECOND = 5_000
const LONGEST_OWN_SECONDS = 3_600
/** Of the time that the log needs for all reports: a curve of days is laid over that, or nobody would ever wait. */
const LONG_CURVE_SHARE = 3

const USAGE = `Usage: npm run drain -- [options]
  --phones N         phones that come back, each with one report (default 500000)
  --curve FILE       CSV: a time (seconds or ISO 8601) and a value; when phones come back (default: ${OWN_CURVE})
  --time-column C    its column of times, by heading or number (default: the first)
  --value-column C   its column of values (default: value, demand, reports, phones or customers_out; else the first of numbers)
  --minutes N        lays the curve over N minutes (default: its own time; longer than an hour: ${LONG_CURVE_SHARE} times what the log needs)
  --capacity N       reports a second that the log takes (default ${CAPACITY_PER_SECOND})
  --expected N       reports that the utility had reckoned with: sets the spread (default: as many as phones)
  --told S           share of the phones that had heard the spread before they were cut off (default 0.95)
  --hazards S        share of the reports that name a hazard (default 0.02)
  --asleep S         share of longer waits that a phone sleeps past (default 0.1), by up to --sleep-seconds N (default 30)
  --lost-answers S   share of the answers that never arrive (default 0.002)
  --seed N           another drill (default 1)
  --json             the last line of standard output is one JSON object
On a clock of its own; nothing is started, and no network is used. See docs/drain.md.`

interface Request {
  plan: DrainPlan
  /** As it was typed. */
  curve: string
  columns: { time?: string; value?: string }
  minutes: number | null
  json: boolean
}

function readRequest(): Request | null {
  const text = (preset: string) => ({ type: 'string', default: preset }) as const
  const { values } = parseArgs({
    options: {
      phones: text('500000'), capacity: text(String(CAPACITY_PER_SECOND)), seed: text('1'),
      hazards: text('0.02'), told: text('0.95'), asleep: text('0.1'), 'sleep-seconds': text('30'), 'lost-answers': text('0.002'),
      expected: { type: 'string' }, minutes: { type: 'string' }, curve: { type: 'string' },
      'time-column': { type: 'string' }, 'value-column': { type: 'string' },
      json: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return null
  const phones = number(values.phones, 'phones', 1, 2_000_000, true)
  const plan: DrainPlan = {
    phones,
    capacityPerSecond: number(values.capacity, 'capacity', 1, 1_000_000),
    expectedReports: values.expected === undefined ? phones : number(values.expected, 'expected', 1, 1e9, true),
    told: number(values.told, 'told', 0, 1),
    hazards: number(values.hazards, 'hazards', 0, 1),
    asleep: number(values.asleep, 'asleep', 0, 1),
    sleepSeconds: number(values['sleep-seconds'], 'sleep-seconds', 0, 86_400),
    lostAnswers: number(values['lost-answers'], 'lost-answers', 0, 0.9),
    seed: number(values.seed, 'seed', 0, 0xffff_ffff, true),
  }
  return {
    plan,
    curve: values.curve ?? OWN_CURVE,
    columns: { time: values['time-column'], value: values['value-column'] },
    minutes: values.minutes === undefined ? null : number(values.minutes, 'minutes', 1e-6, 1e6),
    json: values.json,
  }
}

function number(text: string, name: string, least: number, most: number, whole = false): number {
  const value = Number(text)
  if (text.trim() === '' || !(value >= least && value <= most) || (whole && !Number.isInteger(value))) {
    throw new UsageError(`--${name} takes a ${whole ? 'whole ' : ''}number from ${least} to ${most}.`)
  }
  return value
}

function run({ plan, curve: file, columns, minutes, json }: Request): void {
  const startMs = performance.now()
  const say = (text: string) => void (json ? process.stderr : process.stdout).write(`${text}\n`)
  const path = file === OWN_CURVE ? new URL(`../${OWN_CURVE}`, import.meta.url) : pathFrom(file)
  const own = parseCurve(readFileSync(path, 'utf8'), columns)
  const longest = durationSeconds(own) > LONGEST_OWN_SECONDS ? (LONG_CURVE_SHARE * plan.phones) / plan.capacityPerSecond : durationSeconds(own)
  const curve = stretched(own, minutes === null ? longest : minutes * 60)
  const seconds = Math.round(durationSeconds(curve) * 1_000) / 1_000
  say(`${plan.phones} phones come back over ${seconds} s; the log takes ${plan.capacityPerSecond} reports a second`)
  const demand = planDemand(plan, curve)
  const kind = runDrain(plan, demand, 'kind')
  say('the same with plain exponential backoff')
  const plain = runDrain(plan, demand, 'plain')
  const tookSeconds = Math.round((performance.now() - startMs) / 1_000)
  say(`\n${describeDrain(kind, plain)}\n`)
  if (json) {
    const { capacityPerSecond: capacity, seed, phones, ...settings } = plan
    process.stdout.write(`${JSON.stringify({ ...kind, plain, seed, phones, capacity, curve: file, curveSeconds: seconds, ...settings, tookSeconds })}\n`)
  }
}

try {
  const request = readRequest()
  if (request === null) process.stdout.write(`${USAGE}\n`)
  else run(request)
} catch (error) {
  tellFailure(error, USAGE, (cause) => cause instanceof CurveError || ['ENOENT', 'EISDIR', 'EACCES'].includes((cause as { code?: string }).code ?? ''))
}
