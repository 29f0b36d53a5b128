import type { Clock, Random } from '../../domain/clock.ts'
import type { EventLog, Partition, Position } from '../../server/platform/event-log/event-log.ts'
import type { Logger } from '../../server/platform/logger.ts'
import type { OwnedPartition } from '../../server/platform/ownership-status.ts'
import { applyRecords } from './apply-records.ts'
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
  /** Told how far behind this projection is. */
  owned?: Pick<OwnedPartition, 'lag'>
  /** Milliseconds between looks at lag and place; default 1,000. */
  checkEveryMs?: number
}

const BATCH_RECORDS = 1_000
/** After a batch smaller than this: a moment in which the next one gathers. A transaction for each event would cost many times as much. */
const GATHER_BELOW_RECORDS = 100
const GATHER_MS = 50
const BACKOFF_FIRST_MS = 100
const BACKOFF_MOST_MS = 5_000

/**
 * Folds one partition into one store until the signal: through every outage of the store, from the start
 * when the store lost everything, from its new place when another projector moved it. Never throws.
 */
export async function runProjection(options: RunOptions): Promise<void> {
  const { projection, partition, clock, random, signal } = options
  const progress = reportProgress(options)
  const place: Place = { position: null }
  let failures = 0
  while (!signal.aborted) {
    try {
      place.position = await projection.load(partition)
      progress.loaded(place.position)
      await follow(options, progress, place, () => {
        failures = 0
      })
    } catch (error) {
      if (signal.aborted) break
      if (error instanceof ProjectionMovedError) progress.moved(error)
      else if (error instanceof ProjectionRefusedError) progress.refused(error)
      else progress.down(error)
      await options.log.countAfter(partition, place.position).then((lag) => progress.lag(lag), () => undefined)
      const backoffMs = Math.min(BACKOFF_MOST_MS, BACKOFF_FIRST_MS * 2 ** Math.min(failures++, 10))
      await clock.sleep(random.fraction() * backoffMs, signal).catch(() => undefined)
    }
  }
  progress.stopped()
}

interface Place {
  position: Position | null
}

async function follow(options: RunOptions, progress: Progress, place: Place, onSuccess: () => void): Promise<void> {
  const { log, projection, partition, clock, signal, checkEveryMs = 1_000 } = options
  const stop = new AbortController()
  const either = AbortSignal.any([signal, stop.signal])
  const end = await log.end(partition)
  const caughtUp = async (): Promise<void> => {
    await projection.caughtUp(partition)
    progress.caughtUp()
  }
  if (place.position === end) await caughtUp()
  let turn: Promise<void> = Promise.resolve()
  /** A batch and a check never overlap: both compare the place. */
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const mine = turn.then(work)
    turn = mine.catch(() => undefined)
    return mine
  }
  const check = async (): Promise<void> => {
    const lag = await log.countAfter(partition, place.position)
    if (lag === 0) await projection.confirm(partition, place.position)
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
    for await (const records of log.read(partition, place.position, { signal: either, maxRecords: BATCH_RECORDS })) {
      await inTurn(async () => {
        await applyRecords(projection, partition, place.position, records, progress)
        place.position = records.at(-1)!.position
        if (records.some(({ position }) => position === end)) await caughtUp()
      })
      onSuccess()
      if (records.length < GATHER_BELOW_RECORDS) await clock.sleep(GATHER_MS, either).catch(() => undefined)
    }
  })().finally(() => stop.abort())
  const ends = await Promise.allSettled([checking, reading])
  for (const end of ends) if (end.status === 'rejected') throw end.reason
}
