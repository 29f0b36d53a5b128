import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { freshDatabase } from '../../bin/test-support/fresh-database.ts'
import { freshRedis } from '../../bin/test-support/fresh-redis.ts'
import { temporaryFolder } from '../../bin/test-support/temporary-folder.ts'
import { systemClock, systemRandom } from '../../domain/clock.ts'
import type { OutageMatched, OutageReported } from '../../domain/event.ts'
import type { EventLog } from '../../server/platform/event-log/event-log.ts'
import { openEventLog } from '../../server/platform/event-log/open-event-log.ts'
import { createLogger } from '../../server/platform/logger.ts'
import { sampleAccount, sampleId, sampleNewEvent, sampleReport } from '../projector/sample-events.ts'
import { startProjector } from '../projector/start-projector.ts'

const NOWHERE = { databaseUrl: 'postgresql://nobody:none@127.0.0.1:1/none', redisUrl: 'redis://127.0.0.1:1' }

let url: string
let log: EventLog
let stores: { databaseUrl: string; redisUrl: string }
let stopProjector: () => Promise<void>
let child: ChildProcess | undefined

beforeEach(async () => {
  url = `sqlite:${join(temporaryFolder(), 'event-log.sqlite')}`
  log = await openEventLog({ url, clock: systemClock, region: 'test', node: 'test' })
  stores = { databaseUrl: await freshDatabase(), redisUrl: await freshRedis() }
  stopProjector = await startProjector({ log, ...stores, clock: systemClock, random: systemRandom, logger: createLogger('test', 'silent') })
})
afterEach(async () => {
  await end('SIGKILL')
  await stopProjector()
  await log.close()
})

async function start({ databaseUrl, redisUrl }: { databaseUrl: string; redisUrl: string }, core: Record<string, string> = {}): Promise<string> {
  const env = { ...process.env, ...core, EVENT_LOG_URL: url, DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, ADMIN_PORT: '0', STORMDOOR_NODE: 'reactors', LOG_LEVEL: 'info' }
  child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout!.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const port = await vi.waitFor(() => {
    const found = /"adminPort":(\d+)/.exec(output)
    if (!found) throw new Error('not started')
    return found[1]
  }, { timeout: 40_000, interval: 50 })
  return `http://127.0.0.1:${port}`
}

async function end(signal: NodeJS.Signals): Promise<number | null> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return null
  const closed = once(child, 'close') as Promise<[number | null]>
  child.kill(signal)
  const [code] = await closed
  return code
}

async function report(number: number, place: OutageReported['personal']['place']) {
  const acceptedAt = new Date().toISOString()
  await log.append([sampleNewEvent(sampleReport(number, { acceptedAt, personal: { place, medicalEquipment: false } }))])
}

async function outcomes(): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for await (const batch of log.read('outages/0', null, { signal: new AbortController().signal, follow: false })) {
    for (const { envelope } of batch) {
      if (envelope.type !== 'outage.matched.v1') continue
      const { reportId, accountNumber, matchedBy } = envelope.data as OutageMatched
      expect(found[reportId], 'matched twice').toBeUndefined()
      found[reportId] = `${accountNumber} ${matchedBy}`
    }
  }
  return found
}

const eventually = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 40_000, interval: 50 })

it('matches over real stores, waits while they are down, survives kill -9 and ends at SIGTERM', async () => {
  await log.append([1, 2, 3].map((number) => sampleNewEvent(sampleAccount(number, number === 3 ? { personal: { phones: ['+15551000002'] } } : {}))))
  await report(1, { accountNumber: '4100 000001' })
  await report(2, { phone: '(555) 100-0001' })
  await report(3, { phone: '+1 555 100 0002' })
  await report(4, { phone: '+1 555 100 0002', address: '3 n elm st' })
  await report(5, { address: '2 North Elm Street, Harbor, CA 95404' })
  await report(6, { accountNumber: '4100-000009' })

  let admin = await start(NOWHERE)
  expect((await fetch(`${admin}/readyz`)).status).toBe(200)
  await eventually(async () => expect(await (await fetch(`${admin}/metrics`)).text()).toMatch(/stormdoor_matching_lag_records\{[^}]*\} 6/))
  expect(await outcomes()).toEqual({})
  expect(await end('SIGKILL')).toBeNull()

  admin = await start(stores)
  const expected = {
    [sampleId(1)]: '4100-000001 account-number',
    [sampleId(2)]: '4100-000001 phone',
    [sampleId(4)]: '4100-000003 address',
    [sampleId(5)]: '4100-000002 address',
  }
  await eventually(async () => expect(await outcomes()).toEqual(expected))
  await eventually(async () => expect(await (await fetch(`${admin}/metrics`)).text()).toMatch(/stormdoor_matching_unmatched\{[^}]*\} 2/))
  await end('SIGKILL')

  // Matching does not end with the delivery.
  admin = await start(stores, { CORE_SYSTEM_URL: 'https://core.invalid', CORE_SYSTEM_CA: '/nowhere.pem' })
  await eventually(async () => expect((await fetch(`${admin}/readyz`)).status).toBe(503))
  await log.append([sampleNewEvent(sampleAccount(9))])
  await eventually(async () => expect(await outcomes()).toEqual({ ...expected, [sampleId(6)]: '4100-000009 account-number' }))
  const stopping = performance.now()
  expect(await end('SIGTERM')).toBe(0)
  expect(performance.now() - stopping).toBeLessThan(5_000)
}, 90_000)
