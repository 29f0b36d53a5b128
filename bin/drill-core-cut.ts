import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { describeMachine } from '../bench/machine.ts'
import { systemClock } from '../domain/clock.ts'
import { type AccessLogFindings, readAccessLog } from '../load/core-cut/access-log.ts'
import { coreCutCourse, coreCutResult, describeCoreCut } from '../load/core-cut/core-cut-result.ts'
import { type Cut, CUTS, parseCut, processesCut } from '../load/core-cut/cut.ts'
import { loadAccountsFromCore } from '../load/core-cut/load-accounts-from-core.ts'
import { readMix, type Shares, sharesOf } from '../load/core-cut/mix.ts'
import { type LoadPlan, planLoad } from '../load/core-cut/plan-load.ts'
import { resultPage } from '../load/core-cut/result-page.ts'
import { runCoreCut } from '../load/core-cut/run-core-cut.ts'
import { CurveError, type DemandCurve, parseCurve } from '../load/drain/demand-curve.ts'
import { signStaffToken } from '../server/identity/staff-token.ts'
import { parseSigningKeys } from '../server/platform/signing-keys.ts'
import { pathFrom, tellFailure, UsageError, wholeNumber } from './command-line.ts'
import { projectFolder } from './setup/project-folder.ts'
import { loadSecrets } from './setup/secrets.ts'
import { SetupError } from './setup/setup-error.ts'
import { type Interruption, interruptible } from './start/interruption.ts'
import { type Stack, startStack } from './supervisor/start-stack.ts'

const OWN_CURVE = 'load/core-cut/curves/evening-squall.csv'
const OWN_FOLDER = '.stormdoor/drills/core-cut'
const MAX_MINUTES = 240
const MAX_RATE = 5_000
const MAX_ACCOUNTS = 3_000_000
const TOKEN_HOURS = 12
/** Nobody's: the drill's staff looks accounts up, and the log says so. */
const DRILL_STAFF = { staffId: '00000000-0000-7000-8000-0000000000d1', role: 'agent' } as const

const USAGE = `Usage: npm run drill:core-cut -- [options]
  --minutes N        how long requests arrive (default 3); a third of that everything that is cut stays dead
  --rate N           requests a second at the curve's peak, whether or not earlier ones were answered (default 200)
  --curve FILE       CSV: a time (seconds or ISO 8601) and a value; laid over the minutes (default: ${OWN_CURVE})
  --time-column C    its column of times, by heading or number (default: the first)
  --value-column C   its column of values (default: value, demand, reports, phones or customers_out; else the first of numbers)
  --from-log FILE    takes the mix, and the curve unless one is given, from an access log in combined format (.gz too)
  --cut A,B          what is killed at the peak (default core,postgres): ${CUTS.join(', ')}
  --accounts N       customers, loaded from the core system as a full load does it (default 20000)
  --seed N           another drill: which requests come, what is said (default 1)
  --out FOLDER       where result.json and result.html go (default: ${OWN_FOLDER})
  --json             progress to standard error; the last line of standard output is one JSON object
Starts a portal of its own on loopback, in a folder that goes afterwards.
Exit code 1 when a report failed, was lost or doubled, or is not at the core system once. Times do not decide it.`

interface Request {
  minutes: number
  rate: number
  curveFile: string | null
  columns: { time?: string; value?: string }
  logFile: string | null
  cuts: Cut[]
  accounts: number
  seed: number
  out: string
  json: boolean
}

