import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fetchDebianPackages } from './debian-packages.ts'
import { findProgram } from './find-program.ts'

export interface RedisOptions {
  /** Absolute folder of its append-only file; made when missing. */
  folder: string
  port: number
  password: string
  /** Folder of fetched programs. */
  tools: string
  /** Number of logical databases; 16 when not given. */
  databases?: number
  say?: (detail: string) => void
}

export interface RedisServer {
  /** Program and arguments that run the server in the foreground. */
  command: string[]
  env: NodeJS.ProcessEnv
  redisUrl: string
}

/** The account cache keeps records of some 200 bytes, and entries of look-ups, side by side: a hash or a set of each is one block of memory. */
const COMPACT = ['hash-max-listpack-entries 512', 'hash-max-listpack-value 4096', 'zset-max-listpack-entries 512', 'zset-max-listpack-value 64']

/**
 * A rewrite forks and writes everything: at 1.5 GB that is worth it from one doubling to the next, not at 64 MB. What is lost
 * when Redis dies during one is folded again from the log, so that it need not wait for the disk twice.
 */
const REWRITING = ['auto-aof-rewrite-min-size 512mb', 'auto-aof-rewrite-percentage 100', 'no-appendfsync-on-rewrite yes']

/** Finds or fetches Redis and says how to run it: durable to the second, never evicting, loopback only. */
export async function prepareRedis(options: RedisOptions): Promise<RedisServer> {
  const program = await redisProgram(options.tools, options.say)
  mkdirSync(options.folder, { recursive: true, mode: 0o700 })
  const configuration = join(options.folder, 'redis.conf')
  // The password stands in a file, not on the command line that every user of the machine can read.
  writeFileSync(configuration, [
    'bind 127.0.0.1', `port ${options.port}`, `requirepass ${options.password}`, `dir "${options.folder}"`,
    'appendonly yes', 'appendfsync everysec', 'save ""', 'maxmemory-policy noeviction', 'daemonize no', `databases ${options.databases ?? 16}`,
    ...COMPACT, ...REWRITING, '',
  ].join('\n'), { mode: 0o600 })
  return {
    command: [program.file, configuration],
    env: { ...process.env, ...program.env },
    redisUrl: `redis://:${encodeURIComponent(options.password)}@127.0.0.1:${options.port}/0`,
  }
}

async function redisProgram(tools: string, say?: (detail: string) => void): Promise<{ file: string; env: Record<string, string> }> {
  const installed = findProgram('redis-server')
  if (installed) return { file: installed, env: {} }
  const { root, env } = await fetchDebianPackages(tools, ['redis-server'], say)
  return { file: join(root, 'usr/bin/redis-server'), env }
}
