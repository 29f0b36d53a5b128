import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { TOPICS, type Topic } from '../../../domain/event.ts'
import type { EventLog, Partition, Position } from './event-log.ts'

const positions = z.record(z.string(), z.string().nullable())
const reached = z.object({
  /** Of each partition of the source: up to here everything stands in the target. */
  source: positions,
  /** Where the target's partitions ended then. */
  target: positions,
  /** One of the last records that were copied. */
  lastId: z.string(),
})
type Reached = z.infer<typeof reached>
const schema = z.partialRecord(z.enum(TOPICS), reached)

/**
 * How far a copy has come: a file named after both logs. It is written after the records that it tells of are durable, so
 * it is behind at the most; lost or unreadable, the copy reads all again and writes nothing twice.
 */
export class CopyProgress {
  readonly #folder: string
  readonly #path: string
  readonly #topics: Partial<Record<Topic, Reached>>

  /** @param folder made when it is missing */
  constructor(folder: string, fromLogId: string, toLogId: string) {
    this.#folder = folder
    this.#path = join(folder, `${fromLogId}.${toLogId}.json`)
    this.#topics = readTopics(this.#path)
  }

  inSource(partition: Partition): Position | null {
    return this.#topics[topicOf(partition)]?.source[partition] ?? null
  }

  inTarget(partition: Partition): Position | null {
    return this.#topics[topicOf(partition)]?.target[partition] ?? null
  }

  /** Forgets what the target does not bear out: it was brought back from an older backup, say. */
  async checkAgainst(target: Pick<EventLog, 'find'>): Promise<void> {
    for (const topic of TOPICS) {
      const reached = this.#topics[topic]
      if (reached && (await target.find(topic, reached.lastId)) === null) delete this.#topics[topic]
    }
  }

  save(partition: Partition, position: Position, lastId: string, target: Record<Partition, Position | null>): void {
    const topic = topicOf(partition)
    this.#topics[topic] = { source: { ...this.#topics[topic]?.source, [partition]: position }, target, lastId }
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
    writeFileSync(`${this.#path}.new`, JSON.stringify(this.#topics))
    renameSync(`${this.#path}.new`, this.#path)
  }
}

function readTopics(path: string): Partial<Record<Topic, Reached>> {
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return {}
  }
}

function topicOf(partition: Partition): Topic {
  // A partition is its topic and a number (event-log.ts).
  return partition.slice(0, partition.indexOf('/')) as Topic
}
