import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { systemClock, systemRandom } from '../domain/clock.ts'
import { endsOfProjected } from '../processes/projector/projection-move.ts'
import { projectionStatus, type ProjectionStatus } from '../processes/projector/projection-status.ts'
import { sampleAccount, sampleNewEvent, sampleReport } from '../processes/projector/sample-events.ts'
import { PROJECTED_TOPICS, startProjector } from '../processes/projector/start-projector.ts'
import { copyCursor } from '../server/platform/event-log/copy-cursor.ts'
import type { EventLog } from '../server/platform/event-log/event-log.ts'
import { openEventLog } from '../server/platform/event-log/open-event-log.ts'
import { createLogger } from '../server/platform/logger.ts'
import { metrics } from '../server/platform/metrics.ts'
import { freshDatabase } from './test-support/fresh-database.ts'
import { freshRedis } from './test-support/fresh-redis.ts'
import { kafkaUrl } from './test-support/kafka-url.ts'
import { temporaryFolder } from './test-support/temporary-folder.ts'

const REPORTS = 3_000
const ACCOUNTS = 400
const CONFLICTS = 25
const never = new AbortController().signal

let folder: string
const opened: EventLog[] = []
const sqlite = (name: string): string => `sqlite:${join(folder, name)}.sqlite`

async function open(url: string, node: string): Promise<EventLog> {
  const log = await openEventLog({ url, clock: systemClock, region: 'test', node })
  opened.push(log)
  return log
}

beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(async () => {
  await Promise.all(opened.splice(0).map((log) => log.close()))
})

interface Told {
  topics: { topic: string; records: number; firsts: number; conflicts: number; digest: string; equal: boolean }[]
  written: number
  resumed: boolean
  verified: boolean
}

interface RunOptions {
  /** Resolves when the command is to be killed. */
  killWhen?: Promise<unknown>
  /** Of the projections that follow. */
  stores?: Record<'DATABASE_URL' | 'REDIS_URL', string>
}

