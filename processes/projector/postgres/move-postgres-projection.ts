import { Client } from 'pg'
import type { LogEnds, MoveOutcome } from '../projection-move.ts'
import { splitPartition, SWAP_LOCK } from './postgres-projection.ts'

interface OffsetRow {
  topic: string
  partition: number
  log_id: string
  position: string | null
  current_at: Date
}

/** Gives the tables their place in a copy of the log that they are folded from, in one transaction that no batch overlaps. */
export async function movePostgresProjection(databaseUrl: string, from: LogEnds, to: LogEnds): Promise<MoveOutcome> {
  const client = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000 })
  client.on('error', () => undefined)
  await client.connect()
  try {
    await client.query('BEGIN')
    await client.query('SELECT pg_advisory_xact_lock($1)', [SWAP_LOCK])
    const { rows } = await client.query<OffsetRow>('SELECT * FROM portal.projection_offset')
    const outcome = judge(rows, from, to)
    if (outcome === 'moved') await replaceOffsets(client, rows, to)
    await client.query('COMMIT')
    return outcome
  } finally {
    await client.end()
  }
}

function judge(rows: readonly OffsetRow[], from: LogEnds, to: LogEnds): MoveOutcome {
  if (rows.length === 0) return 'empty'
  if (rows.every(({ log_id }) => log_id === to.logId)) return 'already-there'
  if (!rows.every(({ log_id }) => log_id === from.logId)) return 'another-log'
  for (const [name, end] of from.ends) {
    const [topic, partition] = splitPartition(name)
    const held = rows.find((row) => row.topic === topic && row.partition === partition)
    if ((held?.position ?? null) !== end) return 'behind'
  }
  return 'moved'
}

/** The number of partitions may be another one; each is as old as the oldest of its topic was. */
async function replaceOffsets(client: Client, rows: readonly OffsetRow[], { logId, ends }: LogEnds): Promise<void> {
  await client.query('DELETE FROM portal.projection_offset')
  for (const [name, end] of ends) {
    const [topic, partition] = splitPartition(name)
    const instants = rows.filter((row) => row.topic === topic).map((row) => row.current_at.getTime())
    const currentAt = new Date(instants.length === 0 ? 0 : Math.min(...instants))
    await client.query('INSERT INTO portal.projection_offset (topic, partition, log_id, position, current_at) VALUES ($1, $2, $3, $4, $5)', [topic, partition, logId, end, currentAt])
  }
}
