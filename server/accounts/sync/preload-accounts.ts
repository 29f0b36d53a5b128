import { accountNumberKey, type Account, type Known } from '../../../domain/account.ts'
import type { Clock } from '../../../domain/clock.ts'
import { versionOf, type NewEvent } from '../../../domain/event.ts'
import type { Preloaded } from '../../../domain/preload.ts'
import type { FieldProblem } from '../../../domain/problem.ts'
import type { Utility } from '../../../domain/utility.ts'
import { CoreUnavailableError } from '../../core-system/core-errors.ts'
import type { CoreSystem } from '../../core-system/core-system.ts'
import { CoreAwayError, InvalidInputError, ReadsUnavailableError } from '../../platform/errors.ts'
import type { Appended, EventLog } from '../../platform/event-log/event-log.ts'
import { StoreUnavailableError } from '../../platform/guarded-store.ts'
import type { ReadSources } from '../../platform/read-sources.ts'
import { uuidV5 } from '../../platform/uuid-v5.ts'
import { accountsFromRedis } from '../account-cache.ts'
import { accountFromRow } from '../account-from-row.ts'
import { accountHash } from '../account-hash.ts'
import { isOfCore } from './ask-core.ts'
import { judgeRow, rowDefaults, type RowDefaults } from './judge-row.ts'

export interface PreloadContext {
  log: Pick<EventLog, 'append'>
  /** Null: none is configured. */
  core: CoreSystem | null
  sources: ReadSources
  utility: Pick<Utility, 'defaultCountry' | 'locales' | 'coreSystem'>
  clock: Clock
}

type Outcome = Preloaded['accounts'][number]

const WITHIN_MS = 30_000
const RETRY_SECONDS = 10
/** An equal event that is older was followed by others: the account has to be told again. */
const OLD_MS = 60_000
const MOST_REPEATS = 20
const FULL_LOAD_ONLY: FieldProblem = { field: '/accountNumbers', rule: 'full-load-only', fix: 'This core system gives files: ask for a full load, {"full":true}' }

/**
 * Fetches accounts from the core system and appends those that are not in the cache as they are told. Asking again is harmless.
 * Throws CoreAwayError when one could not be fetched (those that were are appended), ReadsUnavailableError when it is not known
 * what is in the cache, InvalidInputError where the core system tells single accounts only by reading them all, and the log's errors.
 * @param accountNumbers as typed, some hundreds
 * @returns one outcome for each, in their order
 */
export async function preloadAccounts(context: PreloadContext, accountNumbers: readonly string[]): Promise<Preloaded> {
  const { core, utility } = context
  if (!core) throw new CoreAwayError(RETRY_SECONDS)
  if (!core.singleAccountsAreCheap) throw new InvalidInputError([FULL_LOAD_ONLY])
  const distinct = [...new Map(accountNumbers.map((number) => [accountNumberKey(number), number])).values()]
  const signal = AbortSignal.timeout(WITHIN_MS)
  const before = await knownAccounts(context.sources, distinct.map(accountNumberKey))
  const fetched = await eachAtOnce(distinct, utility.coreSystem.deliveriesAtOnce, (number) => fetchAccount(core, number, signal, rowDefaults(utility)))
  const accounts = fetched.flatMap((each) => ('account' in each ? [each.account] : []))
  const loaded = await appendChanged(context, accounts, before)
  const away = fetched.find((each) => 'away' in each)
  if (away) throw new CoreAwayError(away.away)
  const outcomes = new Map(distinct.map((number, place): [string, Omit<Outcome, 'accountNumber'>] => {
    const each = fetched[place]!
    if ('outcome' in each) return [accountNumberKey(number), each]
    return [accountNumberKey(number), { outcome: loaded.has(accountNumberKey(number)) ? 'loaded' : 'unchanged' }]
  }))
  return { accounts: accountNumbers.map((accountNumber) => ({ accountNumber, ...outcomes.get(accountNumberKey(accountNumber))! })) }
}

type Fetched = { account: Account } | { away: number } | Omit<Outcome, 'accountNumber'>

