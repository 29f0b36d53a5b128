import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import type { Account, Known } from '../../domain/account.ts'
import type { Database } from '../platform/database.ts'
import { ReadsUnavailableError } from '../platform/errors.ts'
import { StoreUnavailableError } from '../platform/guarded-store.ts'
import { redisProjectionState } from '../platform/projection-state.ts'
import type { ReadSources } from '../platform/read-sources.ts'
import { putAccounts } from './account-cache.ts'

export interface AccountQuestion {
  /** Names the question: equal ones under way are asked once. */
  key: string
  fromRedis(redis: Redis): Promise<FoundInRedis>
  fromPostgres(database: Database): Promise<Known<Account>[]>
  /** True when a found part may lack others, so that only a whole Redis may answer. */
  needsWhole: boolean
}

export interface FoundInRedis {
  found: Known<Account>[]
  /** Whether Redis lacks nothing, asked after the accounts: what was lost before they were found shows. Null: not asked. */
  whole: boolean | null
}

const LEASE_MS = 1_000
const ABSENT_MS = 1_000
const WAIT_FOR_FILLER_MS = 700
const LOOK_EVERY_MS = 20
const ABSENT = 'absent'
const RELEASE = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`

const underWay = new WeakMap<ReadSources, Map<string, Promise<Known<Account>[]>>>()

/**
 * Redis, then Postgres on a miss: one asker per question in this process, one filler over all processes.
 * Throws ReadsUnavailableError when neither can answer: a miss in a Redis that is not whole is no answer.
 */
export async function readAccounts(sources: ReadSources, question: AccountQuestion): Promise<Known<Account>[]> {
  const flights = underWay.get(sources) ?? new Map<string, Promise<Known<Account>[]>>()
  underWay.set(sources, flights)
  const flying = flights.get(question.key)
  if (flying) return flying
  const flight = read(sources, question).finally(() => flights.delete(question.key))
  flights.set(question.key, flight)
  return flight
}

async function read(sources: ReadSources, question: AccountQuestion): Promise<Known<Account>[]> {
  const cached = await tryRedis(sources, question)
  if (cached && cached.found.length > 0 && (cached.whole || !question.needsWhole)) return cached.found
  if (!cached) return (await tryPostgres(sources, question)) ?? unavailable()
  const lease = `lease:${question.key}`
  const token = randomUUID()
  const mine = await sources.redis.use((redis) => redis.set(lease, token, 'PX', LEASE_MS, 'NX')).catch(unknownStore)
  const filled = mine === null ? await waitForFiller(sources, question, lease) : await filledBefore(sources, question)
  if (filled) {
    if (mine !== null) await settleLease(sources, lease, token, null)
    return filled
  }
  const stored = await tryPostgres(sources, question)
  await settleLease(sources, lease, token, stored)
  return stored ?? (cached.whole ? cached.found : unavailable())
}

/** Null when Redis does not answer. */
async function tryRedis(sources: ReadSources, question: AccountQuestion): Promise<{ found: Known<Account>[]; whole: boolean } | null> {
  try {
    return await sources.redis.use(async (redis) => {
      const { found, whole } = await question.fromRedis(redis)
      if (found.length > 0 && !question.needsWhole) return { found, whole: false }
      return { found, whole: whole ?? (await redisProjectionState(redis, 'accounts')).whole }
    })
  } catch (error) {
    return unknownStore(error)
  }
}

async function tryPostgres(sources: ReadSources, question: AccountQuestion): Promise<Known<Account>[] | null> {
  return sources.prisma.use((database) => question.fromPostgres(database)).catch(unknownStore)
}

/** Between this miss and this lease another filler may have come and gone. */
async function filledBefore(sources: ReadSources, question: AccountQuestion): Promise<Known<Account>[] | null> {
  if (question.needsWhole) return null
  const again = await sources.redis.use((redis) => question.fromRedis(redis)).catch(unknownStore)
  return again && again.found.length > 0 ? again.found : null
}

/** Another process asks Postgres for the same: its answer shows up in Redis. Null when it does not. */
async function waitForFiller(sources: ReadSources, question: AccountQuestion, lease: string): Promise<Known<Account>[] | null> {
  const until = performance.now() + WAIT_FOR_FILLER_MS
  while (performance.now() < until) {
    const seen = await sources.redis
      .use(async (redis) => {
        // In this order: what is not there although the lease is gone was not filled.
        const holder = await redis.get(lease)
        return { holder, found: (await question.fromRedis(redis)).found }
      })
      .catch(unknownStore)
    if (!seen) return null
    if (seen.found.length > 0 && (!question.needsWhole || seen.holder === null)) return seen.found
    if (seen.holder === ABSENT) return []
    if (seen.holder === null) return null
    await sleep(LOOK_EVERY_MS)
  }
  return null
}

/** Fills what was found by the same compare-and-set as the projector; marks what is nowhere for a moment. */
async function settleLease(sources: ReadSources, lease: string, token: string, stored: Known<Account>[] | null): Promise<void> {
  await sources.redis
    .use(async (redis) => {
      if (stored) await putAccounts(redis, stored.map(({ version, asOf, value }) => ({ version, asOf, account: value })))
      if (stored?.length === 0) await redis.set(lease, ABSENT, 'PX', ABSENT_MS)
      else await redis.eval(RELEASE, 1, lease, token)
    })
    .catch(unknownStore)
}

function unknownStore(error: unknown): null {
  if (error instanceof StoreUnavailableError) return null
  throw error
}

function unavailable(): never {
  throw new ReadsUnavailableError('Neither Redis nor Postgres can answer')
}
