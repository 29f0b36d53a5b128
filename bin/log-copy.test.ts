import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { Client } from 'pg'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { systemClock, systemRandom } from '../domain/clock.ts'
import { tableDigests } from '../processes/projector/postgres/table-digests.ts'
import { projectionStatus } from '../processes/projector/projection-status.ts'
import { sampleAccount, sampleMatch, sampleNewEvent, sampleReport, seededFraction } from '../processes/projector/sample-events.ts'
import { PROJECTED_TOPICS, startProjector } from '../processes/projector/start-projector.ts'
import type { EventLog } from '../server/platform/event-log/event-log.ts'
import { openEventLog } from '../server/platform/event-log/open-event-log.ts'
import { createLogger } from '../server/platform/logger.ts'
import { metrics } from '../server/platform/metrics.ts'
import { freshDatabase } from './test-support/fresh-database.ts'
import { freshRedis } from './test-support/fresh-redis.ts'
import { temporaryFolder } from './test-support/temporary-folder.ts'

const SEED = 20_261_121
const within = { timeout: 20_000, interval: 20 }
let folder: string
let from: EventLog
const opened: EventLog[] = []
const urlOf = (name: string): string => `sqlite:${join(folder, name)}.sqlite`

async function open(name: string): Promise<EventLog> {
  const log = await openEventLog({ url: urlOf(name), clock: systemClock, region: 'test', node: 'test' })
  opened.push(log)
  return log
}

beforeEach(async () => {
  folder = temporaryFolder()
  from = await open('from')
})
afterEach(async () => {
  await Promise.all(opened.splice(0).map((log) => log.close()))
})

interface Ran {
  code: number | null
  stdout: string
  stderr: string
}

interface RunOptions {
  env?: Record<string, string>
  started?: (kill: () => void) => void
}

function run(args: string[], { env = {}, started }: RunOptions = {}): Promise<Ran> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'log-copy.ts'), ...args], {
    env: { ...process.env, STORMDOOR_DATA: join(folder, 'data'), DATABASE_URL: '', REDIS_URL: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ran: Ran = { code: null, stdout: '', stderr: '' }
  child.stdout.on('data', (chunk: Buffer) => (ran.stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (ran.stderr += chunk.toString()))
  started?.(() => void child.kill('SIGKILL'))
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ ...ran, code }))
  })
}

const copying = (...more: string[]): string[] => ['--from', urlOf('from'), '--to', urlOf('to'), '--json', ...more]

describe('npm run log:copy', { timeout: 60_000 }, () => {
  it(`survives kill -9 at any point: the next run goes on, and no record is doubled (seed ${SEED}) @full`, async () => {
    const records = 8_000
    for (let start = 0; start < records; start += 2_000) {
      const reports = Array.from({ length: 1_990 }, (_, index) => sampleNewEvent(sampleReport(start + index)))
      const conflicts = reports.slice(0, 10).map((report, index) => ({ ...report, bodyHash: sampleNewEvent(sampleReport(records + start + index)).bodyHash }))
      await from.append([...reports, ...conflicts])
    }
    await from.append([sampleNewEvent(sampleAccount(1))])
    const to = await open('to')
    const fraction = seededFraction(SEED)
    const inTarget: number[] = []
    for (let round = 0; round < 4; round++) {
      const [after, spins] = [Math.floor((round / 4) * records) + 1, Math.floor(fraction() * 400_000)]
      const ended = new AbortController()
      let watched: Promise<void> = Promise.resolve()
      await run(copying(), {
        started: (kill) => {
          watched = onceCopied(to, after, spins, ended.signal, kill)
        },
      })
      ended.abort()
      await watched
      inTarget.push((await to.statistics('outages')).events)
    }
    expect(inTarget.filter((count) => count > 0 && count < records).length, `killed at ${inTarget.join(', ')}`).toBeGreaterThanOrEqual(2)
    const ran = await run(copying())
    expect(ran.code, ran.stderr).toBe(0)
    const told = JSON.parse(ran.stdout) as { topics: { topic: string }[] }
    expect(told).toMatchObject({ from: urlOf('from'), to: urlOf('to'), resumed: true, verified: true, grew: [], projections: null, cursors: { matching: 'none' } })
    expect(told.topics.find(({ topic }) => topic === 'outages')).toEqual({ topic: 'outages', records, firsts: records - 40, conflicts: 40, digest: expect.stringMatching(/^[0-9a-f]{64}$/), equal: true })
    expect(await to.statistics('outages')).toEqual({ events: records, distinctIds: records - 40, conflicts: 40 })
  }, 120_000)

  it('says what is wrong, and ends with exit code 2', async () => {
    await from.append([sampleNewEvent(sampleReport(1))])
    const to = await open('to')
    await to.append([sampleNewEvent(sampleReport(2))])
    const foreign = await run(copying())
    expect([foreign.code, foreign.stderr]).toEqual([2, expect.stringContaining('The target holds events of "outages" that the source does not (1)')])
    const missing = await run(['--from', urlOf('nowhere'), '--to', urlOf('to')])
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining(`There is no log at ${urlOf('nowhere')}`)])
    const none = await run(['--from', urlOf('from')])
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('Usage:')])
  })

  it('says that the source still grows, and that the projections are left', async () => {
    await from.append(Array.from({ length: 3_000 }, (_, number) => sampleNewEvent(sampleReport(number))))
    const stop = new AbortController()
    const growing = (async () => {
      for (let number = 3_000; !stop.signal.aborted; number++) await from.append([sampleNewEvent(sampleReport(number))])
    })()
    const ran = await run(copying('--projections'), { env: { DATABASE_URL: 'postgresql://unused', REDIS_URL: 'redis://unused' } })
    stop.abort()
    await growing
    expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining('The source still grows')])
    expect(JSON.parse(ran.stdout)).toMatchObject({ verified: false, grew: ['source'], cursors: {}, projections: null })
  })
})

