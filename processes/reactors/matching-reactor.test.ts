import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { temporaryFolder } from '../../bin/test-support/temporary-folder.ts'
import { systemClock, systemRandom, type Clock } from '../../domain/clock.ts'
import type { OutageMatched, OutageReported } from '../../domain/event.ts'
import { AccountsBehindError } from '../../server/accounts/complete-sources.ts'
import type { MatchTry } from '../../server/outages/match-reports.ts'
import { LogUnavailableError, ReadsUnavailableError } from '../../server/platform/errors.ts'
import type { EventLog } from '../../server/platform/event-log/event-log.ts'
import { openEventLog } from '../../server/platform/event-log/open-event-log.ts'
import { sha256 } from '../../server/platform/hash.ts'
import { createLogger } from '../../server/platform/logger.ts'
import { sampleAccount, sampleFollowUp, sampleHash, sampleId, sampleNewEvent, sampleReport } from '../projector/sample-events.ts'
import { runMatchingReactor } from './matching-reactor.ts'

/** Waits are short, so that a minute passes in a moment. */
const hastyClock: Clock = { ...systemClock, sleep: (durationMs, signal) => systemClock.sleep(Math.min(durationMs, 5), signal) }

let log: EventLog
let accounts: Map<string, OutageMatched['matchedBy']>
let available: boolean
let asked: string[]
/** Reports that cannot be decided while accounts are on their way, and how long each try would have waited for them. */
let undecided: Set<string>
let waitsMs: number[]
let running: { stop: () => Promise<void> } | undefined

async function match(reports: readonly OutageReported[], waitMs: number): Promise<MatchTry[]> {
  asked.push(...reports.map(({ reportId }) => reportId))
  if (!available) throw new ReadsUnavailableError('both are down')
  return reports.map(({ reportId, personal: { place: { accountNumber = '' } } }) => {
    if (undecided.has(reportId)) {
      waitsMs.push(waitMs)
      return { status: 'rejected', reason: new AccountsBehindError('on their way') }
    }
    const matchedBy = accounts.get(accountNumber)
    return { status: 'fulfilled', value: matchedBy ? { reportId, accountNumber, servicePoint: 'SP1', circuit: 'C1', transformer: 'T1', matchedBy } : null }
  })
}

/** Returns the end without waiting for it, as a crash would have it. */
function start(over: EventLog = log): () => void {
  const controller = new AbortController()
  const done = runMatchingReactor({ log: over, match, clock: hastyClock, random: systemRandom, logger: createLogger('test', 'silent'), signal: controller.signal })
  running = {
    stop: async () => {
      controller.abort()
      await done
    },
  }
  return () => controller.abort()
}

async function report(number: number, accountNumber: string, body = 'body') {
  const data = sampleReport(number, {
    acceptedAt: new Date().toISOString(), bodyHash: sha256(body), personal: { place: { accountNumber }, medicalEquipment: false },
  })
  await log.append([{ id: data.reportId, type: 'outage.reported.v1', key: data.reportId, bodyHash: sha256(body), data }])
  return data.reportId
}

async function outcomes(): Promise<[string, string][]> {
  const found: [string, string][] = []
  for await (const batch of log.read('outages/0', null, { signal: new AbortController().signal, follow: false })) {
    for (const { envelope } of batch) {
      if (envelope.type !== 'outage.matched.v1') continue
      const data = envelope.data as OutageMatched
      found.push([data.reportId, data.accountNumber])
    }
  }
  return found
}

const eventually = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 20_000, interval: 20 })

beforeEach(async () => {
  log = await openEventLog({ url: `sqlite:${join(temporaryFolder(), 'event-log.sqlite')}`, clock: systemClock, region: 'test', node: 'test' })
  accounts = new Map([['4100', 'account-number']])
  available = true
  asked = []
  undecided = new Set()
  waitsMs = []
})
afterEach(async () => {
  await running?.stop()
  await log.close()
})

