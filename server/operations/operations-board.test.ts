import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { temporaryFolder } from '../../bin/test-support/temporary-folder.ts'
import { systemClock, systemRandom } from '../../domain/clock.ts'
import type { NewEvent } from '../../domain/event.ts'
import type { AccountsSynced, DependencyChanged } from '../../domain/operations.ts'
import { uuidV7 } from '../../domain/uuid.ts'
import { dependencyStates, trackDependency } from '../platform/dependency-states.ts'
import { LogUnavailableError } from '../platform/errors.ts'
import type { EventLog } from '../platform/event-log/event-log.ts'
import { openEventLog } from '../platform/event-log/open-event-log.ts'
import { createLogger } from '../platform/logger.ts'
import { followOperations } from './operations-board.ts'
import { reportDependencies } from './report-dependencies.ts'

const quiet = createLogger('test', 'silent')
const at = '2026-01-31T04:05:06.789Z'
const open = async () => {
  const log = await openEventLog({ url: `sqlite:${join(temporaryFolder(), 'log.sqlite')}`, clock: systemClock, region: 'west', node: 'test' })
  onTestFinished(() => log.close())
  return log
}
const boardOf = (log: () => Promise<EventLog>, clock = systemClock) => {
  const board = followOperations({ log, node: 'web', clock, random: systemRandom, logger: quiet })
  onTestFinished(() => board.close())
  return board
}
const event = <T extends 'dependency.changed.v1' | 'accounts.synced.v1' | 'cache.flipped.v1'>(type: T, data: NewEvent<T>['data'], key = 'key') =>
  ({ id: uuidV7(systemClock, systemRandom), type, key, bodyHash: 'x'.repeat(43), data }) as NewEvent<T>
const changed = (node: string, words: Partial<DependencyChanged> = {}) =>
  event('dependency.changed.v1', { process: 'api', node, dependency: 'postgres', state: 'open', at, reason: 'unreachable', ...words }, node)
const ran = (number: number, words: Partial<AccountsSynced> = {}) =>
  event('accounts.synced.v1', {
    runId: uuidV7(systemClock, systemRandom), kind: 'full', outcome: 'applied', startedAt: at, endedAt: at, asOf: at, cursor: 'secret', rows: number, loaded: 0,
    unchanged: number, closed: 0, rejected: 0, rejectedRows: [], reasons: [], nextRunAt: null, ...words,
  }, 'sync')

it('gathers what processes say, forgets what closed, and keeps the newest runs only @operations', async () => {
  const log = await open()
  await log.append([
    changed('api'), changed('reactors', { at: '2026-01-31T04:05:00.000Z', reason: 'time-out' }),
    changed('api', { dependency: 'redis' }), changed('api', { dependency: 'redis', state: 'closed' }),
  ])
  await log.append([...Array.from({ length: 30 }, (_, number) => ran(number)), ran(30, { outcome: 'refused', reasons: [{ code: 'fewer-accounts', detail: { missing: 10 } }] })])
  await log.append(Array.from({ length: 7 }, (_, number) => ran(50 + number, { kind: 'changes', outcome: 'failed' })))
  await log.append([event('cache.flipped.v1', { at, generation: 'b', previous: 'a', accounts: 30, why: 'full-load' })])
  const board = boardOf(() => Promise.resolve(log))
  await board.ready(20_000)
  const view = board.view()
  expect(view.whole).toBe(true)
  expect(view.down).toEqual([{ dependency: 'postgres', since: '2026-01-31T04:05:00.000Z', processes: ['api', 'reactors'], reasons: ['time-out', 'unreachable'] }])
  expect(view.runs.map(({ kind, rows }) => `${kind} ${rows}`)).toEqual([...[56, 55, 54, 53, 52].map((rows) => `changes ${rows}`), ...[30, 29, 28, 27, 26].map((rows) => `full ${rows}`)])
  expect(view.lastGoodRun).toMatchObject({ rows: 29, outcome: 'applied' })
  expect(JSON.stringify(view)).not.toContain('secret')
  expect(view.flips).toMatchObject([{ generation: 'b' }])
  await log.append([changed('api', { state: 'closed' }), changed('reactors', { state: 'closed' })])
  await vi.waitFor(() => expect(board.view().down).toEqual([]), { timeout: 20_000, interval: 10 })
})

