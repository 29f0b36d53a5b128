import { Redis } from 'ioredis'
import { Client } from 'pg'
import type { EventLog, Partition } from '../server/platform/event-log/event-log.ts'
import { projectionKeys } from '../server/platform/projection-state.ts'

/** A look at both projections' places from outside, over connections of its own. */
interface LagWatch {
  /** Events of the topic `outages` that each projection has not yet applied. Throws when a store is down. */
  look(): Promise<{ postgres: number; redis: number }>
  close(): Promise<void>
}

export async function watchLag(stores: { log: EventLog; databaseUrl: string; redisUrl: string }): Promise<LagWatch> {
  const { log } = stores
  const postgres = new Client({ connectionString: stores.databaseUrl })
  await postgres.connect()
  const redis = new Redis(stores.redisUrl)
  const inPostgres = async (partition: Partition) => {
    const { rows } = await postgres.query<{ position: string | null }>(
      `select position from portal.projection_offset where topic || '/' || partition = $1`,
      [partition],
    )
    return rows[0]?.position ?? null
  }
  return {
    look: async () => {
      const lag = { postgres: 0, redis: 0 }
      for (const partition of await log.partitions('outages')) {
        lag.postgres += await log.countAfter(partition, await inPostgres(partition))
        lag.redis += await log.countAfter(partition, await redis.get(projectionKeys.position(partition)))
      }
      return lag
    },
    close: async () => {
      redis.disconnect()
      await postgres.end()
    },
  }
}
