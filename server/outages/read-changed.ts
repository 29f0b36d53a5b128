import type { EventLog, Partition, Position } from '../platform/event-log/event-log.ts'
import { StoreUnavailableError } from '../platform/guarded-store.ts'
import { redisProjectionState } from '../platform/projection-state.ts'
import type { ReadSources } from '../platform/read-sources.ts'
import { deskEntries, type DeskEntry, type Listed, listedInPostgres, listedInRedis } from './desk-entry.ts'
import { type DeskPosition, deskPositionInPostgres, deskPositionInRedis } from './desk-position.ts'

/** A store that answers, and how far it is folded. */
interface Standing {
  position: DeskPosition
  rows(ids: readonly string[]): Promise<DeskEntry[]>
}

type Positions = ReadonlyMap<Partition, Position | null>

/** Rows of the desk that hold at least what the log held at a position. */
export interface ChangedReader {
  /** Of each partition what the first store has that has anything of them all; null when none has. */
  reached(candidates: ReadonlyMap<Partition, readonly Position[]>): Promise<{ upTo: Positions; rows(ids: readonly string[]): Promise<DeskEntry[] | null> } | null>
  /** Whether a store has all up to there. */
  has(positions: Positions): Promise<{ rows(ids: readonly string[]): Promise<DeskEntry[] | null> } | null>
}

/**
 * Asks Redis while it is whole, else Postgres, whichever is far enough: so that a change is told only when it can be read.
 * @param onRead told of each question to a store
 */
export function changedReader(log: Pick<EventLog, 'logId' | 'countAfter'>, sources: ReadSources, onRead: () => void): ChangedReader {
  const stores = [() => inRedis(sources, onRead), () => inPostgres(sources, onRead)]
  const standings = async function* () {
    for (const ask of stores) {
      const standing = await ask()
      if (standing?.position.logId === log.logId) yield { ...standing, rows: (ids: readonly string[]) => standing.rows(ids).catch(noAnswer) }
    }
  }
  return {
    reached: async (candidates) => {
      for await (const { position, rows } of standings()) {
        const upTo = new Map<Partition, Position>()
        for (const [partition, positions] of candidates) {
          const newest = await newestReached(log, partition, positions, position.positions.get(partition) ?? null)
          if (newest !== null) upTo.set(partition, newest)
        }
        if (upTo.size > 0) return { upTo, rows }
      }
      return null
    },
    has: async (wanted) => {
      for await (const { position, rows } of standings()) {
        const held = await Promise.all([...wanted].map(async ([partition, at]) => at === null || (await newestReached(log, partition, [at], position.positions.get(partition) ?? null)) !== null))
        if (held.every(Boolean)) return { rows }
      }
      return null
    },
  }
}

/** Positions can be compared by the log alone: what has no more records after it is not before the other. */
async function newestReached(log: Pick<EventLog, 'countAfter'>, partition: Partition, positions: readonly Position[], held: Position | null): Promise<Position | null> {
  if (held === null) return null
  if (positions.includes(held)) return held
  const last = positions.at(-1)!
  // In this order: what comes in between makes the store look further behind, never further ahead.
  const afterLast = await log.countAfter(partition, last)
  return (await log.countAfter(partition, held)) <= afterLast ? last : null
}

async function inRedis({ redis }: ReadSources, onRead: () => void): Promise<Standing | null> {
  const ask = <T>(work: Parameters<typeof redis.use<T>>[0]) => {
    onRead()
    return redis.use(work)
  }
  const position = await ask(async (client) => {
    const [held, { whole }] = await Promise.all([deskPositionInRedis(client), redisProjectionState(client, 'outages')])
    return whole ? held : null
  }).catch(noAnswer)
  return position && { position, rows: async (ids) => deskEntries(await ask<Listed>((client) => listedInRedis(client, ids))) }
}

async function inPostgres({ prisma }: ReadSources, onRead: () => void): Promise<Standing | null> {
  const ask = <T>(work: Parameters<typeof prisma.use<T>>[0]) => {
    onRead()
    return prisma.use(work)
  }
  const position = await ask(deskPositionInPostgres).catch(noAnswer)
  const rowsOf = (ids: readonly string[]) =>
    ask<Listed>(async (database) => listedInPostgres(database, await database.outageReport.findMany({ where: { reportId: { in: [...ids] } } })))
  return position && { position, rows: async (ids) => deskEntries(await rowsOf(ids)) }
}

function noAnswer(error: unknown): null {
  if (error instanceof StoreUnavailableError) return null
  throw error
}
