import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { ensureDatabase, preparePostgres } from '../setup/postgres.ts'
import { projectFolder, toolsFolder } from '../setup/project-folder.ts'
import { prepareRedis } from '../setup/redis.ts'
import type { Secrets } from '../setup/secrets.ts'
import { readyOverHttp, type ProcessSpec } from './process-spec.ts'

/** In the order of the first start; stopped in reverse, the entry first. */
export const stackProcessNames = ['postgres', 'redis', 'projector', 'reactors', 'web', 'api'] as const
export type StackProcessName = (typeof stackProcessNames)[number]

const redisCommandWithinMs = 1000

/** The pinned Node when it is installed: a caller may itself run on another one. */
const node = [join(projectFolder, 'node_modules/.bin/node')].find((path) => existsSync(path)) ?? process.execPath

export interface StackPlan {
  dataDir: string
  ports: Record<string, number>
  port: number
  secrets: Secrets
  /** Shared by all processes. */
  env: Record<string, string>
  say?: (detail: string) => void
}

/** Makes what the process needs (cluster files, a fetched Redis) and says how it is run. */
export async function specOf(name: StackProcessName, plan: StackPlan): Promise<ProcessSpec> {
  if (name === 'postgres') return postgresSpec(plan)
  if (name === 'redis') return redisSpec(plan)
  const port = name === 'api' ? plan.port : name === 'web' ? plan.ports.web : undefined
  const adminPort = plan.ports[adminPortName(name)] ?? 0
  const entry = name === 'web' ? ['node_modules/next/dist/bin/next', 'start', '-p', String(port), '-H', '127.0.0.1'] : [`processes/${name}/main.ts`]
  return {
    name, adminPort, port,
    command: [node, ...entry],
    env: { ...plan.env, STORMDOOR_NODE: name, ADMIN_PORT: String(adminPort), ...(port ? { PORT: String(port) } : {}), ...(name === 'web' ? { HOST: '127.0.0.1' } : {}) },
    ready: readyOverHttp(`http://127.0.0.1:${adminPort}/readyz`),
  }
}

export function adminPortName(name: StackProcessName): string {
  return `${name}-admin`
}

async function postgresSpec({ dataDir, ports, secrets }: StackPlan): Promise<ProcessSpec> {
  const port = ports.postgres as number
  const server = await preparePostgres({ folder: join(dataDir, 'postgres'), port, password: secrets.postgresPassword })
  // SIGINT is Postgres' fast shutdown; SIGTERM would wait until every client has left.
  return { name: 'postgres', command: server.command, env: server.env, cwd: '/', port, stopSignal: 'SIGINT', ready: () => ensureDatabase(port, secrets.postgresPassword, 0) }
}

async function redisSpec({ dataDir, ports, secrets, say }: StackPlan): Promise<ProcessSpec> {
  const port = ports.redis as number
  const server = await prepareRedis({ folder: join(dataDir, 'redis'), port, password: secrets.redisPassword, tools: toolsFolder(), say })
  return { name: 'redis', command: server.command, env: server.env, cwd: '/', port, ready: () => answersPing(server.redisUrl) }
}

/** Resolves when Redis answers and has loaded its file; rejects at once otherwise. */
export async function answersPing(redisUrl: string): Promise<void> {
  const redis = new Redis(redisUrl, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0, connectTimeout: redisCommandWithinMs, commandTimeout: redisCommandWithinMs })
  redis.on('error', () => {})
  try {
    await redis.connect()
    await redis.ping()
  } finally {
    redis.disconnect()
  }
}
