import type { LogRecord, Partition, Position } from '../../server/platform/event-log/event-log.ts'
import { foldBatch, type FoldedBatch } from './fold-batch.ts'
import type { Projection } from './projection.ts'

export interface Outcome {
  applied(records: readonly LogRecord[], skipped: FoldedBatch['skipped']): void
  passedOver(record: LogRecord, error: unknown): void
}

/** Applies a batch; one that the store will never take is halved until the record at fault is alone, and passed over. */
export async function applyRecords(
  projection: Projection,
  partition: Partition,
  expected: Position | null,
  records: readonly LogRecord[],
  outcome: Outcome,
): Promise<void> {
  const { position: next, envelope: newest } = records.at(-1)!
  const step = { partition, expected, next, newestAt: newest.time }
  const batch = foldBatch(records)
  try {
    await projection.apply(step, batch)
    outcome.applied(records, batch.skipped)
  } catch (error) {
    if (!projection.refuses(error)) throw error
    if (records.length === 1) {
      await projection.apply(step, foldBatch([]))
      outcome.passedOver(records[0]!, error)
      return
    }
    const middle = Math.ceil(records.length / 2)
    await applyRecords(projection, partition, expected, records.slice(0, middle), outcome)
    await applyRecords(projection, partition, records[middle - 1]!.position, records.slice(middle), outcome)
  }
}
