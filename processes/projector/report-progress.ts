import type { LogRecord, Partition, Position } from '../../server/platform/event-log/event-log.ts'
import type { Clock } from '../../domain/clock.ts'
import type { Logger } from '../../server/platform/logger.ts'
import type { OwnedPartition } from '../../server/platform/ownership-status.ts'
import type { FoldedBatch } from './fold-batch.ts'
import { projectorMetrics as metrics } from './projector-metrics.ts'
import type { Projection } from './projection.ts'

const STATES = ['starting', 'catching-up', 'current', 'down', 'refused', 'stopped'] as const
type State = (typeof STATES)[number]

export interface Progress {
  loaded(position: Position | null): void
  applied(records: readonly LogRecord[], skipped: FoldedBatch['skipped']): void
  passedOver(record: LogRecord, error: unknown): void
  caughtUp(): void
  lag(records: number): void
  moved(error: Error): void
  refused(error: Error): void
  down(error: unknown): void
  stopped(): void
}

interface ProgressOptions {
  projection: Projection
  partition: Partition
  clock: Clock
  logger: Logger
  owned?: Pick<OwnedPartition, 'lag'>
}

/** Metrics of one projection and partition, and one log line for each change of its state. */
export function reportProgress({ projection, partition, clock, logger, owned }: ProgressOptions): Progress {
  const labels = { projection: projection.name, partition }
  let state: State = 'starting'
  let newestMs: number | undefined
  const enter = (next: State, message: string, level: 'info' | 'warn' = 'info', detail: object = {}) => {
    for (const each of STATES) metrics.state.set({ ...labels, state: each }, each === next ? 1 : 0)
    if (next === state) return
    state = next
    logger[level]({ ...labels, ...detail }, message)
  }
  return {
    loaded: (position) => enter('catching-up', position === null ? 'folds the log from its start' : 'goes on folding the log', 'info', { position }),
    applied: (records, skipped) => {
      metrics.applied.inc(labels, records.length)
      newestMs = Date.parse(records.at(-1)!.envelope.time)
      if (skipped.unknownType > 0) metrics.skipped.inc({ ...labels, reason: 'unknown-type' }, skipped.unknownType)
      if (skipped.malformed > 0) metrics.skipped.inc({ ...labels, reason: 'malformed' }, skipped.malformed)
    },
    passedOver: ({ position, envelope }, error) => {
      metrics.skipped.inc({ ...labels, reason: 'refused-by-store' })
      logger.error({ ...labels, position, eventId: envelope.id, reason: reasonOf(error) }, 'passes over an event that the store refuses')
    },
    caughtUp: () => enter('current', 'has caught up with the log'),
    lag: (records) => {
      owned?.lag(records, `projector-${projection.name}`)
      metrics.lagRecords.set(labels, records)
      metrics.lagSeconds.set(labels, records === 0 || newestMs === undefined ? 0 : Math.max(0, (clock.nowMs() - newestMs) / 1_000))
    },
    moved: (error) => logger.info({ ...labels, reason: error.message }, 'loads its place again'),
    refused: (error) => enter('refused', error.message, 'warn'),
    down: (error) => enter('down', 'cannot reach its store or the log; goes on trying', 'warn', { reason: reasonOf(error) }),
    stopped: () => {
      enter('stopped', 'stopped')
      // Whoever has the partition next tells its lag.
      metrics.lagRecords.remove(labels)
      metrics.lagSeconds.remove(labels)
    },
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ')
  return error instanceof Error ? error.message || error.name : String(error)
}
