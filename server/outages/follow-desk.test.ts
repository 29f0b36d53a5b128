import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { freshDatabase } from '../../bin/test-support/fresh-database.ts'
import { freshRedis } from '../../bin/test-support/fresh-redis.ts'
import { temporaryFolder } from '../../bin/test-support/temporary-folder.ts'
import { systemClock, systemRandom } from '../../domain/clock.ts'
import { sampleFollowUp, sampleHandled, sampleNewEvent, sampleReport, seededFraction } from '../../processes/projector/sample-events.ts'
import { startProjector } from '../../processes/projector/start-projector.ts'
import type { EventLog } from '../platform/event-log/event-log.ts'
import { openEventLog } from '../platform/event-log/open-event-log.ts'
import { createLogger } from '../platform/logger.ts'
import { metrics } from '../platform/metrics.ts'
import { createReadSources } from '../platform/read-sources.ts'
import { formatDeskPosition } from './desk-position.ts'
import type { DeskMessage } from './desk-session.ts'
import { createDeskFeed, type DeskFeed } from './follow-desk.ts'
import { listDeskReports } from './list-desk-reports.ts'

const within = { timeout: 20_000, interval: 20 }
const logger = createLogger('test', 'silent')
const folder = temporaryFolder()
const NO_STORE = { redisUrl: 'redis://127.0.0.1:1', databaseUrl: 'postgres://x:x@127.0.0.1:9/x' }
let stores: { databaseUrl: string; redisUrl: string }
let log: EventLog
let stopProjector: () => Promise<void>
let number = 0

const openLog = (node: string) => openEventLog({ url: `sqlite:${folder}/event-log.sqlite`, clock: systemClock, region: 'test', node })
const append = async (count = 1): Promise<string[]> => {
  const reports = Array.from({ length: count }, () => sampleReport(++number))
  await log.append(reports.map(sampleNewEvent))
  return reports.map(({ reportId }) => reportId)
}

beforeAll(async () => {
  stores = { databaseUrl: await freshDatabase(), redisUrl: await freshRedis() }
  log = await openLog('test')
  stopProjector = await startProjector({ log, ...stores, clock: systemClock, random: systemRandom, logger })
})
afterAll(async () => {
  await stopProjector()
  await log.close()
})

/** The live desk of a process of its own. */
async function webProcess(reachable: Partial<typeof stores> = stores): Promise<DeskFeed> {
  const own = await openLog('web')
  const sources = createReadSources({ ...NO_STORE, ...reachable })
  const feed = createDeskFeed({ log: () => Promise.resolve(own), sources, clock: systemClock, logger })
  onTestFinished(async () => {
    feed.close()
    await sources.close()
    await own.close()
  })
  return feed
}

interface Listener {
  messages: DeskMessage[]
  ids(): string[]
  position(): string | null
  leave(): Promise<void>
}

function listen(feed: DeskFeed, since: string | null): Listener {
  const stop = new AbortController()
  const messages: DeskMessage[] = []
  const following = (async () => {
    for await (const message of feed.follow(since, stop.signal)) messages.push(message)
  })()
  const leave = async () => {
    stop.abort()
    await following
  }
  onTestFinished(leave)
  return { messages, leave, ids: () => messages.flatMap(({ rows }) => rows.map(({ id }) => id)), position: () => messages.at(-1)?.position ?? since }
}

const upstreamReads = async () => (await metrics.getSingleMetric('stormdoor_desk_upstream_reads_total')!.get()).values[0]!.value

const begun = (...listeners: Listener[]) => vi.waitFor(() => expect(listeners.every(({ messages }) => messages.length > 0)).toBe(true), within)

