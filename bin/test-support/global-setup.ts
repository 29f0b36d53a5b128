import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import type { TestProject } from 'vitest/node'
import { applyMigrations } from '../../prisma/apply-migrations.ts'
import { freePorts } from '../setup/free-port.ts'
import { ensureDatabase, postgresUrl, preparePostgres } from '../setup/postgres.ts'
import { toolsFolder } from '../setup/project-folder.ts'
import { prepareRedis } from '../setup/redis.ts'
import { spawnServer } from '../setup/spawn-server.ts'

const redisDatabases = 1024
const password = 'only-for-this-test-run'

declare module 'vitest' {
  export interface ProvidedContext {
    postgresAdminUrl: string
    redisAdminUrl: string
    temporaryRoot: string
  }
}

/** One real Postgres with a migrated template and one real Redis for the whole run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const root = mkdtempSync(join(tmpdir(), 'stormdoor-tests-'))
  const [postgresPort, redisPort] = (await freePorts(2)) as [number, number]
  const postgres = await preparePostgres({ folder: join(root, 'postgres'), port: postgresPort, password, durable: false, maxConnections: 300 })
  const redis = await prepareRedis({ folder: join(root, 'redis'), port: redisPort, password, tools: toolsFolder(), databases: redisDatabases })
  const servers = [spawnServer(postgres.command, postgres.env), spawnServer(redis.command, redis.env)]
  const teardown = async () => {
    await Promise.all(servers.map((server) => server.stop()))
    for (const folder of [postgres.folder, root]) rmSync(folder, { recursive: true, force: true })
  }
  try {
    await ensureDatabase(postgresPort, password)
    await applyMigrations({ databaseUrl: postgres.databaseUrl })
    const admin = new Client({ connectionString: postgresUrl(postgresPort, password, 'postgres') })
    await admin.connect()
    await admin.query('ALTER DATABASE stormdoor IS_TEMPLATE true')
    await admin.end()
  } catch (error) {
    await teardown()
    throw error
  }
  project.provide('postgresAdminUrl', postgresUrl(postgresPort, password, 'postgres'))
  project.provide('redisAdminUrl', redis.redisUrl)
  project.provide('temporaryRoot', root)
  return teardown
}
