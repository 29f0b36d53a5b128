import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { PrismaPg } from '@prisma/adapter-pg'
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils'
import type { SchemaEngine } from '@prisma/schema-engine-wasm'
import { Pool, type QueryResult } from 'pg'

const directory = import.meta.dirname

/**
 * What a database still lacks to be exactly what prisma/schema says.
 * Run by itself, on a migrated database, it prints the next migration:
 * `DATABASE_URL=… node prisma/migration-difference.ts`.
 * @returns SQL; empty when there is no difference
 */
export async function migrationDifference(databaseUrl: string): Promise<string> {
  const files = await schemaFiles()
  const pool = new Pool({ connectionString: databaseUrl, max: 1 })
  const engine = await openEngine(pool, files)
  try {
    const { stdout } = await engine.diff({
      from: { tag: 'schemaDatasource', files, configDir: directory },
      to: { tag: 'schemaDatamodel', files },
      script: true,
      exitCode: null,
      filters: { externalTables: [], externalEnums: [] },
    })
    return (stdout ?? '').replace(/^-- This is an empty migration\.\s*/, '').trim()
  } finally {
    engine.free()
    await pool.end()
  }
}

async function schemaFiles(): Promise<{ path: string; content: string }[]> {
  const folder = join(directory, 'schema')
  const names = (await readdir(folder)).filter((name) => name.endsWith('.prisma')).sort()
  return Promise.all(names.map(async (name) => ({ path: name, content: await readFile(join(folder, name), 'utf8') })))
}

const CATALOG_CHAR = 18
const TEXT = 25

/**
 * Prisma's adapter refuses the catalog's one-byte type "char" (prisma/orm issue 27403), which the engine
 * wants as a character: it passes the adapter as text and gets its type back behind it.
 * The engine asks one question at a time, so the last answer's fields belong to the call.
 */
function catalogAdapter(pool: Pool): SqlMigrationAwareDriverAdapterFactory {
  let characters: boolean[] = []
  const query = pool.query.bind(pool) as (...parameters: unknown[]) => Promise<QueryResult>
  const asText = async (...parameters: unknown[]): Promise<QueryResult> => {
    const result = await query(...parameters)
    characters = result.fields.map((field) => field.dataTypeID === CATALOG_CHAR)
    for (const field of result.fields) if (field.dataTypeID === CATALOG_CHAR) field.dataTypeID = TEXT
    return result
  }
  const factory = new PrismaPg(Object.assign(pool, { query: asText }))
  const connect = async (): Promise<SqlDriverAdapter> => {
    const adapter = await factory.connect()
    const queryRaw = adapter.queryRaw.bind(adapter)
    adapter.queryRaw = async (question) => {
      const answer = await queryRaw(question)
      return { ...answer, columnTypes: answer.columnTypes.map((type, index) => (characters[index] ? ColumnTypeEnum.Character : type)) }
    }
    return adapter
  }
  return { provider: factory.provider, adapterName: factory.adapterName, connect, connectToShadowDb: connect }
}

interface Glue {
  __wbg_set_wasm(exports: WebAssembly.Exports): void
  SchemaEngine: typeof SchemaEngine
}

let loading: Promise<Glue> | undefined

/** The package's own entry needs a bundler's way with .wasm, so the module is put together here; once, for it is one per process. */
async function loadEngine(): Promise<Glue> {
  const glue = (await import('@prisma/schema-engine-wasm/schema_engine_bg')) as unknown as Glue
  const { resolve } = createRequire(import.meta.url)
  const bytes = await readFile(join(dirname(resolve('@prisma/schema-engine-wasm')), 'schema_engine_bg.wasm'))
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': glue as unknown as WebAssembly.ModuleImports })
  glue.__wbg_set_wasm(instance.exports)
  ;(instance.exports as { __wbindgen_start(): void }).__wbindgen_start()
  return glue
}

async function openEngine(pool: Pool, files: { path: string; content: string }[]): Promise<SchemaEngine> {
  loading ??= loadEngine()
  const glue = await loading
  const datamodels = files.map(({ path, content }): [string, string] => [path, content])
  return glue.SchemaEngine.new({ datamodels }, () => undefined, bindMigrationAwareSqlAdapterFactory(catalogAdapter(pool)))
}

if (import.meta.main) {
  const databaseUrl = process.env['DATABASE_URL']
  if (!databaseUrl) throw new Error('DATABASE_URL names the migrated database to compare with the schema')
  process.stdout.write(`${await migrationDifference(databaseUrl)}\n`)
}
