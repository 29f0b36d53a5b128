import type { Clock } from '../../domain/clock.ts'
import type { EventLog, LogRecord, Partition, Position } from '../platform/event-log/event-log.ts'
import type { DeskEntry } from './desk-entry.ts'
import { type DeskPosition, formatDeskPosition, parseDeskPosition } from './desk-position.ts'
import { DeskRing, type ToldRecord } from './desk-ring.ts'
import type { ChangedReader } from './read-changed.ts'

/** Changes at the desk, told together. */
export interface DeskMessage {
  /** Whoever has this message has been told everything up to here. */
  position: string
  /** As they are now. */
  rows: DeskEntry[]
  /** More has changed than is told: load the list anew. */
  reload: boolean
}

/** Changes of a moment go together: a message each would cost every listener more than what is in it. */
const GATHER_MS = 50
const LOOK_FIRST_MS = 20
const LOOK_LONGEST_MS = 250
const MOST_AT_ONCE = 500
const MOST_PENDING = 20_000
/** Of each partition, and twice as many for a moment: minutes of a storm. */
const RING_RECORDS = 10_000
const MOST_MISSED_RECORDS = 20_000
/** Beyond, the list is loaded for less. */
const MOST_MISSED_ROWS = 1_000
/** Each may hold so many rows until something else happens. */
const MOST_CATCH_UPS = 50

const CHANGES_NOTHING: ReadonlySet<string> = new Set(['outage.delivery-begun.v1'])

interface SessionOptions {
  log: EventLog
  reader: ChangedReader
  clock: Clock
  signal: AbortSignal
  /** Told of each batch that is read of the log. */
  onRead: () => void
  tell: (message: DeskMessage) => void
}

/** One following of the log by one process, whoever listens. */
export interface DeskSession {
  /** What a listener at `since` has missed so far; what comes from now on is told. */
  missed(since: string | null): Promise<DeskMessage>
  /** Reads and tells until the signal; rejects when the log cannot be read. */
  run(): Promise<void>
}

