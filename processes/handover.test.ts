import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { freshDatabase } from '../bin/test-support/fresh-database.ts'
import { freshRedis } from '../bin/test-support/fresh-redis.ts'
import { temporaryFolder } from '../bin/test-support/temporary-folder.ts'
import { systemClock, systemRandom } from '../domain/clock.ts'
import type { OutageMatched } from '../domain/event.ts'
import type { ProcessStatus } from '../server/platform/admin-server.ts'
import type { EventLog } from '../server/platform/event-log/event-log.ts'
import { openEventLog } from '../server/platform/event-log/open-event-log.ts'
import { createLogger } from '../server/platform/logger.ts'
import { sampleAccount, sampleId, sampleNewEvent, sampleReport, seededFraction } from './projector/sample-events.ts'
import { startProjector } from './projector/start-projector.ts'
import { postgresContents, redisContents } from './projector/store-contents.ts'

const SEED = 20_261_121
const ROUNDS = 3
const NODES = 3
const ACCOUNTS = 20
const within = { timeout: 30_000, interval: 100 }
const kinds = ['projector', 'reactors'] as const
const everything = { projector: ['accounts/0', 'identity/0', 'ops/0', 'outages/0'], 'reactors-delivery': ['outages/0'], 'reactors-matching': ['outages/0'] }

/** One process, started again under its name when it was killed. */
interface Node {
  kind: (typeof kinds)[number]
  child: ChildProcess
  status(this: void): Promise<ProcessStatus>
}

const running = new Set<ChildProcess>()
const endings: (() => unknown)[] = []
afterEach(async () => {
  await Promise.all([...running].map(kill))
  for (const end of endings.splice(0).reverse()) await end()
})

it(`three projectors and three reactors, killed at random: each event applied once, each report matched once (${ROUNDS} rounds, seed ${SEED}) @full`, async () => {
  const fraction = seededFraction(SEED)
  const url = `sqlite:${join(temporaryFolder(), 'event-log.sqlite')}`
  const log = await openEventLog({ url, clock: systemClock, region: 'test', node: 'test' })
  endings.push(() => log.close())
  const stores = { databaseUrl: await freshDatabase(), redisUrl: await freshRedis() }
  const env = { ...process.env, EVENT_LOG_URL: url, DATABASE_URL: stores.databaseUrl, REDIS_URL: stores.redisUrl, ADMIN_PORT: '0', LOG_LEVEL: 'info' }
  const nodes = kinds.flatMap((kind) => Array.from({ length: NODES }, (_, number) => start(kind, number, env)))
  await log.append(Array.from({ length: ACCOUNTS }, (_, number) => sampleNewEvent(sampleAccount(number))))
  await vi.waitFor(async () => expect(await owned(nodes)).toEqual(everything), within)

  const traffic = startTraffic(log, fraction)
  endings.push(() => traffic.stop())
  for (let round = 0; round < ROUNDS; round++) {
    for (const kind of kinds) {
      await systemClock.sleep(fraction() * 300)
      // One that has work, for killing an idle one proves nothing.
      const statuses = await Promise.all(nodes.map(async (node) => ({ node, status: await node.status() })))
      const busy = statuses.filter(({ node, status }) => node.kind === kind && status.owned.length > 0)
      const { node } = busy[Math.floor(fraction() * busy.length)]!
      const name = nodes.indexOf(node)
      await kill(node.child)
      nodes[name] = start(kind, name, env)
      await vi.waitFor(async () => expect(await owned(nodes)).toEqual(everything), within)
    }
  }
  const reports = await traffic.stop()
  expect(reports).toBeGreaterThan(20)
  await vi.waitFor(async () => expect((await matches(log)).length).toBe(reports), within)
  expect((await matches(log)).sort()).toEqual(Array.from({ length: reports }, (_, number) => `${sampleId(number)} ${accountOf(number)}`).sort())
  expect(await log.statistics('outages')).toEqual({ events: 2 * reports, distinctIds: 2 * reports, conflicts: 0 })

  const alone = { databaseUrl: await freshDatabase(), redisUrl: await freshRedis() }
  const stop = await startProjector({ log: { ...log, share: aloneIn(log) }, ...alone, clock: systemClock, random: systemRandom, logger: createLogger('test', 'silent') })
  endings.push(stop)
  await vi.waitFor(async () => expect((await postgresContents(alone.databaseUrl))['outage_match']?.rows).toBe(reports), within)
  await vi.waitFor(async () => expect(await postgresContents(stores.databaseUrl)).toEqual(await postgresContents(alone.databaseUrl)), within)
  await vi.waitFor(async () => expect(await redisContents(stores.redisUrl)).toEqual(await redisContents(alone.redisUrl)), within)
  await vi.waitFor(async () => {
    const lags = (await Promise.all(nodes.map(({ status }) => status()))).flatMap((one) => one.lags.map(({ consumer, partition, records }) => `${consumer} ${partition} ${records}`))
    const folded = ['projector-postgres', 'projector-redis'].flatMap((consumer) => everything.projector.map((partition) => `${consumer} ${partition} 0`))
    expect(lags.sort()).toEqual(['matching outages/0 0', ...folded])
  }, within)
}, 120_000)

