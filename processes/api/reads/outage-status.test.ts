import Fastify from 'fastify'
import { expect, it } from 'vitest'
import type { OutageStatus } from '../../../domain/outage-status.ts'
import { systemClock } from '../../../domain/clock.ts'
import { ReadsUnavailableError } from '../../../server/platform/errors.ts'
import { outageStatus } from './outage-status.ts'

function reads() {
  let nowMs = 0
  let asked = 0
  let answer: () => Promise<OutageStatus> = () => Promise.reject(new ReadsUnavailableError('both down'))
  const app = Fastify()
  const clock = { ...systemClock, monotonicMs: () => nowMs }
  outageStatus(app, { clock, getOutageStatus: () => (asked++, answer()) })
  return { get: () => app.inject('/api/v1/outage-status'), asked: () => asked, wait: (ms: number) => void (nowMs += ms), answers: (next: typeof answer) => void (answer = next) }
}
const storm: OutageStatus = { level: 'storm', asOf: '2026-01-31T04:05:06.789Z' }

it('asks the stores once for a crowd, and again when it is no longer fresh @reads', async () => {
  const { get, asked, wait, answers } = reads()
  answers(() => Promise.resolve(storm))
  const responses = await Promise.all(Array.from({ length: 100 }, get))
  expect(responses.every(({ statusCode }) => statusCode === 200)).toBe(true)
  expect(responses[0]!.json()).toEqual(storm)
  expect(responses[0]!.headers['cache-control']).toMatch(/^public, max-age=\d/)
  expect(asked()).toBe(1)
  wait(3_001)
  await get()
  expect(asked()).toBe(2)
})

it('keeps the last known level with its age while the stores are dead, and never invents one @reads', async () => {
  const { get, wait, answers } = reads()
  expect((await get()).statusCode).toBe(500)
  answers(() => Promise.resolve(storm))
  expect((await get()).json()).toEqual(storm)
  answers(() => Promise.reject(new ReadsUnavailableError('both down')))
  wait(60_000)
  expect((await get()).json()).toEqual(storm)
})
