import { join } from 'node:path'
import type { Client } from 'pg'
import { projectedTables } from '../../processes/projector/postgres/table-digests.ts'
import { systemClock } from '../../domain/clock.ts'

/** Not folded from events, but how far they are folded. */
const BOOKKEEPING = 'projection_offset'

/** Makes a schema with the portal's tables and all their indexes, without rows. */
export async function makeEmptyTables(client: Client, schema: string): Promise<void> {
  const copies = (await projectedTables(client, 'portal')).map((table) => `CREATE TABLE ${schema}.${table} (LIKE portal.${table} INCLUDING ALL)`)
  await client.query([`DROP SCHEMA IF EXISTS ${schema} CASCADE`, `CREATE SCHEMA ${schema}`, ...copies].join(';\n'))
}

/**
 * Floor: the rows of one schema by bare COPY into empty tables with the same indexes, from files that the server reads itself,
 * in one transaction that waits for the disk as little as the projection's do.
 */
export async function copyTables(client: Client, from: string, to: string): Promise<{ seconds: number; rows: number }> {
  const { rows: settings } = await client.query<{ data_directory: string }>('SHOW data_directory')
  const fileOf = (table: string) => join(settings[0]!.data_directory, `bench-${table}.copy`)
  const tables = (await projectedTables(client, from)).filter((table) => table !== BOOKKEEPING)
  for (const table of tables) await client.query(`COPY ${from}.${table} TO '${fileOf(table)}'`)
  await makeEmptyTables(client, to)
  await client.query('CHECKPOINT')
  let rows = 0
  const startMs = systemClock.monotonicMs()
  await client.query('BEGIN; SET LOCAL synchronous_commit = off')
  for (const table of tables) rows += (await client.query(`COPY ${to}.${table} FROM '${fileOf(table)}'`)).rowCount ?? 0
  await client.query('COMMIT')
  return { seconds: (systemClock.monotonicMs() - startMs) / 1000, rows }
}
