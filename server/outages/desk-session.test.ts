import { expect, it, onTestFinished, vi } from 'vitest'
import { systemClock } from '../../domain/clock.ts'
import type { EventLog } from '../platform/event-log/event-log.ts'
import { startDeskSession } from './desk-session.ts'

it('catches up after a failure of the log that is over, and keeps no more answers than it may @desk', async () => {
  const stop = new AbortController()
  onTestFinished(() => stop.abort())
  const countAfter = vi.fn((_partition: string, _after: string | null) => Promise.resolve(0))
  const log = {
    logId: 'log', partitions: () => Promise.resolve(['outages/0']), end: () => Promise.resolve('900'), countAfter,
    read: async function* () {
      // Nothing after any place.
    },
  } as unknown as EventLog
  const reader = { has: () => Promise.resolve({ rows: () => Promise.resolve([]) }), reached: () => Promise.resolve(null) }
  const session = await startDeskSession({ log, reader, clock: systemClock, signal: stop.signal, onRead: () => undefined, tell: () => undefined })
  countAfter.mockRejectedValueOnce(new Error('away'))
  await expect(session.missed('log:0=1')).rejects.toThrow('away')
  expect(await session.missed('log:0=1')).toMatchObject({ rows: [], reload: false })

  const before = countAfter.mock.calls.length
  for (let place = 2; place <= 60; place++) await session.missed(`log:0=${place}`)
  await session.missed('log:0=60')
  expect(countAfter.mock.calls.length - before, 'the newest is shared').toBe(59)
  await session.missed('log:0=2')
  expect(countAfter.mock.calls.length - before, 'the oldest is gone').toBe(60)
})
