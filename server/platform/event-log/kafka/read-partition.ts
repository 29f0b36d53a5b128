import { setImmediate as nextTick } from 'node:timers/promises'
import { LogUnavailableError } from '../../errors.ts'
import type { LogRecord } from '../event-log.ts'
import type { FetchedPartition } from './kafka-client.ts'
import type { LogIndex } from './log-index.ts'
import type { PartitionTail } from './partition-tail.ts'
import { storedRecord } from './stored-record.ts'

export interface ReadPartitionOptions {
  tail: PartitionTail
  index: LogIndex
  /** First offset wanted. */
  from: number
  maxRecords: number
  /** False: ends at the high watermark. */
  follow: boolean
  signal: AbortSignal
  /** Records from an offset on, some at a time. */
  fetch: (from: number) => Promise<FetchedPartition>
  /** Of the moment. */
  highWatermark: () => Promise<number>
}

/** Batches in order, never of what the index has not folded: only then it is known which record of an id is the first. */
export async function* readPartition(options: ReadPartitionOptions): AsyncGenerator<LogRecord[]> {
  const { tail, maxRecords, follow, signal } = options
  let { from } = options
  let end = -1
  while (!signal.aborted) {
    if (tail.failure !== null) throw new LogUnavailableError(`The event log cannot be read: ${tail.failure}`)
    const recent = tail.recentFrom(from, maxRecords)
    if (recent && recent.records.length > 0) {
      from = recent.next
      yield recent.records.map(({ offset, first, envelope }) => ({ position: String(offset), first, envelope }))
      await nextTick()
    } else if (!recent && from < tail.folded) {
      from = yield* readOlder(options, from)
    } else {
      from = Math.max(from, recent?.next ?? from)
      if (!follow && from >= end) {
        end = await options.highWatermark()
        if (from >= end) return
      }
      await tail.change(from, signal)
    }
  }
}

/** From the brokers, up to where the window begins, with one fetch ahead. @returns where it ended */
async function* readOlder({ tail, index, maxRecords, signal, fetch }: ReadPartitionOptions, start: number): AsyncGenerator<LogRecord[], number> {
  let from = start
  let ahead = fetch(from)
  while (!signal.aborted) {
    const fetched = await ahead.catch((error: unknown) => {
      if (signal.aborted) return null
      throw error
    })
    if (!fetched) break
    const to = Math.min(fetched.next, tail.folded)
    const goesOn = fetched.next < tail.folded && tail.recentFrom(fetched.next, 1) === null
    if (goesOn) {
      ahead = fetch(fetched.next)
      ahead.catch(() => undefined)
    }
    const others = index.notFirst(tail.partition, from, to)
    for (let at = 0; at < fetched.records.length && !signal.aborted; at += maxRecords) {
      const batch = fetched.records.slice(at, at + maxRecords).flatMap((record): LogRecord[] => {
        const stored = record.offset < to ? storedRecord(record) : null
        return stored ? [{ position: String(stored.offset), first: !others.has(stored.offset), envelope: stored.envelope }] : []
      })
      if (batch.length > 0) yield batch
      await nextTick()
    }
    from = to
    if (!goesOn) break
  }
  return from
}
