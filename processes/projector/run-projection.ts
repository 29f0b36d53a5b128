import type { Clock, Random } from '../../domain/clock.ts'
import type { EventLog, LogRecord, Partition, Position } from '../../server/platform/event-log/event-log.ts'
import type { Logger } from '../../server/platform/logger.ts'
import { foldBatch } from './fold-batch.ts'
import { ProjectionMovedError, ProjectionRefusedError, type Projection } from './projection.ts'
import { reportProgress, type Progress } from './report-progress.ts'

export interface RunOptions {
  log: EventLog
  projection: Projection
  partition: Partition
  clock: Clock
  random: Random
  logger: Logger
  signal: AbortSignal
  /** Milliseconds between looks at lag and place; default 1,000. */
  checkEveryMs?: number
}

const BATCH_RECORDS = 1_000
const BACKOFF_FIRST_MS = 100
const BACKOFF_MOST_MS = 5_000

/**
 * Folds one partition into one store until the signal: through every outage of the store, from the start
 * when the store lost everything, from its new place when another projector moved it. Never throws.
 */
export async function runProjection(options: RunOptions): Promise<void> {
  const { projection, partition, clock, random, signal } = options
  const progress = reportProgress(options)
  let failures = 0
  while (!signal.aborted) {
    try {
      const start = await projection.load(partition)
      progress.loaded(start)
      await follow(options, progress, start, () => {
        failures = 0
      })
    } catch (error) {
      if (signal.aborted) break
      if (error instanceof ProjectionMovedError) progress.moved(error)
      else if (error instanceof ProjectionRefusedError) progress.refused(error)
      else progress.down(error)
      const backoffMs = Math.min(BACKOFF_MOST_MS, BACKOFF_FIRST_MS * 2 ** Math.min(failures++, 10))
      await clock.sleep(random.fraction() * backoffMs, signal).catch(() => undefined)
    }
  }
  progress.stopped()
}

async function follow(options: RunOptions, progress: Progress, start: Position | null, onSuccess: () => void): Promise<void> {
  const { log, projection, partition, clock, signal, checkEveryMs = 1_000 } = options
  const stop = new AbortController()
  const either = AbortSignal.any([signal, stop.signal])
  let position = start
  let turn: Promise<void> = Promise.resolve()
  /** A batch and a check never overlap: both compare the place. */
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const mine = turn.then(work)
    turn = mine.catch(() => undefined)
    return mine
  }
  const check = async (): Promise<void> => {
    const lag = await log.countAfter(partition, position)
    if (lag === 0) await projection.confirm(partition, position)
    progress.lag(lag)
    onSuccess()
  }
  const checking = (async () => {
    while (!either.aborted) {
      await inTurn(check)
      await clock.sleep(checkEveryMs, either).catch(() => undefined)
    }
  })().finally(() => stop.abort())
  const reading = (async () => {
    for await (const records of log.read(partition, position, { signal: either, maxRecords: BATCH_RECORDS })) {
      await inTurn(async () => {
        await applyAround(options, progress, position, records)
        position = records.at(-1)!.position
      })
      onSuccess()
    }
  })().finally(() => stop.abort())
  const ends = await Promise.allSettled([checking, reading])
  for (const end of ends) if (end.status === 'rejected') throw end.reason
}

/** Applies a batch; one that the store will never take is halved until the record at fault is alone, and passed over. */
async function applyAround(options: RunOptions, progress: Progress, expected: Position | null, records: readonly LogRecord[]): Promise<void> {
  const { projection, partition } = options
  const { position: next, envelope: newest } = records.at(-1)!
  const step = { partition, expected, next, newestAt: newest.time }
  const batch = foldBatch(records.map((record) => record.envelope))
  try {
    await projection.apply(step, batch)
    progress.applied(records, batch.skipped)
  } catch (error) {
    if (!projection.refuses(error)) throw error
    if (records.length === 1) {
      await projection.apply(step, foldBatch([]))
      progress.passedOver(records[0]!, error)
      return
    }
    const middle = Math.ceil(records.length / 2)
    await applyAround(options, progress, expected, records.slice(0, middle))
    await applyAround(options, progress, records[middle - 1]!.position, records.slice(middle))
  }
}