async function fetchAccount(core: CoreSystem, accountNumber: string, signal: AbortSignal, defaults: RowDefaults): Promise<Fetched> {
  let row: unknown
  try {
    row = await core.account(accountNumber, { signal })
  } catch (error) {
    if (!isOfCore(error) && !signal.aborted) throw error
    const retryAfterMs = error instanceof CoreUnavailableError ? error.retryAfterMs : undefined
    return { away: Math.max(1, Math.ceil((retryAfterMs ?? RETRY_SECONDS * 1_000) / 1_000)) }
  }
  if (row === null) return { outcome: 'unknown' }
  const judged = judgeRow(row, defaults)
  if ('rejected' in judged) return { outcome: 'rejected', field: judged.rejected.field, rule: judged.rejected.rule }
  if (judged.key !== accountNumberKey(accountNumber)) return { outcome: 'rejected', field: 'accountNumber', rule: 'is that of another account' }
  return { account: judged.account }
}

/**
 * What the cache was told while they were fetched is newer than what was fetched, and stays.
 * @returns keys of those that were appended
 */
async function appendChanged({ log, sources, clock }: PreloadContext, accounts: readonly Account[], before: ReadonlyMap<string, Known<Account>>): Promise<Set<string>> {
  if (accounts.length === 0) return new Set()
  const known = await knownAccounts(sources, accounts.map(({ accountNumber }) => accountNumberKey(accountNumber)))
  const events = accounts.flatMap((account) => {
    const key = accountNumberKey(account.accountNumber)
    const held = known.get(key)
    const contentHash = accountHash(account)
    const isTold = held?.version !== before.get(key)?.version || (held && accountHash(held.value) === contentHash)
    return isTold ? [] : [preloadedEvent(account, key, contentHash, held?.version ?? '')]
  })
  const appended = events.length > 0 ? await log.append(events) : []
  await Promise.all(events.map((event, place) => appendAgain(log, event, appended[place]!, clock)))
  return new Set(events.map(({ key }) => key))
}

/** @param after version of what the cache has, or of an equal event: the same fact may be told again after another one */
function preloadedEvent(account: Account, key: string, contentHash: string, after: string): NewEvent<'account.upserted.v1'> {
  return { id: uuidV5('account-preloaded', key, contentHash, after), type: 'account.upserted.v1', key, bodyHash: contentHash, data: account }
}

/** The same was told long ago and the cache has something else by now, or nothing: it is told after that. */
async function appendAgain(log: Pick<EventLog, 'append'>, event: NewEvent<'account.upserted.v1'>, appended: Appended, clock: Clock): Promise<void> {
  let { outcome, first } = appended
  for (let repeats = 0; outcome === 'repeated' && clock.nowMs() - Date.parse(first.envelope.time) > OLD_MS && repeats < MOST_REPEATS; repeats++) {
    const [next] = await log.append([preloadedEvent(event.data, event.key, event.bodyHash, versionOf(first.envelope))])
    ;({ outcome, first } = next!)
  }
}

async function knownAccounts(sources: ReadSources, keys: readonly string[]): Promise<Map<string, Known<Account>>> {
  const cached = await sources.redis.use((redis) => accountsFromRedis(redis, keys)).catch(unknownStore)
  if (cached) return byKey(cached)
  const stored = await sources.prisma
    .use(async (database) => (await database.account.findMany({ where: { accountKey: { in: [...keys] }, closed: false } })).map(accountFromRow))
    .catch(unknownStore)
  if (!stored) throw new ReadsUnavailableError('Neither Redis nor Postgres can answer')
  return byKey(stored)
}

function byKey(known: readonly Known<Account>[]): Map<string, Known<Account>> {
  return new Map(known.map((each) => [accountNumberKey(each.value.accountNumber), each]))
}

/** Null when the store does not answer. */
function unknownStore(error: unknown): null {
  if (error instanceof StoreUnavailableError) return null
  throw error
}

async function eachAtOnce<T, R>(items: readonly T[], atOnce: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  const places = items.keys()
  const worker = async (): Promise<void> => {
    for (const place of places) results[place] = await work(items[place]!)
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker))
  return results
}
