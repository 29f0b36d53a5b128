import { Redis } from 'ioredis'
import { Client } from 'pg'
import type { Clock } from '../../domain/clock.ts'
import type { EventLog } from '../platform/event-log/event-log.ts'
import { AccountSnapshot, snapshotRow } from './cache/account-snapshot.ts'
import { beginBuild, endBuild, GenerationLostError, LEASE_MS, LUA_IS_MINE, renewBuild, type BuildLease } from './cache/build-lease.ts'
import { cacheKeys, LUA_LIVE } from './cache/cache-keys.ts'
import type { BucketDigests } from './cache/bucket-digests.ts'
import { GenerationWriter } from './cache/generation-writer.ts'
import { Pace } from './cache/pace.ts'
import { RedisPipe } from './cache/redis-pipe.ts'
import type { RefusalReason } from './cache/refusal-reason.ts'
import { sweepGenerations } from './cache/sweep-generations.ts'
import { validateGeneration } from './cache/validate-generation.ts'
import { logEnds } from './log-ends.ts'

export interface BuildOptions {
  redisUrl: string
  databaseUrl: string
  log: Pick<EventLog, 'logId' | 'partitions' | 'end' | 'countAfter'>
  clock: Clock
  /** Milliseconds for Postgres to fold what the log holds now; a minute when not given. */
  waitMs?: number
  /** Flip although it differs from the live generation. */
  accept?: boolean
  signal?: AbortSignal
  /** Told how many rows are read, and waited for. */
  onProgress?: (rows: number) => Promise<void> | void
  /** The same of rows that are written, which begins when all are read. */
  onWritten?: (rows: number) => Promise<void> | void
  /** Rows that Postgres gives at once; some thousand when not given. */
  rowsAtOnce?: number
}

/** A generation that answers from now on, or why it does not and is gone again. */
export type BuildResult = BuiltGeneration & ({ flipped: true; previous: string } | { flipped: false; reasons: RefusalReason[] })

interface BuiltGeneration {
  generation: string
  accounts: number
  digest: string
  /** Until all was written; waiting for Postgres and validating are not in it. */
  writingSeconds: number
  validatingSeconds: number
}

const WAIT_MS = 60_000

/**
 * Builds a generation of the account cache from Postgres beside the live one, compares it with what it was built from, and lets it
 * answer; the one that answered until then is pinned. Every change goes into all of them, so that a flip shows no older value:
 *
 * - First the generation is named, so that each change from then on is written to it too.
 * - Only then the log is asked where it ends, and the rows are taken at a moment at which Postgres had all up to there. What Redis
 *   had applied before, or was half through applying, stood in the log by then: it is in the rows. What came after is a change.
 * - Rows never replace what a change has written, unless they are newer.
 *
 * @throws BuildUnderWayError, GenerationLostError, PostgresBehindError; whatever it throws, the live generation stays
 */
export async function buildGeneration(options: BuildOptions): Promise<BuildResult> {
  const stores = await connectStores(options)
  try {
    return await buildWith(stores, options)
  } finally {
    await stores.close()
  }
}

async function buildWith({ redis, besides, pipe, postgres }: Stores, options: BuildOptions): Promise<BuildResult> {
  const { clock, log, signal, waitMs = WAIT_MS } = options
  const lease = await beginBuild(redis, new Date(clock.nowMs()).toISOString())
  const held = keepLease(redis, lease, clock, signal)
  try {
    await sweepGenerations(redis)
    const ends = await logEnds(log, 'accounts')
    const snapshot = await AccountSnapshot.take(postgres, log, ends, { waitMs, clock })
    const pace = new Pace(besides, clock)
    const startMs = clock.monotonicMs()
    const expected = await writeAll(snapshot, new GenerationWriter(redis, pipe, lease, pace), held.signal, options)
    const writtenMs = clock.monotonicMs()
    const live = options.accept ? null : await liveGeneration(redis)
    const { reasons, accounts, digest } = await validateGeneration({ redis, pipe, generation: lease.generation, snapshot, expected, live, pace })
    const built = { generation: lease.generation, accounts, digest, writingSeconds: (writtenMs - startMs) / 1_000, validatingSeconds: (clock.monotonicMs() - writtenMs) / 1_000 }
    held.signal.throwIfAborted()
    if (reasons.length > 0) return { ...built, flipped: false, reasons }
    return { ...built, flipped: true, previous: await flip(redis, lease, digest, new Date(clock.nowMs()).toISOString()) }
  } finally {
    await held.stop()
    await endBuild(redis, lease)
    await sweepGenerations(redis)
  }
}

async function writeAll(snapshot: AccountSnapshot, writer: GenerationWriter, signal: AbortSignal, { onProgress, onWritten, rowsAtOnce }: BuildOptions): Promise<BucketDigests> {
  try {
    let read = 0
    for await (const rows of snapshot.batches(rowsAtOnce)) {
      signal.throwIfAborted()
      for (const [text] of rows) writer.gather(snapshotRow(text))
      await onProgress?.((read += rows.length))
    }
    return await writer.write(signal, onWritten)
  } finally {
    writer.close()
  }
}

