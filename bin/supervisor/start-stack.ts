import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { applyMigrations } from '../../prisma/apply-migrations.ts'
import { coreFileName } from '../../processes/core-sim/core-file-name.ts'
import { build } from '../build/build.ts'
import { seedCore } from '../core/seed-core.ts'
import { freePort } from '../setup/free-port.ts'
import { loadSecrets } from '../setup/secrets.ts'
import { keptPorts } from './kept-ports.ts'
import { stackEnvironment } from './stack-environment.ts'
import { adminPortName, processesOf, specOf, stackRoles, type StackPlan, type StackProcessName, type StackRole } from './stack-processes.ts'
import { Supervisor } from './supervisor.ts'

const readyWithinMs = 60_000
/** All nodes start at once and share the machine. */
const readyPerFurtherNodeMs = 15_000
/** A killed Postgres' children hold its memory for a moment: the next one may give up at first. */
const startAttempts = 5

export interface StackOptions {
  /** Absolute path; made when missing, never emptied. */
  dataDir: string
  /** Public port of api; a free one when not given. */
  port?: number
  /** How many of each process but Postgres, Redis and core-sim, 1 (default) to 9; all api share the public port. */
  nodes?: number
  /** Which processes to run; all when not given. */
  processes?: readonly StackRole[]
  /** Set for every process, over what the stack would set; `DATABASE_URL`, `REDIS_URL` or `CORE_SYSTEM_URL` here: that server is not started. */
  env?: Readonly<Record<string, string | undefined>>
  /** How many of the demo utility's customers the stand-in for the core system has, at least; default 0. */
  coreAccounts?: number
  /** Whether dead processes are started again; default false, so that what a test kills stays dead. */
  restart?: boolean
  /** No lines on stdout; default true. */
  quiet?: boolean
  /** Called when the data folder is ours and leftovers are gone, before anything is launched. */
  beforeLaunch?: () => Promise<void>
  /** Aborted: what has been started is stopped again and the start rejects. */
  signal?: AbortSignal
  /** Runs one named step of the setup; for a display of progress. */
  step?: <T>(what: string, work: (say: (detail: string) => void) => Promise<T>) => Promise<T>
}

export interface Stack {
  /** Public URL, without a slash at its end. */
  url: string
  /** What all processes share: URLs of the stores, secrets. */
  env: Record<string, string>
  dataDir: string
  /** Sends the signal and waits until the process is gone (not for SIGSTOP and SIGCONT). */
  kill(name: StackProcessName, signal?: NodeJS.Signals): Promise<void>
  /** Starts it at the same ports and waits until it is ready; harmless when it runs. */
  start(name: StackProcessName): Promise<void>
  /** null when it does not run. */
  pid(name: StackProcessName): number | null
  /** `http://127.0.0.1:port` of its admin server. */
  adminUrl(name: StackProcessName): string
  /** Ends all in reverse order; `now`: kills all at once. */
  stop(options?: { now?: boolean; onStop?: (names: readonly string[]) => void }): Promise<void>
}