function start(kind: Node['kind'], number: number, env: NodeJS.ProcessEnv): Node {
  const child = spawn(process.execPath, [join(import.meta.dirname, kind, 'main.ts')], { env: { ...env, STORMDOOR_NODE: `${kind}-${number + 1}` }, stdio: ['ignore', 'pipe', 'inherit'] })
  running.add(child)
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk))
  return {
    kind,
    child,
    status: async () => {
      const port = /"adminPort":(\d+)/.exec(output)?.[1]
      if (port === undefined) return { process: kind, node: '', ready: false, owned: [], lags: [] }
      return (await (await fetch(`http://127.0.0.1:${port}/status`, { signal: AbortSignal.timeout(2_000) })).json()) as ProcessStatus
    },
  }
}

async function kill(child: ChildProcess): Promise<void> {
  running.delete(child)
  if (child.exitCode !== null || child.signalCode !== null) return
  const closed = once(child, 'close')
  child.kill('SIGKILL')
  await closed
}

/** Partitions by group, over some processes: one that two own stands there twice. */
async function owned(nodes: readonly Node[]): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {}
  for (const { owned } of await Promise.all(nodes.map(({ status }) => status()))) for (const { group, partition } of owned) (found[group] ??= []).push(partition)
  for (const partitions of Object.values(found)) partitions.sort()
  return found
}

const accountOf = (number: number): string => sampleAccount(number % ACCOUNTS).accountNumber

/** @returns ends it, and says how many reports there were */
function startTraffic(log: EventLog, fraction: () => number): { stop(): Promise<number> } {
  const ending = new AbortController()
  const run = async (): Promise<number> => {
    let number = 0
    while (!ending.signal.aborted) {
      const count = 1 + Math.floor(fraction() * 4)
      const reports = Array.from({ length: count }, () => {
        const acceptedAt = new Date().toISOString()
        return sampleNewEvent(sampleReport(number, { acceptedAt, personal: { place: { accountNumber: accountOf(number++) }, medicalEquipment: false } }))
      })
      await log.append(reports)
      await systemClock.sleep(20 + fraction() * 30)
    }
    return number
  }
  const done = run()
  return { stop: () => (ending.abort(), done) }
}

async function matches(log: EventLog): Promise<string[]> {
  const found: string[] = []
  for await (const batch of log.read('outages/0', null, { signal: AbortSignal.timeout(20_000), follow: false })) {
    for (const { envelope } of batch) {
      if (envelope.type !== 'outage.matched.v1') continue
      const { reportId, accountNumber } = envelope.data as OutageMatched
      found.push(`${reportId} ${accountNumber}`)
    }
  }
  return found
}

/** The same log with nobody to share it with. */
function aloneIn(log: EventLog): EventLog['share'] {
  return (group, topics, options) => log.share(`${group}-alone`, topics, options)
}
