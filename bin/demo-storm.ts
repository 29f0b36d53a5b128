import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { systemClock } from '../domain/clock.ts'
import { seededRandom } from '../load/seeded-random.ts'
import { readLoggedReports, readReportsInPostgres, readReportsInRedis } from '../load/storm/count-holdings.ts'
import type { PhoneEnd } from '../load/storm/phone.ts'
import { type Reckoning, reckon } from '../load/storm/reckoning.ts'
import { runStorm } from '../load/storm/run-storm.ts'
import { planStorm } from '../load/storm/storm-plan.ts'
import { findBadReceipts } from '../load/storm/verify-receipts.ts'
import { openEventLog } from '../server/platform/event-log/open-event-log.ts'
import { stopSignal, tellFailure, wholeNumber } from './command-line.ts'
import { demoCustomers } from './demo/demo-customers.ts'
import { loadDemoUtility } from './demo/load-demo-utility.ts'
import { openStormLog, type StormLog } from './demo/storm-log.ts'
import { stormTarget } from './demo/storm-target.ts'
import { mostNodes } from './supervisor/stack-processes.ts'
import { type Stack, startStack } from './supervisor/start-stack.ts'

const USAGE = `Usage: npm run demo:storm -- [--reports N] [--seed N] [--nodes N] [--kafka] [--json]
  --reports  phones that report during the storm (default 500)
  --seed     another storm: the order of the kills, the times, what is said (default 1)
  --nodes    how many api, web, projector, reactors and sync processes of each (1 to ${mostNodes}, default 1)
  --kafka    over three Kafka brokers of its own, which are killed too; without it an EVENT_LOG_URL on Kafka is
             used, under topics of this storm's own, else SQLite
  --json     progress to standard error; the last line of standard output is one JSON object
Runs on loopback in a data folder of its own, which goes afterwards.
Exit code 1 when a report was lost or doubled or has no receipt.`

const MAX_REPORTS = 20_000
const ACCOUNTS = 1000
/** After the last restart: how long phones may still try, then how long the projections may still fold. */
const PATIENCE_MS = 90_000
const FOLD_LIMIT_MS = 60_000
const FOLD_LOOK_MS = 250

interface Request {
  reports: number
  seed: number
  nodes: number
  kafka: boolean
  json: boolean
}

