import { createHash } from 'node:crypto'
import { Client } from 'pg'
import { type EventType, eventTypes, type Topic } from '../../../domain/event.ts'
import { AUDITED_TYPES, type AuditRow } from '../../../server/audit/audit-entries-of.ts'
import type { EventLog, LogRecord, Partition, Position } from '../../../server/platform/event-log/event-log.ts'
import { CorruptRecordError, verifyRecord } from '../../../server/platform/event-log/verify-record.ts'
import { foldBatch } from '../fold-batch.ts'
import { partitionsOf } from '../start-projector.ts'
import { AuditDigest, bucketOf, digestOf } from './audit-digest.ts'
import { splitPartition } from './postgres-projection.ts'

/** What a partition held up to a position: kept outside of the portal, it proves later that nothing before was changed or taken away. */
export interface Seal {
  partition: Partition
  position: Position
  records: number
  /** Chained over id, type, clock and hash of each record; base64url. */
  digest: string
}

export interface AuditCheck {
  /** Rows of the table. */
  entries: number
  /** Entries that the log makes, up to where the table is folded. */
  inLog: number
  /** Ids of entries that the log has and the table lacks, that differ, and that the log does not have. No more than MOST_NAMED of each. */
  missing: string[]
  changed: string[]
  foreign: string[]
  /** Records of the log that are not what was written. */
  corrupt: string[]
  /** Partitions of which the table knows more than the log has: the log lost its end. */
  cut: Partition[]
  /** Seals that were given and do not hold. */
  broken: Partition[]
  seals: Seal[]
  ok: boolean
}

const AUDITED_TOPICS: readonly Topic[] = [...new Set([...AUDITED_TYPES].map((type) => eventTypes[type as EventType].topic))].sort()

const BATCH = 2_000
const MOST_NAMED = 1_000

/**
 * Compares the trail in Postgres with what the log, which is the truth, says it must be: every field of every row. Constant memory
 * but for what differs. The portal goes on meanwhile: one state of the table is looked at, and the log up to the same place.
 * @param options.seals of an earlier check of the same log
 */
export async function checkAudit({ databaseUrl, log, signal, seals = [] }: { databaseUrl: string; log: EventLog; signal: AbortSignal; seals?: readonly Seal[] }): Promise<AuditCheck> {
  const client = new Client({ connectionString: databaseUrl, keepAlive: true })
  await client.connect()
  try {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL TIME ZONE 'UTC'")
    const places = await placesOf(client, log)
    const [expected, held] = [new AuditDigest(), new AuditDigest()]
    const read = await readLog(log, places, signal, seals, (row) => expected.add(row))
    for await (const row of rowsOf(client)) held.add(row)
    const differing = expected.differing(held)
    const named = differing.size > 0 ? await nameDifferences(client, log, places, signal, differing) : { missing: [], changed: [], foreign: [] }
    const faults = [named.missing, named.changed, named.foreign, read.corrupt, read.cut, read.broken]
    return { entries: held.entries, inLog: expected.entries, ...named, ...read, ok: differing.size === 0 && faults.every((list) => list.length === 0) }
  } finally {
    await client.end()
  }
}

/** Up to where each partition is folded into the table. */
async function placesOf(client: Client, log: EventLog): Promise<Map<Partition, Position | null>> {
  const { rows } = await client.query<{ topic: string; partition: number; log_id: string; position: Position | null }>('SELECT * FROM portal.projection_offset')
  const places = new Map<Partition, Position | null>()
  for (const partition of await partitionsOf(log, AUDITED_TOPICS)) {
    const [topic, number] = splitPartition(partition)
    const own = rows.find((row) => row.topic === topic && row.partition === number)
    if (own && own.log_id !== log.logId) throw new Error(`The database is folded from log ${own.log_id}, not from ${log.logId}`)
    places.set(partition, own?.position ?? null)
  }
  return places
}

