import { DatabaseError, Pool, type ClientBase, type PoolClient } from 'pg'
import type { Clock } from '../../../domain/clock.ts'
import type { Partition, Position } from '../../../server/platform/event-log/event-log.ts'
import { ProjectionMovedError, ProjectionRefusedError, type Projection } from '../projection.ts'
import { writeBatch } from './write-batch.ts'

export interface PostgresProjectionOptions {
  databaseUrl: string
  logId: string
  clock: Clock
  /** The Postgres schema that holds the tables; a rebuild folds into one beside the live one. */
  schema?: string
  /** All that the log has of the projected topics: each has a place, however old, before any of them is folded. */
  partitions?: readonly Partition[]
}

/** Held shared by each batch, and alone by the rebuild while it swaps schemas. */
export const SWAP_LOCK = 7_236_501

const PARTITION = /^([a-z]+)\/(\d+)$/
/** Between two statements of a batch: far longer than folding takes, short enough for a hand-over. */
const SUSPENDED_MS = 4_000
/** Data exceptions and broken constraints: the same batch would fail again. */
const REFUSED_CLASSES = new Set(['22', '23'])

/** The projection in Postgres: one transaction applies a batch and moves the offset. */
export function createPostgresProjection({ databaseUrl, logId, clock, schema = 'portal', partitions = [] }: PostgresProjectionOptions): Projection {
  const pool = new Pool({ connectionString: databaseUrl, max: 4, connectionTimeoutMillis: 3_000, query_timeout: 20_000, keepAlive: true })
  pool.on('error', () => undefined)
  return {
    name: 'postgres',
    load: (partition) => loadOffset(pool, schema, [partition, ...partitions], logId),
    apply: (step, batch) =>
      inTransaction(pool, async (client) => {
        await client.query('SELECT pg_advisory_xact_lock_shared($1)', [SWAP_LOCK])
        await moveOffset(client, schema, { ...step, logId })
        await writeBatch(client, schema, batch)
      }),
    caughtUp: () => Promise.resolve(),
    confirm: async (partition, position) => moveOffset(pool, schema, { partition, expected: position, next: position, newestAt: new Date(clock.nowMs()).toISOString(), logId }),
    refuses: (error) => error instanceof DatabaseError && REFUSED_CLASSES.has(error.code?.slice(0, 2) ?? ''),
    close: () => pool.end(),
  }
}

export function splitPartition(partition: Partition): [topic: string, partition: number] {
  const [, topic, number] = PARTITION.exec(partition) ?? []
  if (!topic) throw new TypeError(`Not a partition: ${partition}`)
  return [topic, Number(number)]
}

/** Of the first partition; all are made known. A database of another log is refused whole, whatever partitions that one had. */
async function loadOffset(pool: Pool, schema: string, partitions: readonly [Partition, ...Partition[]], logId: string): Promise<Position | null> {
  const keys = partitions.map(splitPartition)
  await pool.query(
    `INSERT INTO ${schema}.projection_offset (topic, partition, log_id, position, current_at)
     SELECT topic, partition, $3, NULL, to_timestamp(0) FROM unnest($1::text[], $2::int[]) AS known (topic, partition)
     WHERE NOT EXISTS (SELECT FROM ${schema}.projection_offset WHERE log_id <> $3)
     ORDER BY topic, partition ON CONFLICT (topic, partition) DO NOTHING`,
    [keys.map(([topic]) => topic), keys.map(([, number]) => number), logId],
  )
  const { rows } = await pool.query<{ log_id: string; position: string | null }>(
    `SELECT log_id, position FROM ${schema}.projection_offset WHERE topic = $1 AND partition = $2 OR log_id <> $3 ORDER BY log_id = $3`,
    [...keys[0]!, logId],
  )
  const held = rows[0]
  if (held && held.log_id !== logId) {
    throw new ProjectionRefusedError(`The database is folded from log ${held.log_id}, not from ${logId}: "npm run log:rebuild -- --accept" makes it anew`)
  }
  return held?.position ?? null
}

interface Move {
  partition: Partition
  expected: Position | null
  next: Position | null
  newestAt: string
  logId: string
}

/** First in its transaction: the row lock keeps a second projector from the same batch. */
export async function moveOffset(client: Pool | ClientBase, schema: string, { partition, expected, next, newestAt, logId }: Move): Promise<void> {
  const { rowCount } = await client.query(
    `UPDATE ${schema}.projection_offset SET position = $5, current_at = GREATEST(current_at, $6)
     WHERE topic = $1 AND partition = $2 AND log_id = $3 AND position IS NOT DISTINCT FROM $4`,
    [...splitPartition(partition), logId, expected, next, newestAt],
  )
  if (rowCount !== 1) throw new ProjectionMovedError(`${partition} in Postgres is no longer at ${expected ?? 'the start'}`)
}

/**
 * Without waiting for the disk: rows and offset are lost together or not at all, and the log has both.
 * A projector that is suspended in the middle would hold its rows and its place from the one that took over: Postgres ends it.
 */
async function inTransaction(pool: Pool, work: (client: PoolClient) => Promise<void>): Promise<void> {
  const client = await pool.connect()
  let broken: Error | undefined
  const onError = (error: Error) => {
    broken = error
  }
  client.on('error', onError)
  try {
    await client.query(`BEGIN; SET LOCAL synchronous_commit = off; SET LOCAL idle_in_transaction_session_timeout = ${SUSPENDED_MS}`)
    await work(client)
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK').catch((failure: Error) => {
      broken = failure
    })
    throw error
  } finally {
    client.off('error', onError)
    client.release(broken)
  }
}