function readRequest(): Request | null {
  const { values } = parseArgs({
    options: {
      reports: { type: 'string', default: '500' },
      seed: { type: 'string', default: '1' },
      nodes: { type: 'string', default: '1' },
      kafka: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return null
  return {
    reports: wholeNumber(values.reports, 'reports', 1, MAX_REPORTS),
    seed: wholeNumber(values.seed, 'seed', 0, 0xffff_ffff),
    nodes: wholeNumber(values.nodes, 'nodes', 1, mostNodes),
    kafka: values.kafka,
    json: values.json,
  }
}

async function run({ reports, seed, nodes, kafka, json }: Request): Promise<boolean> {
  const startMs = performance.now()
  const say = (text: string, state = '') => {
    const seconds = ((performance.now() - startMs) / 1000).toFixed(1)
    ;(json ? process.stderr : process.stdout).write(`${seconds.padStart(7)} s  ${text.padEnd(56)} ${state}`.trimEnd() + '\n')
  }
  const folder = mkdtempSync(join(tmpdir(), 'stormdoor-storm-'))
  let stack: Stack | undefined
  let log: StormLog | undefined
  const tidy = async (now: boolean) => {
    await stack?.stop({ now })
    await log?.brokers?.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  stopSignal().addEventListener('abort', () => {
    say('stopping')
    void tidy(true).finally(() => process.exit(130))
  })
  try {
    log = await openStormLog({ kafka, given: process.env['EVENT_LOG_URL'], folder, say: (what) => say(`  ${what}`) })
    say(`starting a portal of its own: event log on ${log.words}; ${nodes === 1 ? 'one node' : `${nodes} nodes`}`)
    stack = await startStack({ dataDir: join(folder, 'data'), nodes, coreAccounts: ACCOUNTS, env: log.env, step: (what, work) => (say(`  ${what}`), work(() => undefined)) })
    const { accounts } = await loadDemoUtility({ eventLogUrl: stack.env['EVENT_LOG_URL']!, count: ACCOUNTS })
    const plan = planStorm(reports, seededRandom(seed), { nodes, brokers: log.brokers?.brokers ?? 0 })
    say(`${accounts} accounts loaded; ${reports} phones, ${plan.blows.length} blows`)
    const accountNumbers = Array.from(demoCustomers({ count: ACCOUNTS }), ({ accountNumber }) => accountNumber)
    const onNews = (text: string, { saved, received }: { saved: number; received: number }) =>
      say(text, `${String(saved).padStart(5)} saved ${String(received).padStart(5)} received`)
    const phones = await runStorm({ target: stormTarget(stack, log.brokers), plan, accountNumbers, patienceMs: PATIENCE_MS, onNews })
    say('the storm is over; waiting for the projections')
    const reckoning = await settle(stack, phones)
    const seconds = Math.round((performance.now() - startMs) / 1000)
    if (!json) print(reckoning)
    process.stdout.write(`${JSON.stringify({ ...reckoning, seed, nodes, blows: plan.blows, sends: phones.reduce((sum, { attempts }) => sum + attempts, 0), seconds })}\n`)
    return reckoning.faults.length === 0
  } finally {
    await tidy(false)
  }
}

/** Counts again and again until all is well or the time is up: what a projection has not folded yet is not lost. */
async function settle(stack: Stack, phones: readonly PhoneEnd[]): Promise<Reckoning> {
  const { DATABASE_URL: databaseUrl = '', REDIS_URL: redisUrl = '', EVENT_LOG_URL: url = '' } = stack.env
  const receipts = phones.flatMap(({ id, bodyHash, receipt }) => (receipt === null ? [] : [{ id, bodyHash, receipt }]))
  const bad = new Set(await findBadReceipts(stack.url, receipts))
  const outcomes = phones.map((phone) => ({ ...phone, accepted: phone.accepted && !bad.has(phone.id) }))
  const log = await openEventLog({ url, clock: systemClock, region: 'local', node: 'storm' })
  try {
    const untilMs = performance.now() + FOLD_LIMIT_MS
    for (;;) {
      const [logged, postgres, redis] = await Promise.all([readLoggedReports(log), readReportsInPostgres(databaseUrl), readReportsInRedis(redisUrl)])
      const reckoning = reckon({ phones: outcomes, log: logged, postgres, redis })
      if (reckoning.faults.length === 0 || performance.now() > untilMs) return reckoning
      await systemClock.sleep(FOLD_LOOK_MS)
    }
  } finally {
    await log.close()
  }
}

function print({ faults, ...counts }: Reckoning): void {
  const names: Record<keyof typeof counts, string> = {
    sent: 'sent', accepted: 'accepted', inLog: 'in the log', inPostgres: 'in Postgres', inRedis: 'in Redis', lost: 'lost', doubled: 'doubled', copies: 'copies in the log', conflicts: 'conflicts',
  }
  const lines = Object.entries(names).map(([key, name]) => `  ${name.padEnd(18)}${String(counts[key as keyof typeof counts]).padStart(7)}`)
  const verdict = faults.length === 0 ? ['Nothing lost, nothing doubled.'] : faults
  process.stdout.write(`\n${lines.join('\n')}\n\n${verdict.map((line) => `  ${line}`).join('\n')}\n\n`)
}

try {
  const request = readRequest()
  if (request === null) process.stdout.write(`${USAGE}\n`)
  else if (!(await run(request))) process.exitCode = 1
} catch (error) {
  tellFailure(error, USAGE)
}