/** Calls back once the target has at least so many records, after so many turns of a busy loop. */
async function onceCopied(to: EventLog, records: number, spins: number, signal: AbortSignal, then: () => void): Promise<void> {
  let seen = (await to.statistics('outages')).events
  if (seen < records) for await (const batch of to.read('outages/0', seen === 0 ? null : String(seen), { signal })) if ((seen += batch.length) >= records) break
  for (let turn = 0; turn < spins; turn++) Math.sqrt(turn)
  if (!signal.aborted) then()
}

/** Of each topic, in each store. */
const NOTHING_LEFT = [...PROJECTED_TOPICS, ...PROJECTED_TOPICS].map(() => 0)

describe('projections that follow a copy', { timeout: 60_000 }, () => {
  let databaseUrl: string
  let redisUrl: string

  beforeEach(async () => {
    ;[databaseUrl, redisUrl] = [await freshDatabase(), await freshRedis()]
    const conflict = { ...sampleNewEvent(sampleReport(7, { personal: { place: { address: '9 Other Street' }, medicalEquipment: true } })), bodyHash: sampleNewEvent(sampleReport(99)).bodyHash }
    const facts = [...Array.from({ length: 20 }, (_, number) => sampleAccount(number)), ...Array.from({ length: 30 }, (_, number) => sampleReport(number)), sampleMatch(1, 2)]
    await from.append([...facts.map(sampleNewEvent), conflict])
    await from.saveCursor('matching', 'outages/0', (await from.end('outages/0'))!)
  })

  /** Folds until nothing is left, and stops. */
  async function project(log: EventLog): Promise<void> {
    const stop = await startProjector({ log, databaseUrl, redisUrl, clock: systemClock, random: systemRandom, logger: createLogger('test', 'silent'), checkEveryMs: 50 })
    await vi.waitFor(async () => expect(await lags(log)).toEqual(NOTHING_LEFT), within)
    await vi.waitFor(async () => expect(await asked((redis) => redis.scard('projection:rebuilding'))).toBe(0), within)
    await stop()
  }

  async function lags(log: EventLog): Promise<number[]> {
    const { postgres, redis } = await projectionStatus(log, databaseUrl, redisUrl)
    return [postgres, redis].flatMap(({ partitions }) => Object.values(partitions).map(({ lagRecords }) => lagRecords))
  }

  async function ages(log: EventLog): Promise<(string | null)[]> {
    const { postgres, redis } = await projectionStatus(log, databaseUrl, redisUrl)
    return [postgres, redis].flatMap(({ partitions }) => Object.values(partitions).map(({ currentAt }) => currentAt))
  }

  async function applied(): Promise<number> {
    const { values } = await metrics.getSingleMetric('stormdoor_projection_applied_total')!.get()
    return values.reduce((sum, { value }) => sum + value, 0)
  }

  async function asked<T>(question: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = new Redis(redisUrl)
    try {
      return await question(redis)
    } finally {
      redis.disconnect()
    }
  }

  /** All that was folded: tables of Postgres by digest, keys of Redis by what they hold. */
  async function holdings(): Promise<object> {
    const client = new Client({ connectionString: databaseUrl })
    await client.connect()
    try {
      const tables = Object.fromEntries(await tableDigests(client, 'portal'))
      const keys = await asked(async (redis) => {
        const names = (await redis.keys('*')).filter((name) => !name.startsWith('projection:')).sort()
        return Promise.all(names.map(async (name) => [name, await redis.dumpBuffer(name)]))
      })
      return { tables, keys }
    } finally {
      await client.end()
    }
  }

  const move = (): Promise<Ran> => run(copying('--projections'), { env: { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl } })

  it('go on after it: nothing is folded twice, what comes is folded once, and cursors stand at the end', async () => {
    await project(from)
    const before = await holdings()
    const agesBefore = await ages(from)
    const ran = await move()
    expect(ran.code, ran.stderr).toBe(0)
    expect(JSON.parse(ran.stdout)).toMatchObject({ verified: true, cursors: { matching: 'at-end', 'matching-unmatched': 'none' }, projections: { postgres: 'moved', redis: 'moved' } })
    const to = await open('to')
    expect(await lags(to)).toEqual(NOTHING_LEFT)
    expect(await ages(to)).toEqual(agesBefore)
    expect(await to.loadCursor('matching', 'outages/0')).toBe(await to.end('outages/0'))
    const appliedBefore = await applied()
    await project(to)
    expect(await applied()).toBe(appliedBefore)
    expect(await holdings()).toEqual(before)
    await to.append([sampleReport(100), sampleReport(101), sampleMatch(100, 3), sampleAccount(40)].map(sampleNewEvent))
    await project(to)
    expect(await applied()).toBe(appliedBefore + 2 * 4)
    const { postgres, redis } = await projectionStatus(to, databaseUrl, redisUrl)
    expect(postgres).toMatchObject({ state: 'folding', rows: { account: 21, outage_report: 32, outage_match: 2 } })
    expect(redis).toMatchObject({ state: 'folding', rows: { account: 21, outage_report: 32 } })
  })

  it('moved before are left as they are when the command runs again', async () => {
    await project(from)
    await move()
    const again = await move()
    expect([again.code, JSON.parse(again.stdout)]).toMatchObject([0, { written: 0, projections: { postgres: 'already-there', redis: 'already-there' } }])
  })

  it('that are behind stay where they were, and the command says so', async () => {
    await project(from)
    await from.append([sampleNewEvent(sampleReport(50))])
    const before = await projectionStatus(from, databaseUrl, redisUrl)
    const ran = await move()
    expect(ran.code).toBe(1)
    expect(ran.stderr).toContain('log:rebuild')
    expect(JSON.parse(ran.stdout)).toMatchObject({ verified: true, cursors: { matching: 'behind' }, projections: { postgres: 'behind', redis: 'behind' } })
    expect(await projectionStatus(from, databaseUrl, redisUrl)).toEqual(before)
    expect(before.redis.partitions['outages/0']?.lagRecords).toBe(1)
  })

  it('of another log, and empty ones, are left too', async () => {
    await project(from)
    const other = await open('other')
    await other.append([sampleNewEvent(sampleReport(1))])
    const args = ['--from', urlOf('other'), '--to', urlOf('to'), '--json', '--projections']
    const foreign = await run(args, { env: { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl } })
    expect([foreign.code, JSON.parse(foreign.stdout)]).toMatchObject([1, { projections: { postgres: 'another-log', redis: 'another-log' } }])
    const empty = await run(args, { env: { DATABASE_URL: await freshDatabase(), REDIS_URL: await freshRedis() } })
    expect([empty.code, JSON.parse(empty.stdout)]).toMatchObject([0, { projections: { postgres: 'empty', redis: 'empty' } }])
    expect(await lags(from)).toEqual(NOTHING_LEFT)
    const away = await run(args, { env: { DATABASE_URL: 'postgresql://nobody@127.0.0.1:9/none', REDIS_URL: redisUrl } })
    expect([away.code, away.stderr, JSON.parse(away.stdout)]).toMatchObject([1, expect.stringContaining('Postgres: connect ECONNREFUSED'), { projections: { postgres: 'unreachable' } }])
  })
})
