import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { systemClock } from '../domain/clock.ts'
import { describeDrill, drillReport, type DrillReport, type SkippedFault } from '../load/brokers/drill-report.ts'
import { setDrillStage, type DrillStage } from '../load/brokers/drill-stage.ts'
import { type FaultName, FAULTS, planFaults } from '../load/brokers/fault-plan.ts'
import { runDrill } from '../load/brokers/run-drill.ts'
import { settle, untilNoLag } from '../load/brokers/settle.ts'
import { onSmallDisk, smallDiskSupport } from '../load/brokers/small-disk.ts'
import { seededRandom } from '../load/seeded-random.ts'
import { openEventLog } from '../server/platform/event-log/open-event-log.ts'
import { tellFailure, UsageError, wholeNumber } from './command-line.ts'
import { demoCustomers } from './demo/demo-customers.ts'
import { loadDemoUtility } from './demo/load-demo-utility.ts'
import { kafkaSupport } from './setup/kafka.ts'
import { SetupError } from './setup/setup-error.ts'
import { interruptible } from './start/interruption.ts'

const USAGE = `Usage: npm run drill:brokers -- [--minutes N] [--rate N] [--seed N] [--faults a,b] [--json]
  --minutes  about how long reports are sent (default 5); every fault comes at least once
  --rate     new reports a second, whether or not earlier ones were answered (default 50)
  --seed     another drill: order, times and victims of the faults, what is said (default 1)
  --faults   only these: ${FAULTS.join(', ')}
  --json     progress to standard error; the last line of standard output is one JSON object
Starts three Kafka brokers and a portal of three nodes of its own on loopback, in a folder that goes afterwards.
Exit code 1 when a report was lost or doubled, never got through, or a receipt was false. Times do not decide it.`

const ACCOUNTS = 500
/** After the last fault: a door may have asked a phone to stay away for half a minute. */
const PATIENCE_MS = 120_000
const MAX_MINUTES = 240
const MAX_RATE = 1000
/** Of the small disk: what brokers make beforehand, and what a report becomes with its copies, match and indexes. */
const DISK_BYTES = 128 * 1024 * 1024
const DISK_BYTES_PER_REPORT = 8 * 1024
/** Set for the same command run again, on a small disk. */
const STAGE_VARIABLE = 'STORMDOOR_DRILL_FOLDER'

interface Request {
  minutes: number
  rate: number
  seed: number
  faults: FaultName[]
  json: boolean
}

function readRequest(): Request | null {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '5' },
      rate: { type: 'string', default: '50' },
      seed: { type: 'string', default: '1' },
      faults: { type: 'string', default: FAULTS.join(',') },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return null
  const names = values.faults.split(',').filter(Boolean)
  const faults = FAULTS.filter((name) => names.includes(name))
  const unknown = names.filter((name) => !faults.includes(name as FaultName))
  if (unknown.length > 0 || faults.length === 0) throw new UsageError(`No such fault: ${unknown.join(', ') || 'none named'}. There are: ${FAULTS.join(', ')}.`)
  return { faults, minutes: wholeNumber(values.minutes, 'minutes', 1, MAX_MINUTES), rate: wholeNumber(values.rate, 'rate', 1, MAX_RATE), seed: wholeNumber(values.seed, 'seed', 0, 0xffff_ffff), json: values.json }
}

/** Resolves to the exit code. */
async function run(request: Request): Promise<number> {
  const missing = kafkaSupport()
  if (missing) throw new SetupError(`The drill needs real Kafka brokers. ${missing}.`)
  const given = process.env[STAGE_VARIABLE]
  if (given) return play(request, given, join(given, 'disk'), null)
  const folder = mkdtempSync(join(tmpdir(), 'stormdoor-drill-'))
  try {
    const noDisk = request.faults.includes('disk-full') ? smallDiskSupport() : null
    if (noDisk === null && request.faults.includes('disk-full')) return await playOnSmallDisk(request, folder)
    return await play(request, folder, null, noDisk)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Runs this command again as one for which a folder is a small disk, and is that command's shadow. */
async function playOnSmallDisk({ minutes, rate }: Request, folder: string): Promise<number> {
  const disk = join(folder, 'disk')
  mkdirSync(disk, { mode: 0o700 })
  const [file, ...args] = onSmallDisk(disk, DISK_BYTES + minutes * 60 * rate * DISK_BYTES_PER_REPORT)
  const again = spawn(file, [...args, process.execPath, ...process.argv.slice(1)], { stdio: 'inherit', env: { ...process.env, [STAGE_VARIABLE]: folder } })
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => again.kill(name))
  const { promise: ended, resolve, reject } = Promise.withResolvers<number>()
  again.once('error', reject)
  again.once('close', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)))
  return ended
}

