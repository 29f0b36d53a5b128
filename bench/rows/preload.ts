import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { startAccountStores } from '../accounts/account-stores.ts'
import { fullPath, type FullPath } from '../accounts/full-path.ts'
import { startLoneApi } from '../accounts/lone-api.ts'
import { dumpKeysToFile, pipeKeys } from '../floors/pipe-keys.ts'
import { Measurement, type Target } from '../measurement.ts'
import { median, rounded } from '../percentile.ts'
import type { BenchOptions, BenchRow } from '../row.ts'

const DEFAULT_ACCOUNTS = 200_000
/** Look-ups that go on beside: what some hundred people at work ask for, far from what the portal could answer. */
const LOOK_UPS_PER_SECOND = 200
const IDLE_ROUNDS = 3

export interface PreloadRow extends BenchRow, Partial<FullPath> {
  accounts: number
  /** A generation of the cache built from Postgres and validated, with nobody asking. */
  warmSeconds: number
  /** The same keys and bytes by a bare pipe. */
  pipeSeconds: number
  /** warmSeconds over pipeSeconds. */
  ratio: number
  bytesPerAccount: number
  lookUpP99IdleMs: number
  lookUpP99DuringMs: number
}

/** All accounts into the cache: beside a bare pipe of what came of it, while look-ups go on, and by the full path from a core system. */
export async function preload(options: BenchOptions): Promise<PreloadRow> {
  const accounts = options.accounts ?? DEFAULT_ACCOUNTS
  const { say, short = false } = options
  const cache = await fillCache(options, accounts)
  const full = short ? null : await fullPath(options, accounts)
  if (full) say(`from the core system into the cache: ${full.fullPathSeconds.toFixed(1)} s`)
  const { warmSeconds, pipeSeconds } = cache
  return {
    name: 'preload',
    value: Math.round(accounts / warmSeconds),
    unit: 'accounts/s',
    floors: { pipe: Math.round(accounts / pipeSeconds) },
    ratios: { pipe: rounded(pipeSeconds / warmSeconds) },
    accounts,
    ...cache,
    ...full,
  }
}

async function fillCache(options: BenchOptions, accounts: number) {
  const ends: (() => Promise<void>)[] = []
  try {
    return await measureCache({ ...options, onEnd: (end) => ends.push(end) }, accounts)
  } finally {
    // The full path has the machine, its memory and its disk to itself.
    for (const end of ends.toReversed()) await end()
    rmSync(join(options.folder, 'accounts'), { recursive: true, force: true })
  }
}

async function measureCache(options: BenchOptions, accounts: number) {
  const { say, folder, onEnd } = options
  const stores = await startAccountStores(options, accounts)
  const emptyBytes = await stores.usedMemory()
  const warmed = await stores.warm()
  const warmSeconds = rounded(warmed.writingSeconds + warmed.validatingSeconds)
  const bytesPerAccount = Math.round(((await stores.usedMemory()) - emptyBytes) / accounts)
  say(`warm: ${warmSeconds} s (${warmed.validatingSeconds.toFixed(1)} s of it validating), ${bytesPerAccount} bytes of Redis an account`)

  const path = join(folder, 'keys.resp')
  const dump = await dumpKeysToFile(stores.redis, path)
  await stores.redis.flushall()
  const pipeSeconds = rounded(await pipeKeys(stores.env['REDIS_URL']!, dump))
  rmSync(path)
  say(`bare pipe of its ${dump.commands.toLocaleString('en')} keys, ${(dump.bytes / 2 ** 20).toFixed(0)} MiB: ${pipeSeconds} s`)

  const api = await startLoneApi(stores.env)
  onEnd(() => api.stop())
  const measure = await Measurement.start(options)
  const portal: Target = { name: 'portal', url: api.url, pids: { api: api.pid }, lookUps: stores.lookUps, countKept: () => Promise.resolve(null) }
  await measure.firstPass(portal)
  const idle = []
  for (let round = 0; round < IDLE_ROUNDS; round++) idle.push(await measure.open(portal, round, LOOK_UPS_PER_SECOND))
  const during = await whileWarming(measure, portal, () => stores.warm())
  const windows = [...idle, ...during.windows]
  const failed = windows.reduce((sum, { statuses, accepted, unanswered }) => sum + unanswered + Object.values(statuses).reduce((all, count) => all + count, 0) - accepted, 0)
  const [lookUpP99IdleMs, lookUpP99DuringMs] = [idle, during.windows].map((of) => rounded(median(of.map(({ p99Ms }) => p99Ms)))) as [number, number]
  say(`look-ups: p99 ${lookUpP99IdleMs} ms idle, ${lookUpP99DuringMs} ms beside a warm of ${during.warmSeconds} s, ${failed} not answered with 200`)
  return {
    warmSeconds, pipeSeconds,
    ratio: rounded(warmSeconds / pipeSeconds),
    bytesPerAccount, lookUpP99IdleMs, lookUpP99DuringMs,
    details: {
      warm: { writingSeconds: rounded(warmed.writingSeconds), validatingSeconds: rounded(warmed.validatingSeconds), besideLookUpsSeconds: during.warmSeconds },
      pipe: { commands: dump.commands, bytes: dump.bytes },
      lookUps: { perSecond: LOOK_UPS_PER_SECOND, notAnswered: failed, idleP99Ms: idle.map(({ p99Ms }) => rounded(p99Ms)), duringP99Ms: during.windows.map(({ p99Ms }) => rounded(p99Ms)) },
      benchPeakRssMb: Math.round(process.resourceUsage().maxRSS / 1_024),
    },
  }
}

/** Rounds of look-ups for as long as a generation is built; the last one, which it may end in, counts only when it is the only one. */
async function whileWarming(measure: Measurement, portal: Target, warm: () => Promise<{ writingSeconds: number; validatingSeconds: number }>) {
  let warming = true
  const built = warm().finally(() => (warming = false))
  // Awaited below; a failure until then is told there.
  built.catch(() => undefined)
  const windows = []
  for (let round = 0; ; round++) {
    const began = warming
    const window = await measure.open(portal, 100 + round, LOOK_UPS_PER_SECOND)
    if (!began) break
    if (warming || windows.length === 0) windows.push(window)
    if (!warming) break
  }
  const { writingSeconds, validatingSeconds } = await built
  return { windows, warmSeconds: rounded(writingSeconds + validatingSeconds) }
}
