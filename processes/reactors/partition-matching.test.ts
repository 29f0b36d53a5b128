import { afterEach, expect, it, vi } from 'vitest'
import { temporaryFolder } from '../../bin/test-support/temporary-folder.ts'
import { systemClock, systemRandom } from '../../domain/clock.ts'
import type { EventLog, Partition } from '../../server/platform/event-log/event-log.ts'
import { openSeveralPartitions } from '../../server/platform/event-log/several-partitions.fixture.ts'
import { createLogger } from '../../server/platform/logger.ts'
import { ownershipStatus } from '../../server/platform/ownership-status.ts'
import { sampleAccount, sampleNewEvent, sampleReport } from '../projector/sample-events.ts'
import { runMatchingReactor } from './matching-reactor.ts'
import { PartitionMatching, type MatchingReactor } from './partition-matching.ts'

const within = { timeout: 20_000, interval: 20 }
let log: EventLog
afterEach(() => log.close())

function reactorOver(over: EventLog, signal: AbortSignal): MatchingReactor {
  return {
    log: over, signal, clock: systemClock, random: systemRandom, logger: createLogger('test', 'silent'),
    match: (reports) => Promise.resolve(reports.map(({ reportId }) => {
      return { status: 'fulfilled', value: { reportId, accountNumber: '4100', servicePoint: 'SP1', circuit: 'C1', transformer: 'T1', matchedBy: 'phone' } }
    })),
  }
}

const report = (number: number) => sampleNewEvent(sampleReport(number, { acceptedAt: new Date().toISOString() }))

it('leaves a partition quietly to its later owner, and that one\'s cursor alone', async () => {
  log = await openSeveralPartitions(temporaryFolder(), 1, 'test')
  const [first] = await log.append([report(1)])
  await log.saveCursor('matching', 'outages/0', first!.first.position, '0000000000000002')
  await log.append([report(2)])
  const matching = new PartitionMatching(reactorOver(log, new AbortController().signal), { partition: 'outages/0', epoch: '0000000000000001' })
  expect(ownershipStatus().owned).toMatchObject([{ group: 'reactors-matching', partition: 'outages/0', epoch: '0000000000000001' }])
  await matching.run()
  expect(await log.loadCursor('matching', 'outages/0')).toBe(first!.first.position)
  expect(ownershipStatus()).toEqual({ owned: [], lags: [] })
})

it('matches all partitions that this process owns, and reads the accounts once for them', async () => {
  log = await openSeveralPartitions(temporaryFolder(), 2, 'test')
  const read: Partition[] = []
  const counting: EventLog = { ...log, read: (partition, after, options) => (read.push(partition), log.read(partition, after, options)) }
  const stop = new AbortController()
  const running = runMatchingReactor(reactorOver(counting, stop.signal))
  await log.append(Array.from({ length: 12 }, (_, number) => report(number)))
  await vi.waitFor(async () => expect((await log.statistics('outages')).events).toBe(24), within)
  await log.append([sampleNewEvent(sampleAccount(1))])
  await vi.waitFor(() => expect(ownershipStatus().lags.map(({ consumer, partition }) => [consumer, partition])).toEqual([['matching', 'outages/0'], ['matching', 'outages/1']]), within)
  expect(read.filter((partition) => partition.startsWith('accounts/')).sort()).toEqual(['accounts/0', 'accounts/1'])
  expect(new Set(read.filter((partition) => partition.startsWith('outages/')))).toEqual(new Set(['outages/0', 'outages/1']))
  stop.abort()
  await running
  expect(ownershipStatus()).toEqual({ owned: [], lags: [] })
})