describe('the live desk @nodes', () => {
  it('tells each change to every listener of every process, with what it is now', async () => {
    const [one, two] = await Promise.all([webProcess(), webProcess()])
    const listeners = [listen(one, null), listen(one, null), listen(two, null)]
    await begun(...listeners)
    for (const { messages } of listeners) expect(messages).toEqual([{ position: expect.any(String), rows: [], reload: true }])
    const [id] = await append()
    await vi.waitFor(() => expect(listeners.map((listener) => listener.ids())).toEqual([[id], [id], [id]]), within)
    await log.append([sampleNewEvent(sampleHandled(number, 0, 'claimed'))])
    await vi.waitFor(() => expect(listeners.map(({ messages }) => messages.at(-1)?.rows[0]?.handling.state)).toEqual(['claimed', 'claimed', 'claimed']), within)
    expect(listeners[0]!.messages.at(-1)).toBe(listeners[1]!.messages.at(-1))
  })

  it('goes on from a list that was read, without a gap and with nothing more', async () => {
    const sources = createReadSources(stores)
    onTestFinished(() => sources.close())
    const [before] = await append()
    const { position } = await vi.waitFor(async () => {
      const list = await listDeskReports(sources, { limit: 1_000 })
      expect(list.reports.map(({ id }) => id)).toContain(before)
      return list
    }, within)
    const ids = await append(3)
    const listener = listen(await webProcess(), formatDeskPosition(position!))
    await vi.waitFor(() => expect(listener.ids()).toEqual(expect.arrayContaining(ids)), within)
    // The list may hold more than its position says, never less: the last one before may be told again.
    expect(ids).toEqual(expect.arrayContaining(listener.ids().filter((id) => id !== before)))
    expect(listener.messages.some(({ reload }) => reload)).toBe(false)
  })

  it.each([1, 2])('leaves no gap when it is cut at random, here and at another process (seed %i)', async (seed) => {
    const fraction = seededFraction(seed)
    const feeds = await Promise.all([webProcess(), webProcess(), webProcess({ databaseUrl: stores.databaseUrl })])
    let listener = listen(feeds[0], null)
    await begun(listener)
    const [seen, sent] = [new Set<string>(), new Set<string>()]
    for (let cut = 0; cut < 12; cut++) {
      for (const id of await append(1 + Math.floor(fraction() * 4))) sent.add(id)
      if (fraction() < 0.5) await vi.waitFor(() => expect(listener.messages.length).toBeGreaterThan(0), within)
      await listener.leave()
      for (const id of listener.ids()) seen.add(id)
      expect(listener.messages.some(({ reload }) => reload)).toBe(cut === 0)
      // What comes while nobody listens is told too.
      for (const id of await append(Math.floor(fraction() * 3))) sent.add(id)
      listener = listen(feeds[Math.floor(fraction() * feeds.length)]!, listener.position())
    }
    await vi.waitFor(() => expect([...seen, ...listener.ids()]).toEqual(expect.arrayContaining([...sent])), within)
    expect(new Set([...seen, ...listener.ids()])).toEqual(sent)
  })

  it('goes on after a restart of its process, from the log', async () => {
    const former = await webProcess()
    const listener = listen(former, null)
    await begun(listener)
    former.close()
    const ids = await append(2)
    const after = listen(await webProcess(), listener.position())
    await vi.waitFor(() => expect(new Set(after.ids())).toEqual(new Set(ids)), within)
  })

  it('says that the list is to be loaded when it cannot know', async () => {
    const feed = await webProcess()
    const logId = log.logId
    for (const since of ['nonsense', `${logId.slice(1)}x:0=1`, `${logId}:0=abc`, `${logId}:0=-5`]) {
      const listener = listen(feed, since)
      await vi.waitFor(() => expect(listener.messages).toMatchObject([{ rows: [], reload: true }]), within)
    }
  })

  it('tells nothing before it can be read', async () => {
    const feed = await webProcess()
    const listener = listen(feed, null)
    await begun(listener)
    await stopProjector()
    const [id] = await append()
    await log.append([sampleNewEvent(sampleFollowUp(number, 0, { hazards: ['fire'], personal: {} }))])
    // The log was read, and the stores were asked again and again; they have none of it.
    const before = await upstreamReads()
    await vi.waitFor(async () => expect(await upstreamReads()).toBeGreaterThan(before + 6), within)
    expect(listener.ids()).toEqual([])
    stopProjector = await startProjector({ log, ...stores, clock: systemClock, random: systemRandom, logger })
    await vi.waitFor(() => expect(listener.ids()).toContain(id), within)
    await vi.waitFor(() => expect(listener.messages.at(-1)?.rows.at(-1)).toMatchObject({ id, hazards: ['fire'] }), within)
  })
})
