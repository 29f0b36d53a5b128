import { Redis } from 'ioredis'
import { Client } from 'pg'
import type { EventLog, Partition, Position } from '../../server/platform/event-log/event-log.ts'
import { countAccounts } from '../../server/accounts/account-cache.ts'
import { reportSets } from '../../server/outages/report-cache.ts'
import { projectionKeys } from '../../server/platform/projection-state.ts'
import { splitPartition } from './postgres/postgres-projection.ts'
import { projectedTables } from './postgres/table-digests.ts'
import { partitionsOf, PROJECTED_TOPICS } from './start-projector.ts'

export interface ProjectionStatus {
  /** `empty`: nothing was folded yet; `another-log`: folded from a log that is not this one. */
  state: 'folding' | 'empty' | 'another-log' | 'unreachable'
  partitions: Record<Partition, { position: Position | null; lagRecords: number; currentAt: string | null }>
  /** Rows per table in Postgres; accounts and reports in Redis. */
  rows: Record<string, number>
}

const ANSWER_WITHIN_MS = 5_000
const UNREACHABLE: ProjectionStatus = { state: 'unreachable', partitions: {}, rows: {} }

/** How far both projections are, and what they hold. A store that is away is told as such. */
export async function projectionStatus(log: EventLog, databaseUrl: string, redisUrl: string): Promise<{ postgres: ProjectionStatus; redis: ProjectionStatus }> {
  const [postgres, redis] = await Promise.all([postgresStatus(log, databaseUrl).catch(() => UNREACHABLE), redisStatus(log, redisUrl).catch(() => UNREACHABLE)])
  return { postgres, redis }
}

async function postgresStatus(log: EventLog, databaseUrl: string): Promise<ProjectionStatus> {
  const client = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: ANSWER_WITHIN_MS, query_timeout: 12 * ANSWER_WITHIN_MS })
  client.on('error', () => undefined)
  await client.connect()
  try {
    const tables = await projectedTables(client, 'portal')
    if (tables.length === 0) return { state: 'empty', partitions: {}, rows: {} }
    const rows: Record<string, number> = {}
    for (const table of tables) {
      const counted = await client.query<{ count: string }>(`SELECT count(*) AS count FROM portal.${table}`)
      rows[table] = Number(counted.rows[0]?.count)
    }
    const held = await client.query<{ topic: string; partition: number; log_id: string; position: Position | null; current_at: Date }>('SELECT * FROM portal.projection_offset')
    const partitions: ProjectionStatus['partitions'] = {}
    for (const partition of await partitionsOf(log, PROJECTED_TOPICS)) {
      const [topic, number] = splitPartition(partition)
      const own = held.rows.find((row) => row.topic === topic && row.partition === number && row.log_id === log.logId)
      partitions[partition] = await placeIn(log, partition, own?.position ?? null, own?.current_at.toISOString() ?? null)
    }
    return { state: stateOf(log, held.rows[0]?.log_id ?? null), partitions, rows }
  } finally {
    await client.end()
  }
}

async function redisStatus(log: EventLog, redisUrl: string): Promise<ProjectionStatus> {
  const redis = new Redis(redisUrl, { lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null, connectTimeout: ANSWER_WITHIN_MS, commandTimeout: ANSWER_WITHIN_MS })
  redis.on('error', () => undefined)
  await redis.connect()
  try {
    const [logId, currentAt, accounts, reports] = await Promise.all([
      redis.get(projectionKeys.logId),
      redis.hgetall(projectionKeys.currentAt),
      countAccounts(redis),
      redis.zcard(reportSets.all),
    ])
    const partitions: ProjectionStatus['partitions'] = {}
    for (const partition of await partitionsOf(log, PROJECTED_TOPICS)) {
      const position = logId === log.logId ? await redis.get(projectionKeys.position(partition)) : null
      partitions[partition] = await placeIn(log, partition, position, currentAt[partition] ?? null)
    }
    return { state: stateOf(log, logId), partitions, rows: { account: accounts, outage_report: reports } }
  } finally {
    redis.disconnect()
  }
}

async function placeIn(log: EventLog, partition: Partition, position: Position | null, currentAt: string | null) {
  return { position, lagRecords: await log.countAfter(partition, position), currentAt }
}

function stateOf(log: EventLog, logId: string | null): ProjectionStatus['state'] {
  if (logId === null) return 'empty'
  return logId === log.logId ? 'folding' : 'another-log'
}