it('takes the word of a process that says no more for a dead one\'s, and of its own node knows better @operations', async () => {
  const log = await open()
  let nowMs = Date.now()
  await log.append([changed('api-7'), changed('web')])
  const board = boardOf(() => Promise.resolve(log), { ...systemClock, nowMs: () => nowMs })
  await board.ready(20_000)
  expect(board.view().down).toMatchObject([{ dependency: 'postgres', processes: ['api-7'] }])
  nowMs += 11 * 60_000
  expect(board.view().down).toEqual([])
  const own = trackDependency('redis')
  own.changed('open', 'time-out')
  expect(board.view().down).toMatchObject([{ dependency: 'redis', processes: ['web'], reasons: ['time-out'] }])
  own.release()
  expect(board.view().down).toEqual([])
})

it('keeps what it knew while the log is away, says that it is, and goes on when it is back @operations', async () => {
  const log = await open()
  await log.append([changed('api')])
  let away = false
  let cut = new AbortController()
  const cuttable: EventLog = {
    ...log,
    partitions: (topic) => log.partitions(topic),
    end: (partition) => (away ? Promise.reject(new Error('connect ECONNREFUSED')) : log.end(partition)),
    read: (partition, after, options) => log.read(partition, after, { ...options, signal: AbortSignal.any([options.signal, cut.signal]) }),
  }
  const board = boardOf(() => Promise.resolve(cuttable))
  await board.ready(20_000)
  away = true
  cut.abort()
  await vi.waitFor(() => expect(board.view().down.map(({ dependency }) => dependency).sort()).toEqual(['event-log', 'postgres']), { timeout: 20_000, interval: 10 })
  await log.append([changed('api', { state: 'closed' })])
  cut = new AbortController()
  away = false
  await vi.waitFor(() => expect(board.view().down).toEqual([]), { timeout: 20_000, interval: 10 })
})

it('tells what it has at first, then what changed, in no hurry and without its callers\' time; what the log lost is told as it stands @operations', async () => {
  let monotonicMs = 0
  let refusing = false
  const appended: DependencyChanged[] = []
  const ids: string[] = []
  const postgres = trackDependency('postgres')
  onTestFinished(() => postgres.release())
  const stop = reportDependencies({
    append: (events) => {
      for (const { id } of events) ids.push(id)
      if (refusing) return Promise.reject(new LogUnavailableError('away'))
      appended.push(...events.map(({ data }) => data as DependencyChanged))
      return Promise.resolve([])
    },
    process: 'api', node: 'api-2', clock: { ...systemClock, monotonicMs: () => monotonicMs }, random: systemRandom,
  })
  onTestFinished(stop)
  // A change of another dependency makes it look again at once; its own is not told before its time.
  const other = trackDependency('core-system')
  onTestFinished(() => other.release())
  const look = async (passedMs: number) => {
    monotonicMs += passedMs
    await Promise.resolve()
    other.changed('closed', null)
    await new Promise((resolve) => setImmediate(resolve))
  }
  const told = () => appended.filter(({ dependency }) => dependency === 'postgres').map(({ state, reason }) => [state, reason])
  await look(0)
  expect(told()).toEqual([['closed', null]])
  postgres.changed('open', 'time-out')
  await look(1_000)
  expect(told()).toHaveLength(1)
  await look(5_000)
  expect(told().slice(1)).toEqual([['open', 'time-out']])
  expect(appended.at(-1)).toMatchObject({ process: 'api', node: 'api-2', at: dependencyStates().find(({ dependency }) => dependency === 'postgres')?.since })
  await look(100_000)
  expect(told()).toHaveLength(2)
  await look(240_000)
  expect(told()).toHaveLength(3)
  refusing = true
  const before = ids.length
  postgres.changed('half-open', null)
  postgres.changed('closed', null)
  await look(5_000)
  await look(5_000)
  expect(told()).toHaveLength(3)
  refusing = false
  await look(5_000)
  expect(told().slice(3)).toEqual([['closed', null]])
  expect(new Set(ids.slice(before)).size, 'the same word under the same id').toBe(1)
})
