import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { systemClock } from '../domain/clock.ts'
import { loadAccountsFromCore } from '../load/core-cut/load-accounts-from-core.ts'
import type { JMeterRow } from '../load/jmeter/jmeter-figures.ts'
import { type PlanName, PLANS, runPlan } from '../load/jmeter/run-plan.ts'
import { signStaffToken } from '../server/identity/staff-token.ts'
import { parseSigningKeys } from '../server/platform/signing-keys.ts'
import { pathFrom, tellFailure, UsageError, wholeNumber } from './command-line.ts'
import { demoCustomers } from './demo/demo-customers.ts'
import { jmeterSupport, prepareJMeter } from './setup/jmeter.ts'
import { projectFolder } from './setup/project-folder.ts'
import { loadSecrets } from './setup/secrets.ts'
import { interruptible } from './start/interruption.ts'
import { startStack } from './supervisor/start-stack.ts'

const OWN_FOLDER = '.stormdoor/load/jmeter'
const OWN_ACCOUNTS = 2_000
const TOKEN_HOURS = 12
/** Nobody's: the plan's staff looks accounts up, and the log says so. */
const PLAN_STAFF = { staffId: '00000000-0000-7000-8000-0000000000d2', role: 'agent' } as const

const USAGE = `Usage: npm run load:jmeter -- [--plan storm|preload] [options]
  --plan      storm: the mix of the drill, as arrivals that wait for no answer (default)
              preload: accounts into the cache by POST /api/v1/preload, row by row or by the batch
  --url       of a portal that runs; without it one is started on loopback, in a folder that goes afterwards
  --accounts  CSV with headings: accountNumber,phone,houseNumber (with --url; of the demo's customers otherwise)
  --token     with --url: storm, of staff (npm run staff-token); preload, of a service that may preload
  --rate N    storm: requests a second (default 50)
  --seconds N storm: how long (default 30)
  --batch N   preload: accounts in one request, 1 to 1000 (default 500); 1 is row by row
  --threads N preload: requests at once (default 4)
  --out       folder for JMeter's samples, log and HTML report (default: ${OWN_FOLDER})
  --json      progress to standard error; the last line of standard output is one JSON object
Needs Java 17 and, the first time, Maven. Latencies are JMeter's own: from when it sent a request.
What JMeter breaks off itself at the end of its schedule is counted apart (cutOff), not as an error.
Exit code 1 when a request was not answered as it should be, or none was answered.`

interface Request {
  plan: PlanName
  target: { url: string; accounts: string; token: string } | null
  properties: Record<string, string>
  out: string
  json: boolean
}

