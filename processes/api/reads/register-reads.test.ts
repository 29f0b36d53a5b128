import Fastify from 'fastify'
import { expect, it } from 'vitest'
import { systemClock } from '../../../domain/clock.ts'
import { remainingMs } from '../../../server/platform/deadline.ts'
import { StoreUnavailableError } from '../../../server/platform/guarded-store.ts'
import { utility } from '../../../utility.config.ts'
import { READ_WITHIN_MS, type ReadsContext, registerReads } from './register-reads.ts'

it('gives every read below an answer what is left of its time, and what is no read none @reads', async () => {
  const left: number[] = []
  const store = {
    client: null,
    use: () => {
      left.push(remainingMs())
      return Promise.reject(new StoreUnavailableError('away'))
    },
  }
  const app = Fastify()
  // The stores are asked before anything else of the context is.
  const context = { sources: { redis: store, prisma: store, close: () => Promise.resolve() }, clock: systemClock, utility } as unknown as ReadsContext
  registerReads(app, context)
  app.get('/other', () => String(remainingMs()))
  await app.inject('/api/v1/outage-status')
  expect(left.length).toBeGreaterThanOrEqual(2)
  for (const one of left) {
    expect(one).toBeGreaterThan(0)
    expect(one).toBeLessThanOrEqual(READ_WITHIN_MS)
  }
  expect((await app.inject('/other')).body).toBe('Infinity')
})
