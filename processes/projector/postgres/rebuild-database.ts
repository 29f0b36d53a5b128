import { Client } from 'pg'
import type { Clock } from '../../../domain/clock.ts'
import type { EventLog, LogRecord, Partition, Position } from '../../../server/platform/event-log/event-log.ts'
import { verifyRecord } from '../../../server/platform/event-log/verify-record.ts'
import { applyRecords } from '../apply-records.ts'
import { foldBatch } from '../fold-batch.ts'
import { ProjectionMovedError, ProjectionRefusedError, type Projection } from '../projection.ts'
import { partitionsOf, PROJECTED_TOPICS } from '../start-projector.ts'
import { createPostgresProjection, moveOffset, splitPartition, SWAP_LOCK } from './postgres-projection.ts'
import { projectedTables, tableDigests, type TableDigest } from './table-digests.ts'
import { writeBatch } from './write-batch.ts'

export interface RebuildOptions {
  databaseUrl: string
  log: EventLog
  clock: Clock
  /** Swap even when a digest differs. */
  accept: boolean
  signal: AbortSignal
  onProgress?: (applied: number, waiting: number) => void
}

export interface RebuildResult {
  swapped: boolean
  /** Records folded into the new database. */
  applied: number
  /** Records that Postgres refuses and that were passed over. */
  passedOver: number
  tables: { table: string; live: TableDigest | null; rebuilt: TableDigest; equal: boolean }[]
}

export class RebuildUnderWayError extends Error {
  override name = 'RebuildUnderWayError'
}

const LIVE = 'portal'
const NEXT = 'portal_next'
const OLD = 'portal_old'
const REBUILD_LOCK = 7_236_502
const BATCH_RECORDS = 1_000

/**
 * Folds the whole log into tables beside the live ones, brings both to the same place, compares every table
 * and swaps them by renaming, in one transaction; the portal reads and the projector folds meanwhile.
 * Every record is checked against its stored hash: throws CorruptRecordError and leaves the live ones alone.
 */
export async function rebuildDatabase(options: RebuildOptions): Promise<RebuildResult> {
  const client = new Client({ connectionString: options.databaseUrl, keepAlive: true })
  await client.connect()
  try {
    const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [REBUILD_LOCK])
    if (!rows[0]?.locked) throw new RebuildUnderWayError('Another rebuild of this database is under way')
    await makeEmptyCopy(client)
    const counts = await foldBoth(options)
    const compared = await compareAndSwap(client, options)
    await client.query(`DROP SCHEMA IF EXISTS ${OLD} CASCADE; DROP SCHEMA IF EXISTS ${NEXT} CASCADE`)
    return { ...compared, ...counts }
  } finally {
    await client.end()
  }
}

async function makeEmptyCopy(client: Client): Promise<void> {
  const tables = await projectedTables(client, LIVE)
  if (tables.length === 0) throw new Error('The database has no tables yet: "npm run migrate" makes them')
  const copies = tables.map((table) => `CREATE TABLE ${NEXT}.${table} (LIKE ${LIVE}.${table} INCLUDING ALL)`)
  await client.query([`DROP SCHEMA IF EXISTS ${OLD} CASCADE`, `DROP SCHEMA IF EXISTS ${NEXT} CASCADE`, `CREATE SCHEMA ${NEXT}`, ...copies].join(';\n'))
  for (const trigger of await triggersOf(client)) await client.query(trigger)
}

/** LIKE copies none: what refuses changes of the live tables refuses them in the new ones too. */
async function triggersOf(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ definition: string }>(
    'SELECT pg_get_triggerdef(pg_trigger.oid) AS definition FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid WHERE relnamespace = to_regnamespace($1) AND NOT tgisinternal',
    [LIVE],
  )
  return rows.map(({ definition }) => definition.replace(` ON ${LIVE}.`, ` ON ${NEXT}.`))
}

/** Both to the end, so that little is left for the moment in which the projector must wait. */
async function foldBoth({ databaseUrl, log, clock, signal, onProgress }: RebuildOptions): Promise<{ applied: number; passedOver: number }> {
  const counts = { applied: 0, passedOver: 0 }
  const shared = { databaseUrl, logId: log.logId, clock }
  const next = createPostgresProjection({ ...shared, schema: NEXT })
  const live = createPostgresProjection(shared)
  try {
    for (const partition of await partitionsOf(log, PROJECTED_TOPICS)) {
      const count = async (records: readonly LogRecord[]): Promise<void> => {
        counts.applied += records.length
        onProgress?.(counts.applied, await log.countAfter(partition, records.at(-1)!.position))
      }
      await foldToEnd(next, log, partition, signal, count, () => counts.passedOver++)
      await foldToEnd(live, log, partition, signal, () => Promise.resolve(), () => undefined).catch(unlessOfAnotherLog)
    }
    return counts
  } finally {
    await Promise.all([next.close(), live.close()])
  }
}