describe('the matching reactor', () => {
  it('logs the account of each report once, over restarts too', async () => {
    const [first, second] = [await report(1, '4100'), await report(2, '4100')]
    start()
    await eventually(async () => expect(await outcomes()).toHaveLength(2))
    await running!.stop()
    start()
    const third = await report(3, '4100')
    await eventually(async () => expect(await outcomes()).toEqual([[first, '4100'], [second, '4100'], [third, '4100']]))
    expect(asked.filter((id) => id === first)).toHaveLength(1)
  })

  it('asks no more for the account of a report that its customer took back, over restarts too', async () => {
    const [kept, withdrawn] = [await report(1, '4200'), await report(2, '4200')]
    start()
    await eventually(async () => expect(asked.filter((id) => id === kept).length).toBeGreaterThan(2))
    await log.append([
      sampleNewEvent(sampleFollowUp(2, 0, { reason: 'power-back' })),
      sampleNewEvent(sampleFollowUp(1, 0, { reason: 'power-back' }, { secretHash: sampleHash('thief') })),
    ])
    const asksAfter = async () => {
      asked = []
      await eventually(async () => expect(asked.filter((id) => id === kept).length).toBeGreaterThan(2))
      return asked.filter((id) => id === withdrawn).length
    }
    await eventually(async () => expect(await asksAfter()).toBe(0))
    await running!.stop()
    start()
    expect(await asksAfter()).toBe(0)
  })

  it('waits while both stores are down, and skips nothing', async () => {
    available = false
    const ids = [await report(1, '4100'), await report(2, '4100')]
    start()
    await eventually(async () => expect(asked.length).toBeGreaterThan(4))
    expect(await log.loadCursor('matching', 'outages/0')).toBeNull()
    expect(await outcomes()).toEqual([])
    available = true
    await eventually(async () => expect((await outcomes()).map(([id]) => id)).toEqual(ids))
  })

  it('tries an unmatched report again, after a restart as well', async () => {
    const [known, unknown] = [await report(1, '4100'), await report(2, '9999')]
    start()
    await eventually(async () => expect(asked.filter((id) => id === unknown).length).toBeGreaterThan(2))
    await running!.stop()
    for (let number = 10; number < 20; number++) await report(number, '4100')
    start()
    await eventually(async () => expect(await outcomes()).toHaveLength(11))
    accounts.set('9999', 'phone')
    await eventually(async () => expect(await outcomes()).toContainEqual([unknown, '9999']))
    expect((await outcomes()).filter(([id]) => id === known)).toHaveLength(1)
    await eventually(async () => expect(await log.loadCursor('matching-unmatched', 'outages/0')).toBe(await log.end('outages/0')))
    await running!.stop()
    const askedBefore = asked.length
    start()
    await report(30, '4100')
    await eventually(async () => expect(await outcomes()).toHaveLength(13))
    expect(asked.slice(askedBefore)).toEqual([sampleId(30)])
  })

  it('lets others pass a report that waits for accounts, and tries it again soon', async () => {
    const patient: Clock = { ...hastyClock, sleep: (durationMs, signal) => (durationMs === 60_000 ? systemClock : hastyClock).sleep(durationMs, signal) }
    const [waiting, next] = [await report(1, '4100'), await report(2, '4100')]
    undecided.add(waiting)
    const controller = new AbortController()
    const done = runMatchingReactor({ log, match, clock: patient, random: systemRandom, logger: createLogger('test', 'silent'), signal: controller.signal })
    await eventually(async () => expect(await outcomes()).toEqual([[next, '4100']]))
    await eventually(async () => expect(await log.loadCursor('matching', 'outages/0')).not.toBeNull())
    await eventually(async () => expect(waitsMs.length).toBeGreaterThan(3))
    expect(waitsMs[0]).toBe(0)
    expect(waitsMs.slice(1).every((waitMs) => waitMs > 0 && waitMs <= 5_000)).toBe(true)
    undecided.clear()
    await eventually(async () => expect(await outcomes()).toEqual([[next, '4100'], [waiting, '4100']]))
    controller.abort()
    await done
  })

  it('ends a round of trying again at the first sixteen that wait for accounts', async () => {
    const tried: number[] = []
    const countingClock: Clock = {
      ...hastyClock,
      sleep: (durationMs, signal) => {
        if (durationMs === 2_000) tried.push(waitsMs.filter((waitMs) => waitMs > 0).length)
        return hastyClock.sleep(durationMs, signal)
      },
    }
    for (let number = 0; number < 40; number++) undecided.add(await report(number, '4100'))
    const controller = new AbortController()
    const done = runMatchingReactor({ log, match, clock: countingClock, random: systemRandom, logger: createLogger('test', 'silent'), signal: controller.signal })
    await eventually(async () => expect(tried.at(-1)).toBeGreaterThan(48))
    expect(tried.every((count, round) => count - (tried[round - 1] ?? 0) <= 16)).toBe(true)
    undecided.clear()
    await eventually(async () => expect(await outcomes()).toHaveLength(40))
    controller.abort()
    await done
  })

  it('leaves a report alone unmatched when it fails by itself, and tries it again', async () => {
    const [failing, next] = [await report(1, '9999'), await report(2, '4100')]
    let failures = 0
    const controller = new AbortController()
    const failOnce = async (reports: readonly OutageReported[], waitMs: number): Promise<MatchTry[]> => {
      if (failures++ === 0) throw new TypeError('no store, but the whole batch')
      const tries = await match(reports, waitMs)
      return tries.map((tried, index) => (reports[index]!.reportId === failing ? { status: 'rejected', reason: new TypeError('this one') } : tried))
    }
    const done = runMatchingReactor({
      log, match: failOnce, clock: hastyClock, random: systemRandom, logger: createLogger('test', 'silent'), signal: controller.signal,
    })
    await eventually(async () => expect(await outcomes()).toEqual([[next, '4100']]))
    await eventually(async () => expect(asked.filter((id) => id === failing).length).toBeGreaterThan(2))
    controller.abort()
    await done
  })

  it('asks for many reports at once', async () => {
    for (let number = 0; number < 60; number++) await report(number, '4100')
    const sizes: number[] = []
    const controller = new AbortController()
    const counted = (reports: readonly OutageReported[], waitMs: number): Promise<MatchTry[]> => {
      sizes.push(reports.length)
      return match(reports, waitMs)
    }
    const done = runMatchingReactor({
      log, match: counted, clock: hastyClock, random: systemRandom, logger: createLogger('test', 'silent'), signal: controller.signal,
    })
    await eventually(async () => expect(await outcomes()).toHaveLength(60))
    expect(sizes).toEqual([50, 10])
    controller.abort()
    await done
  })

  it('gives a report up to the desk after a week', async () => {
    const data = sampleReport(1, { acceptedAt: '2020-01-01T00:00:00.000Z', personal: { place: { accountNumber: '9999' }, medicalEquipment: false } })
    await log.append([{ id: data.reportId, type: 'outage.reported.v1', key: data.reportId, bodyHash: sha256('old'), data }])
    const waiting = await report(2, '9999')
    start()
    await eventually(async () => expect(asked.filter((id) => id === waiting).length).toBeGreaterThan(3))
    expect(asked.filter((id) => id === data.reportId)).toHaveLength(1)
  })

  it('matches the first record of an id, never the other body', async () => {
    const id = await report(1, '9999')
    await report(1, '4100', 'another body')
    const last = await report(2, '4100')
    start()
    await eventually(async () => expect((await outcomes()).map(([matched]) => matched)).toContain(last))
    expect((await outcomes()).map(([matched]) => matched)).not.toContain(id)
  })

  it('does not take another body for a report again after a restart', async () => {
    const waiting = await report(1, '9999')
    const known = await report(2, '4100')
    start()
    await eventually(async () => expect(await outcomes()).toEqual([[known, '4100']]))
    await report(2, '4100', 'another body')
    await eventually(async () => expect(await log.loadCursor('matching', 'outages/0')).toBe(await log.end('outages/0')))
    await running!.stop()
    const askedBefore = asked.length
    start()
    await eventually(async () => expect(asked.slice(askedBefore).filter((id) => id === waiting).length).toBeGreaterThan(1))
    expect(asked.slice(askedBefore)).not.toContain(known)
  })

  it('repeats harmlessly what it did before a crash between outcome and cursor', async () => {
    await report(1, '4100')
    const { promise: lost, reject: lose } = Promise.withResolvers<void>()
    const crash = start({ ...forwarding(log), saveCursor: () => lost })
    await eventually(async () => expect(await outcomes()).toHaveLength(1))
    crash()
    lose(new LogUnavailableError('the process is gone'))
    start()
    await eventually(async () => expect(await log.loadCursor('matching', 'outages/0')).not.toBeNull())
    expect(await outcomes()).toHaveLength(1)
  })

  it('tries again as soon as an account changes', async () => {
    const patient: Clock = { ...hastyClock, sleep: (durationMs, signal) => (durationMs === 60_000 ? systemClock : hastyClock).sleep(durationMs, signal) }
    const controller = new AbortController()
    const done = runMatchingReactor({ log, match, clock: patient, random: systemRandom, logger: createLogger('test', 'silent'), signal: controller.signal })
    const id = await report(1, '9999')
    await eventually(async () => expect(asked).toEqual([id]))
    accounts.set('9999', 'account-number')
    const account = sampleAccount(1)
    await log.append([{ id: sampleId(900), type: 'account.upserted.v1', key: 'A', bodyHash: sha256('a'), data: account }])
    await eventually(async () => expect(await outcomes()).toEqual([[id, '9999']]))
    controller.abort()
    await done
  })
})

function forwarding(target: EventLog): EventLog {
  return {
    logId: target.logId,
    append: (events) => target.append(events),
    find: (topic, id) => target.find(topic, id),
    partitions: (topic) => target.partitions(topic),
    read: (partition, after, options) => target.read(partition, after, options),
    end: (partition) => target.end(partition),
    countAfter: (partition, after) => target.countAfter(partition, after),
    statistics: (topic) => target.statistics(topic),
    loadCursor: (consumer, partition) => target.loadCursor(consumer, partition),
    saveCursor: (consumer, partition, position, epoch) => target.saveCursor(consumer, partition, position, epoch),
    share: (group, topics, options) => target.share(group, topics, options),
    restore: (topic, records) => target.restore(topic, records),
    close: () => target.close(),
  }
}
