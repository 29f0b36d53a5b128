import type { FastifyInstance } from 'fastify'
import type { Clock } from '../../../domain/clock.ts'
import type { OutageStatus } from '../../../domain/outage-status.ts'

/** Everybody asks the same question in a storm: the stores hear it this often at the most. */
const FRESH_MS = 3_000
const MAX_AGE_SECONDS = 5

/** `GET /api/v1/outage-status`. With the stores dead: the last known level, whose age is its `asOf`; 503 when none was ever known. */
export function outageStatus(app: FastifyInstance, context: { clock: Clock; getOutageStatus: () => Promise<OutageStatus> }): void {
  const latest = lastKnown(context)
  app.get('/api/v1/outage-status', async (_request, reply) => {
    const { level, asOf } = await latest()
    return reply
      .headers({ 'content-type': 'application/json', 'cache-control': `public, max-age=${MAX_AGE_SECONDS}, stale-if-error=86400` })
      .send(JSON.stringify({ level, asOf }))
  })
}

/** One question at a time; a failure gives what was known before, if anything was. */
function lastKnown({ clock, getOutageStatus }: { clock: Clock; getOutageStatus: () => Promise<OutageStatus> }): () => Promise<OutageStatus> {
  let known: OutageStatus | null = null
  let askedMs = Number.NEGATIVE_INFINITY
  let asking: Promise<OutageStatus> | null = null
  const ask = async () => {
    try {
      known = await getOutageStatus()
      return known
    } catch (error) {
      if (known) return known
      throw error
    } finally {
      askedMs = clock.monotonicMs()
      asking = null
    }
  }
  return () => {
    if (known && clock.monotonicMs() - askedMs < FRESH_MS) return Promise.resolve(known)
    asking ??= ask()
    return asking
  }
}
