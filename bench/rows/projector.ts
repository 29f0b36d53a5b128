import { join } from 'node:path'
import { Redis } from 'ioredis'
import { Client } from 'pg'
import { systemClock } from '../../domain/clock.ts'
import { createPostgresProjection } from '../../processes/projector/postgres/postgres-projection.ts'
import { createRedisProjection } from '../../processes/projector/redis/redis-projection.ts'
import type { EventLog } from '../../server/platform/event-log/event-log.ts'
import { openEventLog } from '../../server/platform/event-log/open-event-log.ts'
import { copyTables, makeEmptyTables } from '../floors/copy-tables.ts'
import { dumpKeys, pipeKeys } from '../floors/pipe-keys.ts'
import { foldHistory } from '../history/fold-history.ts'
import { mixedHistory } from '../history/mixed-history.ts'
import { writeHistory } from '../history/write-history.ts'
import { median, rounded } from '../percentile.ts'
import type { BenchOptions, BenchRow } from '../row.ts'
import { startStores } from '../stores.ts'

const DEFAULT_EVENTS = 200_000
const FOLDED = 'bench_folded'
const COPIED = 'bench_copied'

interface Round {
  foldSeconds: number
  floorSeconds: number
  /** Rows, or commands of the floor. */
  written: number
}

interface StoreFigures {
  eventsPerSecond: number
  floorPerSecond: number
  ratio: number
}

export interface ProjectorRow extends BenchRow, StoreFigures {
  redis: StoreFigures
}

/** Events folded per second into Postgres, beside COPY of the rows that came of them; and into Redis, beside its keys by a bare pipe. */
export async function projector(options: BenchOptions): Promise<ProjectorRow> {
  const { folder, say, onEnd, signal, rounds, events = DEFAULT_EVENTS } = options
  const stores = await startStores(options, 'projector-stores')
  const log = await openEventLog({ url: `sqlite:${join(folder, 'projector.sqlite')}`, clock: systemClock, region: 'local', node: 'bench' })
  onEnd(() => log.close())
  say(`${events.toLocaleString('en')} events were logged in ${(await writeHistory(log, mixedHistory({ events }), events, signal)).toFixed(1)} s`)

  const inPostgres: Round[] = []
  const inRedis: Round[] = []
  for (let round = 0; round < rounds; round++) {
    inPostgres.push(await postgresRound(stores.databaseUrl, log, signal))
    inRedis.push(await redisRound(stores.redisUrl, log, signal))
    for (const [store, of] of [['Postgres', inPostgres], ['Redis', inRedis]] as const) {
      const { foldSeconds, floorSeconds } = of.at(-1)!
      say(`round ${round + 1} of ${rounds}: ${store.padEnd(8)} ${Math.round(events / foldSeconds).toLocaleString('en')} events/s, floor ${Math.round(events / floorSeconds).toLocaleString('en')}`)
    }
  }
  const [postgres, redis] = [figuresOf(inPostgres, events), figuresOf(inRedis, events)]
  return {
    name: 'projector',
    value: postgres.eventsPerSecond,
    unit: 'events/s',
    ...postgres,
    floors: { copy: postgres.floorPerSecond },
    ratios: { copy: postgres.ratio },
    redis,
    details: { events, rowsCopied: inPostgres[0]!.written, commandsPiped: inRedis[0]!.written, postgresRounds: inPostgres.map(perSecond(events)), redisRounds: inRedis.map(perSecond(events)) },
  }
}

async function postgresRound(databaseUrl: string, log: EventLog, signal: AbortSignal): Promise<Round> {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  const projection = createPostgresProjection({ databaseUrl, logId: log.logId, clock: systemClock, schema: FOLDED })
  try {
    await makeEmptyTables(client, FOLDED)
    await client.query('CHECKPOINT')
    const foldSeconds = await foldHistory(log, projection, signal)
    const { seconds: floorSeconds, rows: written } = await copyTables(client, FOLDED, COPIED)
    return { foldSeconds, floorSeconds, written }
  } finally {
    await projection.close()
    await client.query(`DROP SCHEMA IF EXISTS ${FOLDED} CASCADE; DROP SCHEMA IF EXISTS ${COPIED} CASCADE`)
    await client.end()
  }
}

async function redisRound(redisUrl: string, log: EventLog, signal: AbortSignal): Promise<Round> {
  const redis = new Redis(redisUrl)
  const projection = createRedisProjection({ redisUrl, logId: log.logId, clock: systemClock })
  try {
    await redis.flushall()
    const foldSeconds = await foldHistory(log, projection, signal)
    const dump = await dumpKeys(redis)
    await redis.flushall()
    const floorSeconds = await pipeKeys(redisUrl, dump)
    return { foldSeconds, floorSeconds, written: dump.commands }
  } finally {
    await projection.close()
    redis.disconnect()
  }
}

function figuresOf(rounds: readonly Round[], events: number): StoreFigures {
  const each = rounds.map(perSecond(events))
  return {
    eventsPerSecond: Math.round(median(each.map(({ eventsPerSecond }) => eventsPerSecond))),
    floorPerSecond: Math.round(median(each.map(({ floorPerSecond }) => floorPerSecond))),
    ratio: rounded(median(each.map(({ ratio }) => ratio))),
  }
}

function perSecond(events: number): (round: Round) => StoreFigures {
  return ({ foldSeconds, floorSeconds }) => ({
    eventsPerSecond: Math.round(events / foldSeconds),
    floorPerSecond: Math.round(events / floorSeconds),
    ratio: rounded(floorSeconds / foldSeconds),
  })
}
