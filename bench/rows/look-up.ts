import type { Redis } from 'ioredis'
import { startAccountStores } from '../accounts/account-stores.ts'
import { startLoneApi } from '../accounts/lone-api.ts'
import { FLOOR_PREFIX } from '../floors/http-redis-prefix.ts'
import { startHttpRedisFloor } from '../floors/floor.ts'
import type { LookUps } from '../generator/load-job.ts'
import { CONNECTIONS, Measurement, type Target } from '../measurement.ts'
import { median, rounded } from '../percentile.ts'
import type { BenchOptions, BenchRow } from '../row.ts'

const DEFAULT_ACCOUNTS = 200_000
const ASKED_AT_ONCE = 32

/** Look-ups of accounts answered per second by the portal's api, audited; beside bare node:http and one GET of the same answer in the same Redis. */
export async function lookUp(options: BenchOptions): Promise<BenchRow> {
  const { say, onEnd, accounts = DEFAULT_ACCOUNTS } = options
  const stores = await startAccountStores(options, accounts)
  const { accounts: cached } = await stores.warm()
  const api = await startLoneApi(stores.env)
  onEnd(() => api.stop())
  const answerBytes = await copyAnswers(api.url, stores.lookUps, stores.redis)
  const floor = await startHttpRedisFloor(stores.env['REDIS_URL']!)
  onEnd(() => floor.stop())
  const measure = await Measurement.start(options)

  const portal: Target = { name: 'portal', url: api.url, pids: { api: api.pid, redis: stores.redisPid }, lookUps: stores.lookUps, countKept: () => Promise.resolve(null) }
  const bare: Target = { ...floor, pids: { ...floor.pids, redis: stores.redisPid }, lookUps: stores.lookUps }
  for (const target of [bare, portal]) await measure.firstPass(target)
  for (let round = 0; round < options.rounds; round++) {
    for (const target of round % 2 === 0 ? [bare, portal] : [portal, bare]) {
      const { acceptedPerSecond, p99Ms } = await measure.closed(target, round)
      say(`round ${round + 1} of ${options.rounds}: ${target.name.padEnd(10)} ${Math.round(acceptedPerSecond).toLocaleString('en')} look-ups/s, p99 ${p99Ms.toFixed(1)} ms`)
    }
  }
  const value = median(measure.rates('portal'))
  const half = await measure.halfRate(portal, value, () => Promise.resolve())
  const refused = measure.refusedByTarget()
  if (Object.values(refused).some((count) => count > 0)) throw new Error(`Not every look-up was answered with 200: ${JSON.stringify(refused)}`)
  return {
    name: 'look-up',
    value: Math.round(value),
    unit: 'look-ups/s',
    p50Ms: half.p50Ms,
    p99Ms: half.p99Ms,
    floors: { [floor.name]: Math.round(median(measure.rates(floor.name))) },
    ratios: { [floor.name]: rounded(median(measure.ratios('portal', floor.name))) },
    details: {
      accounts: cached,
      connections: CONNECTIONS,
      answerBytes,
      rounds: measure.roundsByTarget(),
      halfRate: half.details,
      cpuMicrosecondsPerLookUp: measure.cpuByTarget(),
      generatorUtilization: measure.utilizationByTarget(),
    },
  }
}

/** Puts what the portal answers under each path into the same Redis, for the floor. @returns bytes of an answer, on average */
async function copyAnswers(url: string, { paths, token }: LookUps, redis: Redis): Promise<number> {
  let bytes = 0
  for (let from = 0; from < paths.length; from += ASKED_AT_ONCE) {
    await Promise.all(paths.slice(from, from + ASKED_AT_ONCE).map(async (path) => {
      const answer = await fetch(url + path, { headers: { authorization: `Bearer ${token}` } })
      const body = Buffer.from(await answer.arrayBuffer())
      const found = answer.status === 200 ? (JSON.parse(body.toString()) as { accounts: unknown[] }).accounts.length : 0
      if (found === 0) throw new Error(`${path} was answered with ${answer.status} and no account`)
      await redis.set(FLOOR_PREFIX + path, body)
      bytes += body.length
    }))
  }
  return Math.round(bytes / paths.length)
}