/** Starts a whole portal with its own data folder and waits until all of it is ready; rejects with the process that is not. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { nodes = 1, restart = false, quiet = true, step = (_what, work) => work(() => {}) } = options
  const dataDir = resolve(options.dataDir)
  const port = options.port ?? (await freePort())
  const overrides = options.env ?? {}
  const roles = rolesOf(overrides, options.processes)
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const url = `http://localhost:${port}`
  const supervisor = await Supervisor.open({
    dataDir, url, restart, eventLogUrl: overrides.EVENT_LOG_URL,
    onRestart: (name, delayMs, cause) => quiet || console.log(`  ${name} ended (${cause}); starting it again in ${(delayMs / 1000).toFixed(1)} s`),
  })
  const abandon = () => void supervisor.stopNow()
  options.signal?.addEventListener('abort', abandon, { once: true })
  try {
    await options.beforeLaunch?.()
    if (roles.includes('api') || roles.includes('web')) await build({ step })
    const ports = await keptPorts(dataDir, ['postgres', 'redis', 'core-sim', ...processesOf('web', nodes), ...(roles.includes('search') ? processesOf('search', nodes) : []), ...stackRoles.flatMap((role) => processesOf(role, nodes)).map(adminPortName)])
    const secrets = loadSecrets(dataDir)
    if (roles.includes('core-sim') && options.coreAccounts) await seedStandIn(dataDir, options.coreAccounts, step)
    const env = stackEnvironment({ dataDir, port, ports, secrets, overrides, coreSim: roles.includes('core-sim') })
    const plan = { dataDir, ports, port, nodes, secrets, env }
    await startAll(supervisor, roles, plan, Boolean(overrides.DATABASE_URL), step)
    options.signal?.removeEventListener('abort', abandon)
    options.signal?.throwIfAborted()
    return stackOf(supervisor, plan, url, restart)
  } catch (error) {
    await supervisor.stop()
    throw error
  }
}

/** What is run of what was asked for: no server that was given, in production no stand-in, and nothing that has nothing to do. */
export function rolesOf(given: Readonly<Record<string, string | undefined>>, wanted: readonly StackRole[] = stackRoles): StackRole[] {
  const production = given.STORMDOOR_ENV === 'production'
  const left = new Set<StackRole>()
  if (given.DATABASE_URL) left.add('postgres')
  if (given.REDIS_URL) left.add('redis')
  if (given.CORE_SYSTEM_URL || production) left.add('core-sim')
  if (!given.CORE_SYSTEM_URL && production) left.add('sync')
  return stackRoles.filter((role) => wanted.includes(role) && !left.has(role))
}

async function seedStandIn(dataDir: string, accounts: number, step: NonNullable<StackOptions['step']>): Promise<void> {
  await step('Core system (a stand-in)', (say) => seedCore({ path: join(dataDir, coreFileName), accounts, onProgress: (done) => say(`${done} of ${accounts} customers`) }))
}

async function startAll(supervisor: Supervisor, roles: readonly StackRole[], plan: StackPlan, databaseGiven: boolean, step: NonNullable<StackOptions['step']>): Promise<void> {
  for (const name of roles.filter((one) => one === 'postgres' || one === 'redis')) {
    await step(name === 'postgres' ? 'Postgres' : 'Redis', async (say) => supervisor.start([await specOf(name, { ...plan, say })], readyWithinMs))
  }
  if (roles.includes('postgres') || databaseGiven) await step('Database schema', () => applyMigrations({ databaseUrl: plan.env.DATABASE_URL ?? '' }))
  const rest = roles.filter((one) => one !== 'postgres' && one !== 'redis')
  if (rest.length === 0) return
  const specs = await Promise.all(rest.flatMap((role) => processesOf(role, plan.nodes)).map((name) => specOf(name, plan)))
  const title = `${rest.join(', ')}${plan.nodes > 1 ? ` on ${plan.nodes} nodes` : ''}`
  await step(title, () => supervisor.start(specs, readyWithin(plan.nodes)))
}

function stackOf(supervisor: Supervisor, plan: StackPlan, url: string, restart: boolean): Stack {
  return {
    url,
    env: plan.env,
    dataDir: plan.dataDir,
    kill: (name, signal = 'SIGKILL') => supervisor.get(name).kill(signal),
    start: (name) => startAgain(supervisor, name, restart ? 1 : startAttempts, readyWithin(plan.nodes)),
    pid: (name) => supervisor.get(name).pid,
    adminUrl: (name) => `http://127.0.0.1:${plan.ports[adminPortName(name)]}`,
    stop: ({ now = false, onStop } = {}) => (now ? supervisor.stopNow() : supervisor.stop(onStop)),
  }
}

function readyWithin(nodes: number): number {
  return readyWithinMs + (nodes - 1) * readyPerFurtherNodeMs
}

async function startAgain(supervisor: Supervisor, name: StackProcessName, attempts: number, withinMs: number): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    supervisor.get(name).launch()
    try {
      await supervisor.get(name).waitUntilReady(withinMs)
      return
    } catch (error) {
      if (attempt >= attempts || supervisor.get(name).pid !== null) throw error
    }
  }
}
