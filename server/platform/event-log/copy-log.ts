import { TOPICS, type Topic } from '../../../domain/event.ts'
import { CopyProgress } from './copy-progress.ts'
import { DiskSet } from './disk-set.ts'
import type { EventLog, LogRecord, Partition, Position } from './event-log.ts'
import { digestTopic, envelopeKey, readTopic, type TopicDigest } from './topic-digest.ts'
import { verifyRecord } from './verify-record.ts'

export interface CopyOptions {
  from: EventLog
  to: EventLog
  /** Absolute path; keeps how far the copy has come. */
  progressFolder: string
  signal: AbortSignal
  onProgress?: (progress: CopyStep) => void
}

export interface CopyStep {
  phase: 'checking' | 'copying' | 'verifying'
  topic: Topic
  /** Records read in this phase, of all topics. */
  done: number
  /** Records that this phase has to read, as they were counted at its start; null when that is not known. */
  total: number | null
}

interface TopicCopy {
  topic: Topic
  source: TopicDigest
  target: TopicDigest
  /** Counts and digest are the same. */
  equal: boolean
}

export interface LogCopy {
  topics: TopicCopy[]
  /** Records written into the target this time. */
  written: number
  /** A copy begun earlier went on. */
  resumed: boolean
  /** Logs that were written to meanwhile: nobody else may, or the copy proves nothing. */
  grew: ('source' | 'target')[]
  /** Every topic is equal and nothing grew. */
  verified: boolean
}

/** The copy cannot be begun: the message says why. Nothing was written. */
export class CopyRefusedError extends Error {
  override name = 'CopyRefusedError'
}

const BATCH_RECORDS = 1_000

/**
 * Copies every record of every topic as it is and compares both logs afterwards, in constant memory. May be killed at any
 * moment and begun again: it goes on where it was, and nothing is doubled.
 * Throws CopyRefusedError; CorruptRecordError at a record that does not match its hash: what stands before it is copied.
 */
export async function copyLog(options: CopyOptions): Promise<LogCopy> {
  const { from, to, progressFolder } = options
  if (from.logId === to.logId) throw new CopyRefusedError('Both are the same log')
  const progress = new CopyProgress(progressFolder, from.logId, to.logId)
  await progress.checkAgainst(to)
  let resumed = false
  for (const topic of TOPICS) {
    if ((await to.statistics(topic)).events === 0) continue
    resumed = true
    await refuseForeign(options, progress, topic)
  }
  const total = await countWaiting(from, progress)
  if (total === 0 && !resumed) throw new CopyRefusedError('The source holds no event')
  const count = counter(options, 'copying', total)
  let written = 0
  for (const topic of TOPICS) written += await copyTopic(options, progress, topic, count)
  return { written, resumed, ...(await compare(options, progress)) }
}

/**
 * Throws CopyRefusedError unless every record of the target's topic stands in the source, as it does after a copy.
 * What this copy is known to have brought is not looked at again.
 */
async function refuseForeign(options: CopyOptions, progress: CopyProgress, topic: Topic): Promise<void> {
  const { from, to, signal } = options
  const count = counter(options, 'checking', null)
  const foreign = new DiskSet()
  const keysOf = (records: readonly LogRecord[]): Buffer[] => records.map(({ envelope }) => envelopeKey(envelope))
  try {
    for await (const records of readTopic(to, topic, signal, (partition) => progress.inTarget(partition))) foreign.add(keysOf(records))
    if (foreign.size === 0) return
    for await (const records of readTopic(from, topic, signal, (partition) => progress.inSource(partition))) {
      foreign.delete(keysOf(records))
      count(topic, records.length)
      if (foreign.size === 0) return
    }
    throw new CopyRefusedError(`The target holds events of "${topic}" that the source does not (${foreign.size}): it is in use, or a copy of another log. Copy into an empty one`)
  } finally {
    foreign.close()
  }
}

/** @returns how many records were written */
async function copyTopic({ from, to, signal }: CopyOptions, progress: CopyProgress, topic: Topic, count: Count): Promise<number> {
  let written = 0
  for (const partition of await from.partitions(topic)) {
    for await (const records of from.read(partition, progress.inSource(partition), { signal, follow: false, maxRecords: BATCH_RECORDS })) {
      for (const record of records) verifyRecord(record)
      written += await to.restore(topic, records)
      const { position, envelope } = records.at(-1)!
      progress.save(partition, position, envelope.id, Object.fromEntries(await endsOf(to, [topic])))
      count(topic, records.length)
    }
    signal.throwIfAborted()
  }
  return written
}

async function compare(options: CopyOptions, progress: CopyProgress): Promise<Pick<LogCopy, 'topics' | 'grew' | 'verified'>> {
  const { from, to, signal } = options
  const count = counter(options, 'verifying', null)
  const targetEnds = await endsOf(to, TOPICS)
  const topics: TopicCopy[] = []
  for (const topic of TOPICS) {
    const digest = (log: EventLog): Promise<TopicDigest> => digestTopic(log, topic, signal, (records) => count(topic, records))
    const [source, target] = [await digest(from), await digest(to)]
    const equal = source.firsts === target.firsts && source.conflicts === target.conflicts && source.digest === target.digest
    topics.push({ topic, source, target, equal })
  }
  const grew: LogCopy['grew'] = []
  for (const [partition, end] of await endsOf(from, TOPICS)) if (end !== progress.inSource(partition)) grew.push('source')
  for (const [partition, end] of await endsOf(to, TOPICS)) if (end !== targetEnds.get(partition)) grew.push('target')
  return { topics, grew: [...new Set(grew)], verified: grew.length === 0 && topics.every(({ equal }) => equal) }
}

async function endsOf(log: EventLog, topics: readonly Topic[]): Promise<Map<Partition, Position | null>> {
  const partitions = (await Promise.all(topics.map((topic) => log.partitions(topic)))).flat()
  return new Map(await Promise.all(partitions.map(async (partition) => [partition, await log.end(partition)] as const)))
}

async function countWaiting(from: EventLog, progress: CopyProgress): Promise<number> {
  let records = 0
  for (const partition of (await endsOf(from, TOPICS)).keys()) records += await from.countAfter(partition, progress.inSource(partition))
  return records
}

type Count = (topic: Topic, records: number) => void

function counter({ onProgress }: CopyOptions, phase: CopyStep['phase'], total: number | null): Count {
  let done = 0
  return (topic, records) => onProgress?.({ phase, topic, done: (done += records), total })
}
