import type { ClientBase } from 'pg'

export interface TableDigest {
  rows: number
  /** The same for the same rows in any order; hexadecimal. */
  digest: string
}

/** How far the log is folded, not what is folded from it. */
const BOOKKEEPING = new Set(['projection_offset'])

/**
 * A digest of each projected table of a Postgres schema: the sum of each row's hash, over canonical JSON.
 * Rows have no surrogate keys, so every column counts. Constant memory. One transaction sees one state.
 */
export async function tableDigests(client: ClientBase, schema: string): Promise<Map<string, TableDigest>> {
  const digests = new Map<string, TableDigest>()
  await client.query("SET TIME ZONE 'UTC'")
  for (const table of await projectedTables(client, schema)) {
    if (BOOKKEEPING.has(table)) continue
    const { rows } = await client.query<{ rows: string; high: string; low: string }>(
      `SELECT count(*) AS rows, coalesce(sum(('x' || left(hash, 16))::bit(64)::bigint::numeric), 0) AS high,
         coalesce(sum(('x' || right(hash, 16))::bit(64)::bigint::numeric), 0) AS low
       FROM (SELECT md5(to_jsonb(held)::text) AS hash FROM ${schema}.${table} AS held) AS hashed`,
    )
    const [{ rows: count, high, low } = { rows: '0', high: '0', low: '0' }] = rows
    const digest = [high, low].map((sum) => BigInt.asUintN(64, BigInt(sum)).toString(16).padStart(16, '0')).join('')
    digests.set(table, { rows: Number(count), digest })
  }
  return digests
}

/** Names of the tables of a schema, sorted. */
export async function projectedTables(client: ClientBase, schema: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    "SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = to_regnamespace($1) ORDER BY relname",
    [schema],
  )
  return rows.map((row) => row.name)
}