async function run(from: string, to: string, { killWhen, stores }: RunOptions = {}): Promise<{ code: number | null; told: Told | null; stderr: string }> {
  const args = ['--from', from, '--to', to, '--json', ...(stores ? ['--projections'] : [])]
  const child = spawn(process.execPath, [join(import.meta.dirname, 'log-copy.ts'), ...args], {
    env: { ...process.env, STORMDOOR_DATA: join(folder, 'data'), ...stores },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  void killWhen?.then(() => child.kill('SIGKILL'))
  const code = await new Promise<number | null>((resolve) => {
    child.on('close', resolve)
  })
  return { code, told: stdout ? (JSON.parse(stdout) as Told) : null, stderr }
}

async function recordsIn(log: EventLog): Promise<number> {
  const partitions = await log.partitions('outages')
  return (await Promise.all(partitions.map((partition) => log.countAfter(partition, null)))).reduce((sum, count) => sum + count, 0)
}

async function fill(log: EventLog): Promise<void> {
  const reports = Array.from({ length: REPORTS }, (_, number) => sampleNewEvent(sampleReport(number)))
  for (let start = 0; start < REPORTS; start += 500) await log.append(reports.slice(start, start + 500))
  await log.append(reports.slice(0, CONFLICTS).map((report, number) => ({ ...report, bodyHash: sampleNewEvent(sampleReport(REPORTS + number)).bodyHash })))
  await log.append(Array.from({ length: ACCOUNTS }, (_, number) => sampleNewEvent(sampleAccount(number))))
}

const amounts = (told: Told | null) => told?.topics.map(({ topic, firsts, conflicts, digest }) => ({ topic, firsts, conflicts, digest }))

describe('npm run log:copy over Kafka', () => {
  it('to Kafka and back is the log of the beginning, though it was killed -9 on the way', async () => {
    await fill(await open(sqlite('from'), 'filler'))
    const brokers = kafkaUrl({ partitions: '3' })
    const inKafka = await open(brokers, 'witness')
    const reached = expect.poll(() => recordsIn(inKafka), { timeout: 80_000, interval: 5 }).toBeGreaterThanOrEqual(1_200)
    expect((await run(sqlite('from'), brokers, { killWhen: Promise.resolve(reached) })).code, 'it was not killed').toBeNull()
    const there = await run(sqlite('from'), brokers)
    expect([there.code, there.told], there.stderr).toMatchObject([0, { resumed: true, verified: true }])
    expect(there.told!.topics.find(({ topic }) => topic === 'outages')).toMatchObject({ firsts: REPORTS, conflicts: CONFLICTS, equal: true })
    expect(await inKafka.statistics('outages')).toEqual({ events: REPORTS + CONFLICTS, distinctIds: REPORTS, conflicts: CONFLICTS })
    expect((await Promise.all((await inKafka.partitions('outages')).map((partition) => inKafka.end(partition)))).every((end) => end !== null)).toBe(true)
    const back = await run(brokers, sqlite('back'))
    expect([back.code, back.told], back.stderr).toMatchObject([0, { resumed: false, verified: true }])
    expect(amounts(back.told)).toEqual(amounts(there.told))
    const again = await run(sqlite('back'), brokers)
    expect([again.code, again.told], again.stderr).toMatchObject([0, { written: 0, verified: true }])
  })

  it('copies of a record that Kafka holds are dropped, and do not count as conflicts', async () => {
    const brokers = kafkaUrl({ partitions: '2' })
    const nodes = await Promise.all([open(brokers, 'one'), open(brokers, 'two')])
    let number = 0
    await expect
      .poll(async () => {
        const events = Array.from({ length: 100 }, () => sampleNewEvent(sampleReport(number++)))
        await Promise.all(nodes.map((node) => node.append(events)))
        return (await recordsIn(nodes[0])) - number
      }, { timeout: 80_000 })
      .toBeGreaterThan(0)
    const { code, told, stderr } = await run(brokers, sqlite('to'))
    expect(code, stderr).toBe(0)
    const outages = told!.topics.find(({ topic }) => topic === 'outages')!
    expect(outages).toMatchObject({ firsts: number, conflicts: 0, equal: true })
    expect(outages.records).toBeGreaterThan(number)
    expect(await (await open(sqlite('to'), 'reader')).statistics('outages')).toEqual({ events: number, distinctIds: number, conflicts: 0 })
  })

  it('cursors stand at the ends of all partitions, or before what was not seen', async () => {
    const from = await open(sqlite('from'), 'filler')
    await fill(from)
    const brokers = kafkaUrl({ partitions: '3' })
    expect((await run(sqlite('from'), brokers)).code).toBe(0)
    const to = await open(brokers, 'reader')
    await from.saveCursor('current', 'outages/0', (await from.end('outages/0'))!)
    await from.saveCursor('slow', 'outages/0', String(REPORTS - 10))
    expect(await copyCursor(from, to, 'current', 'outages', never)).toBe('at-end')
    expect(await copyCursor(from, to, 'slow', 'outages', never)).toBe('behind')
    const { ends } = await endsOfProjected(to)
    let unseen = 0
    for (const partition of await to.partitions('outages')) {
      expect(await to.loadCursor('current', partition)).toBe(ends.get(partition))
      unseen += await to.countAfter(partition, await to.loadCursor('slow', partition))
    }
    expect(unseen).toBe(10 + CONFLICTS)
  })

  it('projections go on in more partitions than they came from, and fold nothing twice', async () => {
    const [databaseUrl, redisUrl] = [await freshDatabase(), await freshRedis()]
    const project = async (log: EventLog, reports: number): Promise<ProjectionStatus> => {
      const stop = await startProjector({ log, databaseUrl, redisUrl, clock: systemClock, random: systemRandom, logger: createLogger('test', 'silent'), checkEveryMs: 50 })
      try {
        return await vi.waitFor(async () => {
          const { postgres, redis } = await projectionStatus(log, databaseUrl, redisUrl)
          for (const { partitions, rows } of [postgres, redis]) {
            expect(Object.values(partitions).every(({ lagRecords }) => lagRecords === 0)).toBe(true)
            expect(rows['outage_report']).toBe(reports)
          }
          return postgres
        }, { timeout: 80_000, interval: 50 })
      } finally {
        await stop()
      }
    }
    const applied = async (): Promise<number> => {
      const { values } = await metrics.getSingleMetric('stormdoor_projection_applied_total')!.get()
      return values.reduce((sum, { value }) => sum + value, 0)
    }
    const partitions = 3
    const from = await open(sqlite('from'), 'filler')
    await fill(from)
    const before = await project(from, REPORTS)
    const brokers = kafkaUrl({ partitions: String(partitions) })
    const ran = await run(sqlite('from'), brokers, { stores: { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl } })
    expect([ran.code, ran.told], ran.stderr).toMatchObject([0, { projections: { postgres: 'moved', redis: 'moved' } }])
    const to = await open(brokers, 'projector')
    const appliedBefore = await applied()
    await to.append([REPORTS, REPORTS + 1, REPORTS + 2, REPORTS + 3].map((number) => sampleNewEvent(sampleReport(number))))
    const after = await project(to, REPORTS + 4)
    expect(await applied()).toBe(appliedBefore + 2 * 4)
    expect(after.rows).toEqual({ ...before.rows, outage_report: REPORTS + 4, projection_offset: PROJECTED_TOPICS.length * partitions })
  })
})