async function readLog(log: EventLog, places: ReadonlyMap<Partition, Position | null>, signal: AbortSignal, seals: readonly Seal[], take: (row: AuditRow) => void): Promise<Pick<AuditCheck, 'corrupt' | 'cut' | 'broken' | 'seals'>> {
  const found: Pick<AuditCheck, 'corrupt' | 'cut' | 'broken' | 'seals'> = { corrupt: [], cut: [], broken: [], seals: [] }
  for (const [partition, place] of places) {
    const seal = seals.find((one) => one.partition === partition)
    let held = seal === undefined
    let chain = ''
    let records = 0
    let reached = place === null
    for await (const batch of log.read(partition, null, { signal, follow: false, maxRecords: BATCH })) {
      for (const { position, envelope } of batch) {
        chain = createHash('sha256').update([chain, envelope.id, envelope.type, envelope.hlc, envelope.hash].join(' ')).digest('base64url')
        records++
        if (position === seal?.position) held = chain === seal.digest && records === seal.records
        if (!isWhole({ position, envelope }) && found.corrupt.length < MOST_NAMED) found.corrupt.push(`${partition} ${position} ${envelope.id}`)
      }
      const end = reached ? -1 : batch.findIndex(({ position }) => position === place)
      if (!reached) for (const row of rowsIn(end === -1 ? batch : batch.slice(0, end + 1))) take(row)
      reached ||= end !== -1
      found.seals = [...found.seals.filter((one) => one.partition !== partition), { partition, position: batch.at(-1)!.position, records, digest: chain }]
    }
    signal.throwIfAborted()
    if (!reached) found.cut.push(partition)
    if (!held) found.broken.push(partition)
  }
  return found
}

function rowsIn(batch: readonly LogRecord[]): AuditRow[] {
  return foldBatch(batch.filter(({ envelope }) => AUDITED_TYPES.has(envelope.type))).auditRows
}

function isWhole(record: Pick<LogRecord, 'position' | 'envelope'>): boolean {
  try {
    verifyRecord(record)
    return true
  } catch (error) {
    if (error instanceof CorruptRecordError) return false
    throw error
  }
}

async function* rowsOf(client: Client): AsyncGenerator<AuditRow> {
  await client.query('DECLARE entries NO SCROLL CURSOR FOR SELECT * FROM portal.audit_entry')
  for (;;) {
    const { rows } = await client.query<Record<string, unknown>>(`FETCH ${BATCH} FROM entries`)
    if (rows.length === 0) break
    for (const row of rows) yield rowFrom(row)
  }
  await client.query('CLOSE entries')
}

function rowFrom(row: Record<string, unknown>): AuditRow {
  const named = Object.entries(row).map(([column, value]) => [column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()), value instanceof Date ? value.toISOString() : value])
  // Its columns are the members of an AuditRow in the database's spelling.
  return Object.fromEntries(named)
}

/** A second look at both sides, at the parts that differ alone. */
async function nameDifferences(client: Client, log: EventLog, places: ReadonlyMap<Partition, Position | null>, signal: AbortSignal, differing: ReadonlySet<string>): Promise<Pick<AuditCheck, 'missing' | 'changed' | 'foreign'>> {
  const expected = new Map<string, string>()
  await readLog(log, places, signal, [], (row) => {
    if (differing.has(bucketOf(row.entryId))) expected.set(row.entryId, digestOf(row))
  })
  const named = { missing: [] as string[], changed: [] as string[], foreign: [] as string[] }
  for await (const row of rowsOf(client)) {
    if (!differing.has(bucketOf(row.entryId))) continue
    const digest = expected.get(row.entryId)
    expected.delete(row.entryId)
    if (digest !== digestOf(row)) (digest === undefined ? named.foreign : named.changed).push(row.entryId)
  }
  named.missing.push(...expected.keys())
  return { missing: named.missing.sort().slice(0, MOST_NAMED), changed: named.changed.sort().slice(0, MOST_NAMED), foreign: named.foreign.sort().slice(0, MOST_NAMED) }
}
