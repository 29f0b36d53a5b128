import type { Partition, Position } from '../../server/platform/event-log/event-log.ts'
import type { FoldedBatch } from './fold-batch.ts'

interface Step {
  partition: Partition
  /** Where the projection must stand for the batch to be applied. */
  expected: Position | null
  next: Position
  /** ISO 8601 UTC of the newest event in the batch: the store knows everything up to then. */
  newestAt: string
}

/** A store into which the log is folded. Each keeps its own place in each partition. */
export interface Projection {
  readonly name: 'postgres' | 'redis'
  /** Where to go on reading. Throws ProjectionRefusedError when the store belongs to another log. */
  load(partition: Partition): Promise<Position | null>
  /** Applies a batch and moves on. Throws ProjectionMovedError when another projector moved it. */
  apply(step: Step, batch: FoldedBatch): Promise<void>
  /** Says that everything is folded in that the log held at the last load. */
  caughtUp(partition: Partition): Promise<void>
  /** Says that the projection, standing at `position`, is at the log's end now. Throws like apply. */
  confirm(partition: Partition, position: Position | null): Promise<void>
  /** True when the store lives and will never take this batch, so that trying again is in vain. */
  refuses(error: unknown): boolean
  close(): Promise<void>
}

/** Somebody else moved this projection, or it lost everything: load and go on from there. */
export class ProjectionMovedError extends Error {
  override name = 'ProjectionMovedError'
}

/** The store is folded from another log. */
export class ProjectionRefusedError extends Error {
  override name = 'ProjectionRefusedError'
}
