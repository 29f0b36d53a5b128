import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Client } from 'pg'
import { BenchProcess } from '../child-process.ts'

/** What the subject is measured against, in the same run. */
export interface Floor {
  name: 'http' | 'http+sqlite' | 'http+redis' | 'next+prisma'
  url: string
  /** What works when it is asked, by name. */
  pids: Record<string, number>
  /** Rows that it holds, counted in its store; null when it keeps nothing. */
  countKept(): Promise<number | null>
  stop(): Promise<void>
}

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export async function startHttpFloor(): Promise<Floor> {
  const { process, port } = await BenchProcess.start('floor http', here('./http.ts'))
  return { name: 'http', url: `http://127.0.0.1:${port}/reports`, pids: { server: process.pid }, countKept: () => Promise.resolve(null), stop: () => process.stop() }
}

/** @param redisUrl of the subject's own Redis, which holds the floor's values too: see FLOOR_PREFIX */
export async function startHttpRedisFloor(redisUrl: string): Promise<Floor> {
  const { process, port } = await BenchProcess.start('floor http+redis', here('./http-redis.ts'), [], { REDIS_URL: redisUrl })
  return { name: 'http+redis', url: `http://127.0.0.1:${port}/`, pids: { server: process.pid }, countKept: () => Promise.resolve(null), stop: () => process.stop() }
}

/** @param folder an empty folder on the disk that the event log of the subject lies on */
export async function startHttpSqliteFloor(folder: string): Promise<Floor> {
  const path = join(folder, 'floor.sqlite')
  const { process, port } = await BenchProcess.start('floor http+sqlite', here('./http-sqlite.ts'), [path])
  return {
    name: 'http+sqlite',
    url: `http://127.0.0.1:${port}/reports`,
    pids: { server: process.pid },
    countKept: async () => {
      const database = new DatabaseSync(path, { readOnly: true })
      const row = database.prepare('SELECT count(DISTINCT id) AS kept FROM record').get() as { kept: number }
      database.close()
      return row.kept
    },
    stop: () => process.stop(),
  }
}

/**
 * @param databaseUrl of the subject's own Postgres server, so that both have its durability; gets a database of its own there
 * @param postgresPid of that server
 */
export async function startNextPrismaFloor(databaseUrl: string, postgresPid: number): Promise<Floor> {
  const url = await createFloorDatabase(databaseUrl)
  buildNextPrisma()
  const app = here('./next-prisma')
  const { process, port } = await BenchProcess.start('floor next+prisma', here('./next-prisma-server.ts'), [app], {
    DATABASE_URL: url,
    NODE_ENV: 'production',
  })
  return {
    name: 'next+prisma',
    url: `http://127.0.0.1:${port}/api/v1/outage-reports`,
    pids: { server: process.pid, postgres: postgresPid },
    countKept: async () => {
      const [row] = await query<{ kept: number }>(url, 'SELECT count(*)::int AS kept FROM "Report"')
      return row!.kept
    },
    stop: () => process.stop(),
  }
}

async function createFloorDatabase(databaseUrl: string): Promise<string> {
  const url = new URL(databaseUrl)
  await query(databaseUrl, 'DROP DATABASE IF EXISTS bench_floor')
  await query(databaseUrl, 'CREATE DATABASE bench_floor')
  url.pathname = '/bench_floor'
  await query(url.href, 'CREATE TABLE "Report" ("id" UUID PRIMARY KEY, "savedAt" TIMESTAMPTZ(3) NOT NULL, "body" JSONB NOT NULL)')
  return url.href
}

async function query<T>(databaseUrl: string, sql: string): Promise<T[]> {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    return (await client.query(sql)).rows as T[]
  } finally {
    await client.end()
  }
}

function buildNextPrisma(): void {
  const root = here('../..')
  run('prisma', ['generate', '--schema', here('./next-prisma/schema.prisma')], root)
  // Turbopack would look for `instrumentation` and `proxy` in the folders above and build the portal's own into the floor.
  run('next', ['build', '--webpack', here('./next-prisma')], root)
}

function run(program: string, args: readonly string[], root: string): void {
  const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true', PRISMA_HIDE_UPDATE_MESSAGE: '1', NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' as const }
  const { status, stdout, stderr, error } = spawnSync(join(root, 'node_modules', '.bin', program), args, { cwd: root, env, encoding: 'utf8', timeout: 180_000 })
  if (status !== 0) throw new Error(`${program} ${args[0]} failed: ${error?.message ?? ''}\n${stdout}\n${stderr}`)
}