function readRequest(): Request | null {
  const text = (preset: string) => ({ type: 'string', default: preset }) as const
  const { values } = parseArgs({
    options: {
      plan: text('storm'), rate: text('50'), seconds: text('30'), batch: text('500'), threads: text('4'),
      url: { type: 'string' }, accounts: { type: 'string' }, token: { type: 'string' }, out: { type: 'string' },
      json: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return null
  const plan = PLANS.find((name) => name === values.plan)
  if (!plan) throw new UsageError(`--plan takes ${PLANS.join(' or ')}.`)
  const storm = { rate: wholeNumber(values.rate, 'rate', 1, 10_000), seconds: wholeNumber(values.seconds, 'seconds', 1, 86_400) }
  const preload = { batch: wholeNumber(values.batch, 'batch', 1, 1_000), threads: wholeNumber(values.threads, 'threads', 1, 1_000) }
  return {
    plan,
    target: targetOf(values),
    properties: Object.fromEntries(Object.entries(plan === 'storm' ? storm : preload).map(([name, value]) => [name, String(value)])),
    out: values.out === undefined ? join(projectFolder, OWN_FOLDER) : pathFrom(values.out),
    json: values.json,
  }
}

function targetOf({ url, accounts, token }: { url?: string; accounts?: string; token?: string }): Request['target'] {
  if (url === undefined) {
    if (accounts !== undefined || token !== undefined) throw new UsageError('--accounts and --token belong to --url.')
    return null
  }
  if (accounts === undefined || token === undefined) throw new UsageError('--url needs --accounts and --token.')
  return { url, accounts: pathFrom(accounts), token }
}

/** Resolves to the exit code. */
async function run(request: Request): Promise<number> {
  const { plan, properties, out, json } = request
  const say = (line: string) => void (json ? process.stderr : process.stdout).write(`  ${line}\n`)
  const missing = jmeterSupport()
  if (missing) {
    say(`SKIPPED, nothing was measured: ${missing}`)
    process.stdout.write(`${JSON.stringify({ plan, skipped: missing })}\n`)
    return 0
  }
  const jmeter = await prepareJMeter({ say })
  mkdirSync(out, { recursive: true })
  const interruption = interruptible()
  const { signal } = interruption
  const measure = async ({ url, accounts, token }: NonNullable<Request['target']>) => {
    const { hostname, port, protocol } = new URL(url)
    const scheme = protocol.slice(0, -1)
    say(`${plan}: ${Object.entries(properties).map(([name, value]) => `${name} ${value}`).join(', ')}`)
    return runPlan({ jmeter, plan, out, signal, properties: { ...properties, accounts, token, host: hostname, protocol: scheme, port: port || (scheme === 'https' ? '443' : '80') } })
  }
  const measured = await (request.target ? measure(request.target) : onOwnPortal(plan, say, signal, measure)).catch((error: unknown) => {
    if (!signal.aborted) throw error
    return null
  })
  if (measured === null) {
    say('Interrupted: nothing was measured.')
    return interruption.exitCode
  }
  const { total, routes } = measured
  if (!json) process.stdout.write(`\n${table([...routes, total])}\n\n`)
  say(`JMeter's own report: ${join(out, 'report/index.html')}`)
  process.stdout.write(`${JSON.stringify({ plan, ...properties, total, routes })}\n`)
  return total.errors === 0 && total.requests > total.cutOff ? 0 : 1
}

async function onOwnPortal<T>(plan: PlanName, say: (line: string) => void, signal: AbortSignal, measure: (target: NonNullable<Request['target']>) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'stormdoor-jmeter-'))
  try {
    const stack = await startStack({ dataDir: join(folder, 'portal'), coreAccounts: OWN_ACCOUNTS, signal, step: (what, work) => (say(`starting: ${what}`), work(() => undefined)) })
    try {
      const { preloadToken } = loadSecrets(stack.dataDir)
      await loadAccountsFromCore({ url: stack.url, token: preloadToken, signal })
      const staffToken = signStaffToken(parseSigningKeys(stack.env['STORMDOOR_SIGNING_KEYS'] ?? ''), systemClock, PLAN_STAFF, ['accounts'], TOKEN_HOURS)
      const accounts = join(folder, 'accounts.csv')
      writeFileSync(accounts, accountsCsv())
      return await measure({ url: stack.url, accounts, token: plan === 'storm' ? staffToken : preloadToken })
    } finally {
      await stack.stop({ now: true })
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function accountsCsv(): string {
  const lines = ['accountNumber,phone,houseNumber']
  for (const { accountNumber, personal } of demoCustomers({ count: OWN_ACCOUNTS })) lines.push([accountNumber, personal.phones[0], personal.address.line1.split(' ', 1)[0]].join(','))
  return `${lines.join('\n')}\n`
}

function table(rows: readonly JMeterRow[]): string {
  const header = ['SAMPLER', 'REQUESTS', 'ERRORS', 'CUT OFF', 'A SECOND', 'P50 MS', 'P99 MS', 'MAX MS']
  const cells = rows.map(({ name, requests, errors, cutOff, perSecond, p50Ms, p99Ms, maxMs }) => [name, ...[requests, errors, cutOff, perSecond, p50Ms, p99Ms, maxMs].map(String)])
  const widths = header.map((title, column) => Math.max(title.length, ...cells.map((row) => row[column]!.length)))
  return [header, ...cells].map((row) => `  ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join('  ')}`).join('\n')
}

try {
  const request = readRequest()
  if (request === null) process.stdout.write(`${USAGE}\n`)
  else process.exitCode = await run(request)
} catch (error) {
  tellFailure(error, USAGE)
}
