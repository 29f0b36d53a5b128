import { createHash, randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from 'pg'

/** The lock that Prisma's own `migrate deploy` takes, so that the two never run at once. */
const prismaLockKey = 72_707_369

/** The database and the folder of migrations disagree; the message says how and what to do. */
export class MigrationError extends Error {
  override name = 'MigrationError'
}

export interface ApplyMigrationsOptions {
  databaseUrl: string
  /** Folder with `<name>/migration.sql`; default the project's `prisma/migrations`. */
  directory?: string
  /** Schema of `_prisma_migrations`, first in the search path; default `public`. */
  schema?: string
}

interface Migration {
  name: string
  sql: string
  checksum: string
}

/**
 * Applies in order what the database lacks, each migration with its record in one transaction, and keeps the records
 * as Prisma keeps them. Several callers at once are safe: one applies, the others find it done.
 * @returns the names applied now
 * @throws MigrationError for an applied migration that was edited, is missing here, or once failed under Prisma
 */
export async function applyMigrations({ databaseUrl, directory = join(import.meta.dirname, 'migrations'), schema = 'public' }: ApplyMigrationsOptions): Promise<string[]> {
  const migrations = await readMigrations(directory)
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    await client.query('SELECT pg_advisory_lock($1)', [prismaLockKey])
    await prepareRecords(client, schema)
    const applied = await refuseDisagreement(client, migrations)
    const missing = migrations.filter((migration) => !applied.has(migration.name))
    for (const migration of missing) await applyOne(client, migration)
    return missing.map((migration) => migration.name)
  } finally {
    await client.end()
  }
}

async function readMigrations(directory: string): Promise<Migration[]> {
  const entries = await readdir(directory, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort()
  return Promise.all(names.map(async (name) => {
    const sql = await readFile(join(directory, name, 'migration.sql'), 'utf8')
    return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
  }))
}

async function prepareRecords(client: Client, schema: string): Promise<void> {
  const quoted = client.escapeIdentifier(schema)
  if (schema !== 'public') await client.query(`CREATE SCHEMA IF NOT EXISTS ${quoted}`)
  await client.query(`SET search_path TO ${quoted}`)
  await client.query(`CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id varchar(36) PRIMARY KEY NOT NULL,
    checksum varchar(64) NOT NULL,
    finished_at timestamptz,
    migration_name varchar(255) NOT NULL,
    logs text,
    rolled_back_at timestamptz,
    started_at timestamptz NOT NULL DEFAULT now(),
    applied_steps_count integer NOT NULL DEFAULT 0
  )`)
}

async function refuseDisagreement(client: Client, migrations: Migration[]): Promise<Set<string>> {
  const { rows } = await client.query<{ migration_name: string; checksum: string; finished_at: Date | null }>(
    'SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at')
  const known = new Map(migrations.map((migration) => [migration.name, migration]))
  for (const row of rows) {
    const here = known.get(row.migration_name)
    if (!row.finished_at) throw new MigrationError(`Migration ${row.migration_name} began in this database and did not finish. Mend it with "prisma migrate resolve", then run this again.`)
    if (!here) throw new MigrationError(`This database has migration ${row.migration_name}, which this version does not know: the database belongs to a newer version. Run that version, or use another database.`)
    if (here.checksum !== row.checksum) throw new MigrationError(`Migration ${row.migration_name} was edited after it had been applied to this database. Put its migration.sql back as it was and write the change as a new migration.`)
  }
  return new Set(rows.map((row) => row.migration_name))
}

async function applyOne(client: Client, migration: Migration): Promise<void> {
  await client.query('BEGIN')
  try {
    await client.query(migration.sql)
    await client.query(
      'INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count) VALUES ($1, $2, $3, now(), clock_timestamp(), 1)',
      [randomUUID(), migration.checksum, migration.name])
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {})
    throw new MigrationError(`Migration ${migration.name} failed and was undone: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}
