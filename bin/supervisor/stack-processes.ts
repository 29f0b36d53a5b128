import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { ensureDatabase, preparePostgres } from '../setup/postgres.ts'
import { projectFolder, toolsFolder } from '../setup/project-folder.ts'
import { prepareRedis } from '../setup/redis.ts'
import type { Secrets } from '../setup/secrets.ts'
import { searchStorePath } from '../../server/search/search-store.ts'
import { readyOverHttp, type ProcessSpec } from './process-spec.ts'

/** In the order of the first start; stopped in reverse, the entry first. */
export const stackRoles = ['postgres', 'redis', 'core-sim', 'projector', 'reactors', 'sync', 'search', 'web', 'api'] as const
export type StackRole = (typeof stackRoles)[number]
/** One Postgres, one Redis and one stand-in for the core system serve all nodes. */
const sharedRoles = ['postgres', 'redis', 'core-sim'] as const satisfies readonly StackRole[]
type SharedRole = (typeof sharedRoles)[number]
/** What every node has one of. */
export type NodeRole = Exclude<StackRole, SharedRole>
type FurtherNode = 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9
/** `api` of the first node, `api-2` of the second. */
export type StackProcessName = StackRole | `${NodeRole}-${FurtherNode}`

export const mostNodes = 9
const redisCommandWithinMs = 1000
/** Per node: web 40 (pages and routes each have their pools), api 10, reactors 10, sync 11, projector 4. The stand-in for the core system has none. */
const databaseConnectionsPerNode = 78
/** For commands run beside the portal, and Postgres' own. */
const databaseConnectionsBeside = 40
const usualDatabaseConnections = 100

/** The pinned Node when it is installed: a caller may itself run on another one. */
const nodeProgram = [join(projectFolder, 'node_modules/.bin/node')].find((path) => existsSync(path)) ?? process.execPath

export interface StackPlan {
  dataDir: string
  ports: Record<string, number>
  /** Public port, of every api. */
  port: number
  nodes: number
  secrets: Secrets
  /** Shared by all processes. */
  env: Record<string, string>
  say?: (detail: string) => void
}

/** Names of what one role is run as, on so many nodes. */
export function processesOf(role: StackRole, nodes: number): StackProcessName[] {
  if (isShared(role)) return [role]
  return [role, ...Array.from({ length: nodes - 1 }, (_, index): StackProcessName => `${role}-${(index + 2) as FurtherNode}`)]
}

/** Makes what the process needs (cluster files, a fetched Redis) and says how it is run. */
export async function specOf(name: StackProcessName, plan: StackPlan): Promise<ProcessSpec> {
  if (name === 'postgres') return postgresSpec(plan)
  if (name === 'redis') return redisSpec(plan)
  const { role, node } = placeOf(name)
  const port = role === 'api' ? plan.port : plan.ports[name]
  const adminPort = plan.ports[adminPortName(name)] ?? 0
  const entry = role === 'web' ? ['node_modules/next/dist/bin/next', 'start', '-p', String(port), '-H', '127.0.0.1'] : [`processes/${role}/main.ts`]
  return {
    name, adminPort, port,
    stage: role,
    command: [nodeProgram, ...entry],
    env: {
      ...(role === 'api' ? { STORMDOOR_DOORS: String(plan.nodes) } : {}), ...plan.env, STORMDOOR_NODE: name, ADMIN_PORT: String(adminPort), ...(port ? { PORT: String(port) } : {}),
      ...(role === 'web' ? { HOST: '127.0.0.1', ...searchUrl(plan, node) } : {}),
      ...(role === 'api' ? { WEB_URL: webUrls(plan, node), REUSE_PORT: String(plan.nodes > 1) } : {}),
    },
    ready: readyOverHttp(`http://127.0.0.1:${adminPort}/readyz`),
  }
}

function isShared(role: StackRole): role is SharedRole {
  return (sharedRoles as readonly StackRole[]).includes(role)
}

function placeOf(name: StackProcessName): { role: string; node: number } {
  const [, role = name, node = '1'] = /^(.+?)(?:-(\d))?$/.exec(name) ?? []
  return { role, node: Number(node) }
}

/** The node's own web first, then the others. */
function webUrls({ ports, nodes }: StackPlan, node: number): string {
  const webs = processesOf('web', nodes)
  return [...webs.slice(node - 1), ...webs.slice(0, node - 1)].map((name) => `http://127.0.0.1:${ports[name]}`).join(',')
}

/** Where the node's own search answers, and its file; none where it does not run. */
function searchUrl({ ports, dataDir }: StackPlan, node: number): Record<string, string> {
  const search = processesOf('search', node).at(-1)!
  const port = ports[search]
  return port === undefined ? {} : { SEARCH_URL: `http://127.0.0.1:${port}`, SEARCH_FILE: searchStorePath(dataDir, search) }
}

export function adminPortName(name: StackProcessName): string {
  return `${name}-admin`
}

async function postgresSpec({ dataDir, ports, nodes, secrets }: StackPlan): Promise<ProcessSpec> {
  const port = ports.postgres as number
  const maxConnections = Math.max(usualDatabaseConnections, nodes * databaseConnectionsPerNode + databaseConnectionsBeside)
  const server = await preparePostgres({ folder: join(dataDir, 'postgres'), port, password: secrets.postgresPassword, maxConnections })
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