/** Renews the lease while Postgres is waited for, too. The signal tells that it is lost, or that the caller gave up. */
function keepLease(redis: Redis, lease: BuildLease, clock: Clock, caller: AbortSignal | undefined): { signal: AbortSignal; stop(): Promise<void> } {
  const stopped = new AbortController()
  const lost = new AbortController()
  const loop = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      await clock.sleep(LEASE_MS / 3, stopped.signal).catch(() => undefined)
      if (!stopped.signal.aborted) await renewBuild(redis, lease).catch((error: unknown) => lost.abort(error))
    }
  }
  const running = loop()
  return {
    signal: AbortSignal.any([lost.signal, ...(caller ? [caller] : [])]),
    stop: async () => {
      stopped.abort()
      await running
    },
  }
}

/** One command: no reader sees anything between. KEYS: generations, lease. ARGV: token, generation, digest, now, LEASE_MS. */
const FLIP = `${LUA_IS_MINE}
${LUA_LIVE}
if not isMine() then return false end
local previous = liveGeneration()
redis.call('HSET', KEYS[1], 'live', ARGV[2], 'pinned', previous)
redis.call('HDEL', KEYS[1], 'building')
redis.call('HSET', 'accounts:' .. ARGV[2] .. ':about', 'digest', ARGV[3], 'validatedAt', ARGV[4])
redis.call('UNLINK', 'accounts:' .. ARGV[2] .. ':changes')
return previous`

async function flip(redis: Redis, { token, generation }: BuildLease, digest: string, now: string): Promise<string> {
  const previous = await redis.eval(FLIP, 2, cacheKeys.generations, cacheKeys.buildLease, token, generation, digest, now, LEASE_MS)
  if (typeof previous !== 'string') throw new GenerationLostError('The lease on the generation that is being built has ended')
  return previous
}

const FLIP_BACK = `local live, pinned = unpack(redis.call('HMGET', KEYS[1], 'live', 'pinned'))
if not pinned then return false end
redis.call('HSET', KEYS[1], 'live', pinned, 'pinned', live)
return { pinned, live }`

/**
 * Lets the pinned generation answer again, and pins the one that did: changes have gone into both all the time, so that it is as
 * new. Null when none is pinned.
 */
export async function flipBack(redis: Redis): Promise<{ generation: string; previous: string; accounts: number } | null> {
  const flipped = (await redis.eval(FLIP_BACK, 1, cacheKeys.generations)) as [string, string] | null
  if (!flipped) return null
  const [generation, previous] = flipped
  return { generation, previous, accounts: Number((await redis.hget(cacheKeys.about(generation), 'accounts')) ?? 0) }
}

export interface Generation {
  generation: string
  role: 'live' | 'pinned' | 'building'
  /** Open accounts. */
  accounts: number
  /** When its build began and when it was validated, ISO 8601 UTC, and the digest then; null when it was folded from the log. */
  startedAt: string | null
  validatedAt: string | null
  digest: string | null
}

export async function listGenerations(redis: Redis): Promise<Generation[]> {
  const names = await redis.hgetall(cacheKeys.generations)
  const roles = (['live', 'pinned', 'building'] as const).filter((role) => names[role] !== undefined)
  return Promise.all(roles.map(async (role) => {
    const about = await redis.hgetall(cacheKeys.about(names[role]!))
    const { startedAt = null, validatedAt = null, digest = null } = about
    return { generation: names[role]!, role, accounts: Number(about['accounts'] ?? 0), startedAt, validatedAt, digest }
  }))
}

async function liveGeneration(redis: Redis): Promise<string> {
  return (await redis.eval(`${LUA_LIVE} return liveGeneration()`, 1, cacheKeys.generations)) as string
}

interface Stores {
  redis: Redis
  /** On which nothing is written: it waits for its turn as readers do. */
  besides: Redis
  /** For what is much. */
  pipe: RedisPipe
  postgres: Client
  close(): Promise<void>
}

/** Connections of the build's own: its commands are longer than a read may wait. */
async function connectStores({ redisUrl, databaseUrl }: Pick<BuildOptions, 'redisUrl' | 'databaseUrl'>): Promise<Stores> {
  const [redis, besides] = [redisUrl, redisUrl].map((url) => {
    const client = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null, connectTimeout: 5_000, commandTimeout: 20_000, connectionName: 'preload' })
    client.on('error', () => undefined)
    return client
  }) as [Redis, Redis]
  const postgres = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000 })
  postgres.on('error', () => undefined)
  let pipe: RedisPipe | undefined
  const close = async () => {
    pipe?.close()
    redis.disconnect()
    besides.disconnect()
    await postgres.end().catch(() => undefined)
  }
  try {
    await Promise.all([redis.connect(), besides.connect(), postgres.connect()])
    pipe = await RedisPipe.open(redisUrl)
    return { redis, besides, pipe, postgres, close }
  } catch (error) {
    await close()
    throw error
  }
}
