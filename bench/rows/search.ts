import { join } from 'node:path'
import type { NewEvent } from '../../domain/event.ts'
import { systemClock } from '../../domain/clock.ts'
import { seededRandom } from '../../load/seeded-random.ts'
import { sha256 } from '../../server/platform/hash.ts'
import { openEventLog } from '../../server/platform/event-log/open-event-log.ts'
import { uuidV5 } from '../../server/platform/uuid-v5.ts'
import { writeHistory } from '../history/write-history.ts'
import { percentile, rounded } from '../percentile.ts'
import type { BenchOptions, BenchRow } from '../row.ts'
import { type LoneSearch, startLoneSearch } from '../search/lone-search.ts'
import { madeAccounts } from '../search/made-accounts.ts'
import { type MadeQuery, madeQuery, QUERY_KINDS } from '../search/made-queries.ts'
import { toldApart } from '../search/told-apart.ts'
import { startTrigramFloor } from '../search/trigram-floor.ts'
import { askWithoutPause, typeQueries } from '../search/type-queries.ts'
import { startStores } from '../stores.ts'

const DEFAULT_ACCOUNTS = 3_000_000
const QUERIES = 4_000
/** It is slow: more of them would only take longer. */
const FLOOR_QUERIES = 200
const AGENTS = 20
const TYPING_SECONDS_LEAST = 20
/** Queries are drawn by each of them: no seed is the lucky one. */
const QUERY_SEEDS = [11, 23]
const COUNTED = 5

export interface SearchRow extends BenchRow {
  accounts: number
  /** Of queries that tell their account apart. */
  recallAt5: number
  /** Of every query, also of a single letter that thousands match. */
  recallAt5OfAll: number
  recallAt5OfAmbiguous: number
  p50Ms: number
  p99Ms: number
  buildSeconds: number
  residentMb: number
  indexMb: number
}

interface SeededQuery extends MadeQuery {
  seed: number
}

interface Asked extends SeededQuery {
  apart: boolean
  hit: boolean
}

/** Anyone found while twenty people type: how often the one who is meant is among the first five, how fast, and what it takes; beside a plain pg_trgm query. */
export async function search(options: BenchOptions): Promise<SearchRow> {
  const { folder, say, onEnd, signal, seconds, accounts = DEFAULT_ACCOUNTS } = options
  const eventLogUrl = `sqlite:${join(folder, 'search.sqlite')}`
  const made = await logAccounts(eventLogUrl, accounts, signal)
  say(`${accounts.toLocaleString('en')} accounts are in the log: ${made.seconds.toFixed(0)} s`)
  const first = await startLoneSearch({ eventLogUrl, folder, signal })
  const memory = first.memory()
  say(`the search has read them: ${first.buildSeconds.toFixed(0)} s, ${memory.residentMb} MiB resident, ${mebibytes(first.fileBytes())} MiB on disk`)
  await first.stop()
  const running = await startLoneSearch({ eventLogUrl, folder, signal })
  onEnd(() => running.stop())
  say(`started again it has all of them after ${running.buildSeconds.toFixed(0)} s`)

  const apart = toldApart(made.queries, madeAccounts(accounts))
  say(`${apart.filter(Boolean).length} of ${made.queries.length} queries tell their account apart`)
  const asked = await askAll(running, made.queries, apart)
  const texts = asked.map(({ typed }) => typed)
  const typing = await typeQueries(texts, Math.max(seconds * 4, TYPING_SECONDS_LEAST), running.ask)
  say(`typing: ${typing.length} letters, p50 ${rounded(percentile(typing, 0.5))} ms, p99 ${rounded(percentile(typing, 0.99))} ms`)
  const closed = await askWithoutPause(texts, running.ask, AGENTS)
  const loaded = running.memory()
  await running.stop()

  const floor = await measureFloor(options, accounts, asked)
  const recallAt5 = recallOf(asked.filter((query) => query.apart))
  const p99Ms = rounded(percentile(typing, 0.99))
  return {
    name: 'search', unit: 'recall@5', value: recallAt5, accounts, recallAt5,
    recallAt5OfAll: recallOf(asked),
    recallAt5OfAmbiguous: recallOf(asked.filter((query) => !query.apart)),
    p50Ms: rounded(percentile(typing, 0.5)), p99Ms,
    buildSeconds: rounded(first.buildSeconds), residentMb: loaded.residentMb, indexMb: mebibytes(first.fileBytes()),
    floors: { pg_trgm: floor.recallAt5 },
    ratios: { pg_trgm: rounded(recallAt5 / floor.recallAt5) },
    details: {
      queries: asked.length, apart: asked.filter((query) => query.apart).length,
      recallAt5ByKind: Object.fromEntries(QUERY_KINDS.map((kind) => [kind, recallOf(asked.filter((query) => query.apart && query.kind === kind))])),
      recallAt5BySeed: QUERY_SEEDS.map((seed) => recallOf(asked.filter((query) => query.apart && query.seed === seed))),
      recallAt5ByTypos: [0, 1, 2].map((typos) => recallOf(asked.filter((query) => query.apart && query.typos === typos))),
      agents: AGENTS, lettersTyped: typing.length,
      withoutPause: { p50Ms: rounded(percentile(closed, 0.5)), p99Ms: rounded(percentile(closed, 0.99)) },
      firstAnswerSeconds: rounded(first.firstAnswerSeconds), againSeconds: rounded(running.buildSeconds), peakMb: loaded.peakMb,
      bytesPerAccount: Math.round((loaded.residentMb * 2 ** 20) / accounts),
      pg_trgm: floor,
    },
  }
}

