import { createHash } from 'node:crypto'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { beforeEach, describe, expect, test } from 'vitest'
import { freshDatabase } from '../bin/test-support/fresh-database.ts'
import { temporaryFolder } from '../bin/test-support/temporary-folder.ts'
import { applyMigrations, MigrationError } from './apply-migrations.ts'

let directory: string
let databaseUrl: string

beforeEach(async () => {
  directory = temporaryFolder()
  databaseUrl = await freshDatabase({ migrated: false })
})

function write(name: string, sql: string): void {
  mkdirSync(join(directory, name), { recursive: true })
  writeFileSync(join(directory, name, 'migration.sql'), sql)
}

async function query<T extends object>(sql: string): Promise<T[]> {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    return (await client.query<T>(sql)).rows
  } finally {
    await client.end()
  }
}

describe('migrations @migrate', () => {
  test('are applied once, in the order of their names, and recorded as Prisma does', async () => {
    const lamp = 'CREATE TABLE lamp (id int PRIMARY KEY);\nINSERT INTO lamp VALUES (1);\n'
    write('0002_more', 'INSERT INTO lamp VALUES (2)')
    write('0001_lamp', lamp)
    expect(await applyMigrations({ databaseUrl, directory })).toEqual(['0001_lamp', '0002_more'])
    expect(await applyMigrations({ databaseUrl, directory })).toEqual([])
    expect(await query('SELECT id FROM lamp ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }])
    const [record] = await query<Record<string, unknown>>('SELECT * FROM _prisma_migrations ORDER BY migration_name')
    expect(record).toMatchObject({ migration_name: '0001_lamp', checksum: createHash('sha256').update(lamp).digest('hex'), applied_steps_count: 1, logs: null, rolled_back_at: null })
    expect(record?.finished_at).toBeInstanceOf(Date)
  })

  test('one that fails leaves nothing of itself, and those before it stay', async () => {
    write('0001_lamp', 'CREATE TABLE lamp (id int)')
    write('0002_broken', 'CREATE TABLE half (id int); SELECT nonsense')
    await expect(applyMigrations({ databaseUrl, directory })).rejects.toThrow(/0002_broken failed and was undone.*nonsense/)
    expect(await query(`SELECT table_name FROM information_schema.tables WHERE table_name IN ('lamp', 'half')`)).toEqual([{ table_name: 'lamp' }])
    write('0002_broken', 'CREATE TABLE half (id int)')
    expect(await applyMigrations({ databaseUrl, directory })).toEqual(['0002_broken'])
  })

  test('one whose record cannot be written is undone with it', async () => {
    write('0001_lamp', `CREATE TABLE lamp (id int); ALTER TABLE _prisma_migrations ADD CHECK (migration_name <> '0001_lamp')`)
    await expect(applyMigrations({ databaseUrl, directory })).rejects.toThrow(/0001_lamp failed and was undone/)
    expect(await query(`SELECT table_name FROM information_schema.tables WHERE table_name = 'lamp'`)).toEqual([])
  })

  test('an applied one that was edited is refused, and so is one that this version does not have', async () => {
    write('0001_lamp', 'CREATE TABLE lamp (id int)')
    await applyMigrations({ databaseUrl, directory })
    write('0001_lamp', 'CREATE TABLE lamp (id bigint)')
    const edited = applyMigrations({ databaseUrl, directory })
    await expect(edited).rejects.toThrow(MigrationError)
    await expect(edited).rejects.toThrow(/0001_lamp was edited/)
    rmSync(join(directory, '0001_lamp'), { recursive: true })
    await expect(applyMigrations({ databaseUrl, directory })).rejects.toThrow(/newer version/)
  })

  test('five callers at once apply each migration once', async () => {
    write('0001_lamp', 'CREATE TABLE lamp (id int); SELECT pg_sleep(0.2)')
    write('0002_row', 'INSERT INTO lamp VALUES (1)')
    const applied = await Promise.all(Array.from({ length: 5 }, () => applyMigrations({ databaseUrl, directory })))
    expect(applied.flat().sort()).toEqual(['0001_lamp', '0002_row'])
    expect(await query('SELECT count(*)::int AS rows FROM lamp')).toEqual([{ rows: 1 }])
  })

  test('go with their records into the schema that is named', async () => {
    write('0001_lamp', 'CREATE TABLE lamp (id int)')
    await applyMigrations({ databaseUrl, directory, schema: 'next' })
    expect(await query(`SELECT table_name FROM information_schema.tables WHERE table_schema = 'next' ORDER BY table_name`)).toEqual([{ table_name: '_prisma_migrations' }, { table_name: 'lamp' }])
  })

  test('the records are those of Prisma: its columns, in its types', async () => {
    await applyMigrations({ databaseUrl, directory })
    const columns = await query<{ name: string; type: string }>(`SELECT column_name AS name, data_type AS type FROM information_schema.columns WHERE table_name = '_prisma_migrations' ORDER BY ordinal_position`)
    expect(columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'id character varying', 'checksum character varying', 'finished_at timestamp with time zone', 'migration_name character varying',
      'logs text', 'rolled_back_at timestamp with time zone', 'started_at timestamp with time zone', 'applied_steps_count integer',
    ])
  })
})
