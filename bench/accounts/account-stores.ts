import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Redis } from 'ioredis'
import { projectFolder } from '../../bin/setup/project-folder.ts'
import { startStack } from '../../bin/supervisor/start-stack.ts'
import { systemClock } from '../../domain/clock.ts'
import type { BuildResult } from '../../server/accounts/generations.ts'
import { signStaffToken, STAFF_TOKEN_HOURS_MOST } from '../../server/identity/staff-token.ts'
import type { EventLog } from '../../server/platform/event-log/event-log.ts'
import { openEventLog } from '../../server/platform/event-log/open-event-log.ts'
import { projectionKeys } from '../../server/platform/projection-state.ts'
import { parseSigningKeys } from '../../server/platform/signing-keys.ts'
import { seededRandom } from '../../load/seeded-random.ts'
import type { BenchOptions } from '../row.ts'
import { fillAccounts } from './fill-accounts.ts'
import { lookUpPath } from './look-up-path.ts'

const run = promisify(execFile)

/** Different questions; further ones would only fill the generator's memory. */
const PATHS = 10_000

/** Postgres with the accounts, a Redis and a log that are empty, and what to ask for. */
export interface AccountStores {
  env: Record<string, string>
  redis: Redis
  /** Bytes that Redis uses. */
  usedMemory(): Promise<number>
  /** Builds a generation of the cache from Postgres and lets it answer. */
  warm(): Promise<BuildResult>
  lookUps: { paths: string[]; token: string }
  redisPid: number
}

/** @param accounts how many of the demo utility's customers */
export async function startAccountStores(options: BenchOptions, accounts: number): Promise<AccountStores> {
  const { folder, say, onEnd, signal } = options
  const stack = await startStack({ dataDir: join(folder, 'accounts'), processes: ['postgres', 'redis'] })
  onEnd(() => stack.stop({ now: true }))
  const { DATABASE_URL: databaseUrl = '', REDIS_URL: redisUrl = '', EVENT_LOG_URL: url = '', STORMDOOR_SIGNING_KEYS: keys = '' } = stack.env
  const log = await openEventLog({ url, clock: systemClock, region: 'local', node: 'bench' })
  onEnd(() => log.close())
  const redis = new Redis(redisUrl)
  onEnd(() => Promise.resolve(redis.disconnect()))

  const random = seededRandom(accounts)
  const paths: string[] = []
  const startMs = systemClock.monotonicMs()
  await fillAccounts(databaseUrl, accounts, (account, place) => {
    // Each of them as likely, evenly over all.
    if (paths.length < PATHS && random.fraction() < (PATHS - paths.length) / (accounts - place)) paths.push(lookUpPath(account, paths.length))
  }, signal)
  say(`${accounts.toLocaleString('en')} accounts are in Postgres, by COPY and not through the log: ${((systemClock.monotonicMs() - startMs) / 1_000).toFixed(1)} s`)
  await tellWhole(redis, log)
  const token = signStaffToken(parseSigningKeys(keys), systemClock, { staffId: '019c0000-0000-7000-8000-000000000000', role: 'agent' }, ['accounts'], STAFF_TOKEN_HOURS_MOST)
  return {
    env: stack.env,
    redis,
    usedMemory: () => usedMemory(redis),
    warm: () => warm(stack.env, signal),
    lookUps: { paths, token },
    redisPid: stack.pid('redis')!,
  }
}

/** What a projector tells when it has come to the end of a log: that a miss is an answer. */
async function tellWhole(redis: Redis, log: EventLog): Promise<void> {
  await redis.set(projectionKeys.logId, log.logId)
  for (const partition of await log.partitions('accounts')) await redis.hset(projectionKeys.currentAt, partition, new Date(systemClock.nowMs()).toISOString())
}

/** As staff do it: by the command, in a process of its own. Throws when the generation is refused. */
async function warm(env: Record<string, string>, signal: AbortSignal): Promise<BuildResult> {
  const { stdout } = await run(process.execPath, [join(projectFolder, 'bin/preload.ts'), '--warm', '--accept-difference', '--json'], { env: { ...process.env, ...env }, signal })
  return JSON.parse(stdout) as BuildResult
}

async function usedMemory(redis: Redis): Promise<number> {
  const [, bytes] = /^used_memory:(\d+)/m.exec(await redis.info('memory')) ?? []
  return Number(bytes)
}