async function logAccounts(url: string, accounts: number, signal: AbortSignal): Promise<{ queries: SeededQuery[]; seconds: number }> {
  const log = await openEventLog({ url, clock: systemClock, region: 'local', node: 'bench' })
  const draws = QUERY_SEEDS.map((seed) => {
    const source = seededRandom(seed)
    return { seed, random: () => source.fraction(), left: QUERIES / QUERY_SEEDS.length }
  })
  const queries: SeededQuery[] = []
  function* history(): Generator<NewEvent> {
    let place = 0
    for (const account of madeAccounts(accounts)) {
      for (const draw of draws) {
        if (draw.random() >= draw.left / (accounts - place)) continue
        draw.left--
        queries.push({ ...madeQuery(account, draw.random), seed: draw.seed })
      }
      place++
      yield { id: uuidV5('bench', account.accountNumber), type: 'account.upserted.v1', key: account.accountNumber, bodyHash: sha256(account.accountNumber), data: account }
    }
  }
  try {
    return { seconds: await writeHistory(log, history(), accounts, signal), queries }
  } finally {
    await log.close()
  }
}

async function askAll(running: LoneSearch, queries: readonly SeededQuery[], apart: readonly boolean[]): Promise<Asked[]> {
  const asked: Asked[] = []
  for (const [place, query] of queries.entries()) {
    const { accounts } = await running.ask(query.typed)
    asked.push({ ...query, apart: apart[place]!, hit: accounts.slice(0, COUNTED).some(({ accountNumber }) => accountNumber === query.accountNumber) })
  }
  return asked
}

async function measureFloor(options: BenchOptions, accounts: number, asked: readonly Asked[]) {
  const { databaseUrl } = await startStores(options, 'search-stores')
  const floor = await startTrigramFloor(databaseUrl, madeAccounts(accounts), AGENTS)
  options.onEnd(() => floor.stop())
  options.say(`pg_trgm: built in ${floor.buildSeconds.toFixed(0)} s, ${mebibytes(floor.bytes)} MiB`)
  const queries = asked.filter(({ apart }) => apart).slice(0, FLOOR_QUERIES)
  const hits = new Set<MadeQuery>()
  const took = await askWithoutPause(queries.map((_, place) => String(place)), async (place) => {
    const query = queries[Number(place)]!
    if ((await floor.ask(query.typed)).includes(query.accountNumber)) hits.add(query)
  }, AGENTS)
  return {
    queries: queries.length, recallAt5: rounded(hits.size / queries.length),
    p50Ms: rounded(percentile(took, 0.5)), p99Ms: rounded(percentile(took, 0.99)),
    buildSeconds: rounded(floor.buildSeconds), mb: mebibytes(floor.bytes),
  }
}

function recallOf(asked: readonly Asked[]): number {
  return Math.round((asked.filter(({ hit }) => hit).length / Math.max(1, asked.length)) * 1_000) / 1_000
}

function mebibytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20)
}
