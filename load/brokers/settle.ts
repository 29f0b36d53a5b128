import { decodeJwt } from 'jose'
import { systemClock } from '../../domain/clock.ts'
import { receiptClaimsSchema } from '../../domain/receipt.ts'
import type { EventLog } from '../../server/platform/event-log/event-log.ts'
import { watchLag } from '../projection-lag.ts'
import { findBadReceipts } from '../storm/verify-receipts.ts'
import type { AnsweredReceipt } from './door-transport.ts'
import { readLogAnew, readPostgres, readRedis } from './holdings.ts'
import { type IssuedReceipt, type LoggedRecord, reckon, type Reckoning } from './reckoning.ts'
import type { DrillRun } from './run-drill.ts'

const LOOK_MS = 250
const LAG_LIMIT_MS = 120_000
/** A match that was decided between two looks is no fault. */
const LOOKS = 3
const RECEIPTS_AT_ONCE = 500

export interface SettleOptions {
  run: Pick<DrillRun, 'phones' | 'receipts'>
  /** Public URL of the doors, for the keys. */
  url: string
  log: EventLog
  logUrl: string
  databaseUrl: string
  redisUrl: string
  signal: AbortSignal
}

/** Waits until reactors and projections have taken in everything, then counts what each holds; the log is read anew. */
export async function settle({ run, url, log, logUrl, databaseUrl, redisUrl, signal }: SettleOptions): Promise<{ reckoning: Reckoning; logged: LoggedRecord[] }> {
  const sent = run.phones.map(({ id, bodyHash, accepted }) => ({ id, bodyHash, received: accepted }))
  const { receipts, badReceipts } = await checkReceipts(url, run.receipts)
  for (let look = 1; ; look++) {
    await untilNoLag({ log, databaseUrl, redisUrl, signal })
    const logged = await readLogAnew(logUrl, signal)
    const [Postgres, Redis] = await Promise.all([readPostgres(databaseUrl), readRedis(redisUrl)])
    const reckoning = reckon({ sent, receipts, badReceipts, log: logged, projections: { Postgres, Redis } })
    if (reckoning.faults.length === 0 || look === LOOKS) return { reckoning, logged }
  }
}

/** By the published keys and another library than the phones use. */
async function checkReceipts(url: string, answered: readonly AnsweredReceipt[]): Promise<{ receipts: IssuedReceipt[]; badReceipts: string[] }> {
  const badReceipts: string[] = []
  for (let start = 0; start < answered.length; start += RECEIPTS_AT_ONCE) {
    badReceipts.push(...(await findBadReceipts(url, answered.slice(start, start + RECEIPTS_AT_ONCE))))
  }
  const bad = new Set(badReceipts)
  const receipts = answered.filter(({ id }) => !bad.has(id)).map(({ receipt }) => receiptClaimsSchema.parse(decodeJwt(receipt)))
  return { receipts, badReceipts }
}

/** Matching first: what it still decides, the projections have yet to fold. */
export async function untilNoLag({ log, databaseUrl, redisUrl, signal }: Pick<SettleOptions, 'log' | 'databaseUrl' | 'redisUrl' | 'signal'>): Promise<void> {
  const watch = await watchLag({ log, databaseUrl, redisUrl })
  const deadlineMs = performance.now() + LAG_LIMIT_MS
  try {
    for (;;) {
      const lag = { matching: await matchingLag(log), ...(await watch.look()) }
      if (Object.values(lag).every((records) => records === 0)) return
      if (performance.now() > deadlineMs) throw new Error(`Not everything was taken in after ${LAG_LIMIT_MS / 1000} s; records behind: ${JSON.stringify(lag)}`)
      await systemClock.sleep(LOOK_MS, signal)
    }
  } finally {
    await watch.close()
  }
}

async function matchingLag(log: EventLog): Promise<number> {
  const partitions = await log.partitions('outages')
  const lags = await Promise.all(partitions.map(async (partition) => log.countAfter(partition, await log.loadCursor('matching', partition))))
  return lags.reduce((sum, records) => sum + records, 0)
}