async function foldToEnd(
  projection: Projection,
  log: EventLog,
  partition: Partition,
  signal: AbortSignal,
  onApplied: (records: readonly LogRecord[]) => Promise<void>,
  onPassedOver: () => void,
): Promise<void> {
  let position = await projection.load(partition)
  const applied: LogRecord[][] = []
  const outcome = { applied: (records: readonly LogRecord[]) => void applied.push([...records]), passedOver: onPassedOver }
  for await (const records of log.read(partition, position, { signal, follow: false, maxRecords: BATCH_RECORDS })) {
    for (const record of records) verifyRecord(record)
    try {
      await applyRecords(projection, partition, position, records, outcome)
    } catch (error) {
      // The projector runs, and is ahead of us on the live tables: there is nothing left to do for it.
      if (error instanceof ProjectionMovedError) return
      throw error
    }
    position = records.at(-1)!.position
    for (const done of applied.splice(0)) await onApplied(done)
  }
  signal.throwIfAborted()
}

/** While the projector waits: nothing moves between the last record, the comparison and the swap. */
async function compareAndSwap(client: Client, { log, accept }: RebuildOptions): Promise<Pick<RebuildResult, 'swapped' | 'tables'>> {
  await client.query('BEGIN')
  await client.query('SELECT pg_advisory_xact_lock($1)', [SWAP_LOCK])
  for (const partition of await partitionsOf(log, PROJECTED_TOPICS)) await bringTogether(client, log, partition)
  const live = await tableDigests(client, LIVE)
  const rebuilt = await tableDigests(client, NEXT)
  const tables = [...rebuilt].map(([table, digest]) => {
    const held = live.get(table) ?? null
    return { table, live: held, rebuilt: digest, equal: held?.digest === digest.digest && held.rows === digest.rows }
  })
  const swapped = accept || tables.every(({ equal }) => equal)
  if (swapped) await client.query(`ALTER SCHEMA ${LIVE} RENAME TO ${OLD}; ALTER SCHEMA ${NEXT} RENAME TO ${LIVE}`)
  await client.query(swapped ? 'COMMIT' : 'ROLLBACK')
  return { swapped, tables }
}

/** The one that is behind is folded up to the other; live tables of another log stay as they are. */
async function bringTogether(client: Client, log: EventLog, partition: Partition): Promise<void> {
  const live = await placeOf(client, LIVE, partition)
  const next = await placeOf(client, NEXT, partition)
  if (!live || live.logId !== log.logId || live.position === next?.position) return
  const [liveLag, nextLag] = [await log.countAfter(partition, live.position), await log.countAfter(partition, next?.position ?? null)]
  const [schema, from, to] = liveLag > nextLag ? [LIVE, live.position, next?.position] : [NEXT, next?.position ?? null, live.position]
  let expected: Position | null = from
  const stop = new AbortController()
  for await (const records of log.read(partition, from, { signal: stop.signal, follow: false, maxRecords: BATCH_RECORDS })) {
    const end = records.findIndex(({ position }) => position === to)
    const due = end === -1 ? records : records.slice(0, end + 1)
    for (const record of due) verifyRecord(record)
    const { position, envelope } = due.at(-1)!
    await moveOffset(client, schema, { partition, expected, next: position, newestAt: envelope.time, logId: log.logId })
    await writeBatch(client, schema, foldBatch(due))
    expected = position
    if (end !== -1) break
  }
  stop.abort()
}

async function placeOf(client: Client, schema: string, partition: Partition): Promise<{ logId: string; position: Position | null } | null> {
  const { rows } = await client.query<{ log_id: string; position: Position | null }>(
    `SELECT log_id, position FROM ${schema}.projection_offset WHERE topic = $1 AND partition = $2`,
    splitPartition(partition),
  )
  return rows[0] ? { logId: rows[0].log_id, position: rows[0].position } : null
}

function unlessOfAnotherLog(error: unknown): void {
  if (!(error instanceof ProjectionRefusedError)) throw error
}