function readRequest(): Request | null {
  const text = (preset: string) => ({ type: 'string', default: preset }) as const
  const { values } = parseArgs({
    options: {
      minutes: text('3'), rate: text('200'), accounts: text('20000'), seed: text('1'), cut: text('core,postgres'), out: { type: 'string' },
      curve: { type: 'string' }, 'from-log': { type: 'string' }, 'time-column': { type: 'string' }, 'value-column': { type: 'string' },
      json: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return null
  const cuts = parseCut(values.cut)
  if (!cuts) throw new UsageError(`--cut takes one or more of ${CUTS.join(', ')}, with commas between.`)
  return {
    cuts,
    minutes: wholeNumber(values.minutes, 'minutes', 1, MAX_MINUTES),
    rate: wholeNumber(values.rate, 'rate', 10, MAX_RATE),
    accounts: wholeNumber(values.accounts, 'accounts', 1, MAX_ACCOUNTS),
    seed: wholeNumber(values.seed, 'seed', 0, 0xffff_ffff),
    curveFile: values.curve === undefined ? null : pathFrom(values.curve),
    columns: { time: values['time-column'], value: values['value-column'] },
    logFile: values['from-log'] === undefined ? null : pathFrom(values['from-log']),
    out: values.out === undefined ? join(projectFolder, OWN_FOLDER) : pathFrom(values.out),
    json: values.json,
  }
}

interface Demand {
  shares: Shares
  curve: DemandCurve
  curveName: string
  accessLog: Omit<AccessLogFindings, 'curve' | 'shares'> | null
}

/** Mix and curve, before anything is started. */
async function readDemand({ curveFile, columns, logFile }: Request): Promise<Demand> {
  const routes = readMix()
  const fromFile = (path: string) => parseCurve(readFileSync(path, 'utf8'), columns)
  if (logFile === null) return { shares: sharesOf(routes), curve: fromFile(curveFile ?? join(projectFolder, OWN_CURVE)), curveName: basename(curveFile ?? OWN_CURVE), accessLog: null }
  const { shares, curve, ...accessLog } = await readAccessLog(logFile, routes)
  return { shares, accessLog, ...(curveFile === null ? { curve, curveName: basename(logFile) } : { curve: fromFile(curveFile), curveName: basename(curveFile) }) }
}

/** Resolves to the exit code. */
async function run(request: Request): Promise<number> {
  const { minutes, rate, seed, json, out } = request
  const demand = await readDemand(request)
  const plan = planLoad({ curve: demand.curve, seconds: minutes * 60, peakPerSecond: rate, shares: demand.shares, seed })
  mkdirSync(out, { recursive: true })
  const startMs = performance.now()
  const say = (text: string) => void (json ? process.stderr : process.stdout).write(`${((performance.now() - startMs) / 1_000).toFixed(1).padStart(7)} s  ${text}\n`)
  if (demand.accessLog) tellOfLog(demand.accessLog, say)
  const folder = mkdtempSync(join(tmpdir(), 'stormdoor-core-cut-'))
  // What this process itself learns from the log is kept beside the drill's data, not beside the user's.
  process.env['STORMDOOR_DATA'] = folder
  const interruption = interruptible()
  let stack: Stack | undefined
  try {
    say('starting a portal of its own')
    stack = await startStack({ dataDir: folder, coreAccounts: request.accounts, signal: interruption.signal, step: (what, work) => (say(`  ${what}`), work(() => undefined)) })
    const ok = await play(stack, { request, demand, plan, say, interruption })
    return ok ? 0 : 1
  } catch (error) {
    if (interruption.signal.aborted) return interruption.exitCode
    throw error
  } finally {
    await stack?.stop({ now: true })
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Performance {
  request: Request
  demand: Demand
  plan: LoadPlan
  say: (text: string) => void
  interruption: Interruption
}

/** Resolves to whether the promise held. */
async function play(stack: Stack, { request, demand, plan, say, interruption: { signal } }: Performance): Promise<boolean> {
  const { minutes, rate, cuts, accounts, seed, out, json } = request
  const { seconds } = await loadAccountsFromCore({ url: stack.url, token: loadSecrets(stack.dataDir).preloadToken, signal })
  say(`${accounts} accounts loaded from the core system in ${seconds} s`)
  const keys = parseSigningKeys(stack.env['STORMDOOR_SIGNING_KEYS'] ?? '')
  const staffToken = signStaffToken(keys, systemClock, DRILL_STAFF, ['accounts'], TOKEN_HOURS)
  const processes = processesCut(cuts)
  const played = await runCoreCut({ stack, plan, processes, accounts, staffToken, seed, onNews: say, signal })
  const result = coreCutResult(played, plan, {
    processes, seed, cut: cuts, shares: demand.shares, accessLog: demand.accessLog, machine: describeMachine(stack.dataDir),
    curve: { name: demand.curveName, minutes, peakPerSecond: rate }, accounts: { count: accounts, loadedInSeconds: seconds },
  })
  const course = coreCutCourse(played, plan)
  writeFileSync(join(out, 'result.json'), `${JSON.stringify({ ...result, course }, null, 2)}\n`)
  writeFileSync(join(out, 'result.html'), resultPage(result, course))
  if (!json) process.stdout.write(`\n${describeCoreCut(result)}\n\n`)
  say(`written: ${join(out, 'result.json')} and ${join(out, 'result.html')}`)
  process.stdout.write(`${JSON.stringify(result)}\n`)
  return result.ok
}

function tellOfLog({ requests, unknown, unreadableLines }: NonNullable<Demand['accessLog']>, say: (text: string) => void): void {
  say(`${requests} requests of known routes in the access log; ${unknown.requests} of other paths and ${unreadableLines} unreadable lines are left out`)
  for (const { path, requests } of unknown.paths) say(`  ${String(requests).padStart(7)} ${path}`)
}

try {
  const request = readRequest()
  if (request === null) process.stdout.write(`${USAGE}\n`)
  else process.exitCode = await run(request)
} catch (error) {
  tellFailure(error, USAGE, (cause) => cause instanceof SetupError || cause instanceof CurveError || cause instanceof RangeError)
}