async function play(request: Request, folder: string, smallDisk: string | null, noDisk: string | null): Promise<number> {
  const { minutes, rate, seed, json } = request
  const startMs = performance.now()
  const say = (text: string, state = '') => {
    const seconds = ((performance.now() - startMs) / 1000).toFixed(1)
    ;(json ? process.stderr : process.stdout).write(`${seconds.padStart(7)} s  ${text.padEnd(64)} ${state}`.trimEnd() + '\n')
  }
  const skipped: SkippedFault[] = noDisk === null ? [] : [{ name: 'disk-full', reason: noDisk }]
  for (const { name, reason } of skipped) say(`SKIPPED ${name}: ${reason}`)
  const faults = request.faults.filter((name) => !skipped.some((one) => one.name === name))
  const interruption = interruptible()
  const { signal } = interruption
  // What this process itself learns from the log is kept beside the drill's data, not beside the user's.
  process.env['STORMDOOR_DATA'] = join(folder, 'portal')
  let stage: DrillStage | undefined
  try {
    say('starting brokers and a portal')
    stage = await setDrillStage({ folder, smallDisk, say: (what) => say(`  ${what}`), signal })
    const plan = planFaults({ minutes, faults, random: seededRandom(seed) })
    const report = await playOn(stage, { plan, rate, seed, say, skipped, signal })
    if (!json) process.stdout.write(`\n${describeDrill(report)}\n\n`)
    process.stdout.write(`${JSON.stringify({ ...report, seed, ratePerSecond: rate, seconds: Math.round((performance.now() - startMs) / 1000) })}\n`)
    return report.ok ? 0 : 1
  } catch (error) {
    if (signal.aborted) return interruption.exitCode
    throw error
  } finally {
    await stage?.strikeDown()
  }
}

interface Performance {
  plan: ReturnType<typeof planFaults>
  rate: number
  seed: number
  say: (text: string, state?: string) => void
  skipped: readonly SkippedFault[]
  signal: AbortSignal
}

async function playOn({ cluster, portal, target }: DrillStage, { plan, rate, seed, say, skipped, signal }: Performance): Promise<DrillReport> {
  await loadDemoUtility({ eventLogUrl: cluster.url, count: ACCOUNTS })
  const { DATABASE_URL: databaseUrl = '', REDIS_URL: redisUrl = '' } = portal.env
  const log = await openEventLog({ url: cluster.url, clock: systemClock, region: 'local', node: 'drill' })
  try {
    const stores = { log, databaseUrl, redisUrl, signal }
    await untilNoLag(stores)
    say(`${ACCOUNTS} accounts loaded; ${plan.faults.length} faults, ${rate} reports a second`)
    const accountNumbers = Array.from(demoCustomers({ count: ACCOUNTS }), ({ accountNumber }) => accountNumber)
    const onNews = (text: string, { saved, received }: { saved: number; received: number }) => say(text, `${String(saved).padStart(6)} saved ${String(received).padStart(6)} received`)
    const drill = await runDrill({ target, plan, url: portal.url, ratePerSecond: rate, seed, accountNumbers, patienceMs: PATIENCE_MS, onNews })
    say('waiting until everything is taken in; then counting')
    const { reckoning, logged } = await settle({ ...stores, run: drill, url: portal.url, logUrl: cluster.url })
    return drillReport(drill, reckoning, logged, skipped)
  } finally {
    await log.close()
  }
}

try {
  const request = readRequest()
  if (request === null) process.stdout.write(`${USAGE}\n`)
  else process.exitCode = await run(request)
} catch (error) {
  tellFailure(error, USAGE)
}
