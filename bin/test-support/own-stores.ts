import { once } from 'node:events'
import { join } from 'node:path'
import { applyMigrations } from '../../prisma/apply-migrations.ts'
import { freePorts } from '../setup/free-port.ts'
import { ensureDatabase, preparePostgres } from '../setup/postgres.ts'
import { toolsFolder } from '../setup/project-folder.ts'
import { prepareRedis } from '../setup/redis.ts'
import { spawnServer } from '../setup/spawn-server.ts'
import { temporaryFolder } from './temporary-folder.ts'

interface OwnStore {
  /** SIGKILL, and waits until it is gone. */
  kill(): Promise<void>
  /** The same server over the same data, at the same port; does not wait until it answers. */
  start(): void
}

export interface OwnStores {
  databaseUrl: string
  redisUrl: string
  postgres: OwnStore
  redis: OwnStore
  stop(): Promise<void>
}

/** A Postgres (migrated) and a Redis of one test's own, to be killed and started again. */
export async function ownStores(): Promise<OwnStores> {
  const folder = temporaryFolder()
  const password = 'only-for-this-test'
  const [postgresPort, redisPort] = (await freePorts(2)) as [number, number]
  const postgres = await preparePostgres({ folder: join(folder, 'postgres'), port: postgresPort, password, durable: false, maxConnections: 40 })
  const redis = await prepareRedis({ folder: join(folder, 'redis'), port: redisPort, password, tools: toolsFolder() })
  const stores = { postgres: ownStore(postgres), redis: ownStore(redis) }
  await ensureDatabase(postgresPort, password)
  await applyMigrations({ databaseUrl: postgres.databaseUrl })
  return {
    ...stores,
    databaseUrl: postgres.databaseUrl,
    redisUrl: redis.redisUrl,
    stop: async () => {
      await Promise.all([stores.postgres.kill(), stores.redis.kill()])
    },
  }
}

function ownStore({ command, env }: { command: readonly string[]; env: NodeJS.ProcessEnv }): OwnStore {
  let server: ReturnType<typeof spawnServer> | undefined = spawnServer(command, env)
  return {
    kill: async () => {
      if (!server) return
      const gone = once(server.child, 'exit')
      server.child.kill('SIGKILL')
      await gone
      server = undefined
    },
    start: () => {
      server ??= spawnServer(command, env)
    },
  }
}