/** Begins at the end of the log, once that can be read from a store. */
export async function startDeskSession({ log, reader, clock, signal, onRead, tell }: SessionOptions): Promise<DeskSession> {
  const partitions = await log.partitions('outages')
  const told = new Map<Partition, Position | null>()
  for (const partition of partitions) told.set(partition, await log.end(partition))
  const ring = new DeskRing(told, RING_RECORDS)
  const pending = new Map<Partition, ToldRecord[]>(partitions.map((partition) => [partition, []]))
  const catchUps = new Map<string, Promise<DeskMessage>>()
  let wake = Promise.withResolvers<void>()
  await readAt(new Map(told), [])

  function here(): string {
    const positions = [...told].filter((entry): entry is [Partition, Position] => entry[1] !== null)
    return formatDeskPosition({ logId: log.logId, positions: new Map(positions) })
  }

  /** Waits until a store has all up to there. */
  async function readAt(positions: ReadonlyMap<Partition, Position | null>, ids: readonly string[]): Promise<DeskEntry[]> {
    for (let lookMs = LOOK_FIRST_MS; ; lookMs = Math.min(LOOK_LONGEST_MS, 2 * lookMs)) {
      signal.throwIfAborted()
      const store = await reader.has(positions)
      const rows = store && (ids.length === 0 ? [] : await store.rows(ids))
      if (rows) return rows
      await clock.sleep(lookMs, signal)
    }
  }

  async function catchUp(since: DeskPosition): Promise<DeskMessage> {
    const position = here()
    const until = new Map(told)
    const ids = new Set<string | null>()
    const unknown: Partition[] = []
    for (const partition of partitions) {
      const changed = ring.changedAfter(partition, since.positions.get(partition) ?? null)
      if (changed) for (const id of changed) ids.add(id)
      else unknown.push(partition)
    }
    for (const partition of unknown) {
      const changed = await changedInLog(partition, since.positions.get(partition) ?? null)
      if (!changed) return { position, rows: [], reload: true }
      for (const id of changed) ids.add(id)
    }
    ids.delete(null)
    if (ids.size > MOST_MISSED_ROWS) return { position, rows: [], reload: true }
    return { position, rows: await readAt(until, [...ids] as string[]), reload: false }
  }

  /** Null when it is too much, or when the log never had that position. */
  async function changedInLog(partition: Partition, after: Position | null): Promise<Set<string | null> | null> {
    const ids = new Set<string | null>()
    let records = 0
    try {
      if ((await log.countAfter(partition, after)) > MOST_MISSED_RECORDS) return null
      for await (const batch of log.read(partition, after, { signal, follow: false })) {
        onRead()
        records += batch.length
        if (records > MOST_MISSED_RECORDS) return null
        for (const record of batch) ids.add(toldOf(partition, record).reportId)
      }
    } catch (error) {
      if (error instanceof TypeError) return null
      throw error
    }
    return ids
  }

  async function readPartition(partition: Partition): Promise<void> {
    const list = pending.get(partition)!
    for await (const batch of log.read(partition, told.get(partition) ?? null, { signal })) {
      onRead()
      list.push(...batch.map((record) => toldOf(partition, record)))
      wake.resolve()
      while (list.length > MOST_PENDING && !signal.aborted) await clock.sleep(LOOK_LONGEST_MS, signal)
    }
    if (!signal.aborted) throw new Error('The log ended its batches')
  }

  async function tellPending(): Promise<void> {
    let lookMs = LOOK_FIRST_MS
    while (!signal.aborted) {
      const candidates = new Map([...pending].filter(([, list]) => list.length > 0).map(([partition, list]) => [partition, list.slice(0, MOST_AT_ONCE)]))
      if (candidates.size === 0) {
        wake = Promise.withResolvers()
        await Promise.race([wake.promise, aborted(signal)])
        await clock.sleep(GATHER_MS, signal)
        continue
      }
      const found = await reader.reached(new Map([...candidates].map(([partition, list]) => [partition, list.map(({ position }) => position)])))
      const records = [...candidates].flatMap(([partition, list]) => list.slice(0, 1 + list.findIndex(({ position }) => position === found?.upTo.get(partition))))
      const ids = [...new Set(records.flatMap(({ reportId }) => reportId ?? []))]
      const rows = found && (ids.length === 0 ? [] : await found.rows(ids))
      if (!rows) {
        await clock.sleep(lookMs, signal)
        lookMs = Math.min(LOOK_LONGEST_MS, 2 * lookMs)
        continue
      }
      lookMs = LOOK_FIRST_MS
      for (const record of records) {
        pending.get(record.partition)!.shift()
        told.set(record.partition, record.position)
        ring.add(record)
      }
      catchUps.clear()
      if (rows.length > 0) tell({ position: here(), rows, reload: false })
      await clock.sleep(GATHER_MS, signal)
    }
  }

  return {
    missed: (since) => {
      const from = since === null ? null : parseDeskPosition(since)
      if (since === null || from?.logId !== log.logId) return Promise.resolve({ position: here(), rows: [], reload: true })
      // Many come back at once after a cut, from the same place.
      const held = catchUps.get(since)
      if (held) return held
      const shared = catchUp(from)
      if (catchUps.size >= MOST_CATCH_UPS) catchUps.clear()
      catchUps.set(since, shared)
      // Whoever asks again must not be told of a failure that is over.
      shared.catch(() => catchUps.delete(since))
      return shared
    },
    run: async () => {
      await Promise.all([...partitions.map(readPartition), tellPending()]).catch((error: unknown) => {
        if (!signal.aborted) throw error
      })
    },
  }
}

function toldOf(partition: Partition, { position, envelope }: LogRecord): ToldRecord {
  return { partition, position, reportId: CHANGES_NOTHING.has(envelope.type) ? null : envelope.partitionkey.toLowerCase() }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
