import type { Redis } from 'ioredis'
import type { Database } from '../platform/database.ts'
import type { Partition, Position } from '../platform/event-log/event-log.ts'
import { projectionKeys } from '../platform/projection-state.ts'

/** How far the reports are told, in each partition of one log. A partition that is not there stands before its first record. */
export interface DeskPosition {
  logId: string
  positions: ReadonlyMap<Partition, Position>
}

const TOPIC = 'outages/'
const WRITTEN = /^([\w-]{1,64}):((?:\d{1,4}=[\w.-]{1,32}(?:,(?=\d)|$)){0,256})$/

/** As text that fits a header, an address and a line of an event stream. */
export function formatDeskPosition({ logId, positions }: DeskPosition): string {
  const pairs = [...positions].map(([partition, position]) => [Number(partition.slice(TOPIC.length)), position] as const)
  return `${logId}:${pairs.toSorted(([one], [other]) => one - other).map(([number, position]) => `${number}=${position}`).join(',')}`
}

/** Null for what nobody here has written. */
export function parseDeskPosition(text: string): DeskPosition | null {
  const [, logId, pairs] = WRITTEN.exec(text) ?? []
  if (logId === undefined || pairs === undefined) return null
  const positions = pairs === '' ? [] : pairs.split(',').map((pair) => pair.split('=') as [string, string])
  return { logId, positions: new Map(positions.map(([number, position]) => [`outages/${Number(number)}`, position])) }
}

/** How far the reports are folded into Redis; null when it is folded from no log. What is read after it has at least that. */
export async function deskPositionInRedis(redis: Redis): Promise<DeskPosition | null> {
  const [logId, known] = await Promise.all([redis.get(projectionKeys.logId), redis.hkeys(projectionKeys.currentAt)])
  const partitions = known.filter((name): name is Partition => name.startsWith(TOPIC))
  if (logId === null) return null
  const positions = partitions.length === 0 ? [] : await redis.mget(partitions.map(projectionKeys.position))
  return { logId, positions: new Map(partitions.flatMap((partition, index) => (positions[index] ? [[partition, positions[index]]] : []))) }
}

/** The same of Postgres. */
export async function deskPositionInPostgres(database: Database): Promise<DeskPosition | null> {
  const rows = await database.projectionOffset.findMany({ where: { topic: 'outages' } })
  const [first] = rows
  if (!first) return null
  return { logId: first.logId, positions: new Map(rows.flatMap(({ partition, position }) => (position === null ? [] : [[`outages/${partition}`, position]]))) }
}
