import type { Clock, Random } from '../../../domain/clock.ts'
import type { EventEnvelope, Topic } from '../../../domain/event.ts'
import { faultKindOf } from '../fault-kind.ts'
import type { Logger } from '../logger.ts'
import type { EventLog, Partition, Position } from './event-log.ts'

const FIRST_RETRY_MS = 200
const LONGEST_RETRY_MS = 5_000

export interface FollowOptions {
  /** Opens the log, or gives it opened; asked again after each failure. */
  log: () => Promise<Pick<EventLog, 'partitions' | 'end' | 'read'>>
  topic: Topic
  clock: Clock
  random: Random
  logger: Pick<Logger, 'warn'>
  /** Who follows, for the log of the process. */
  name: string
  /** Each record that counts, from the topic's first on. */
  take: (envelope: EventEnvelope) => void
  /** Ends it. */
  signal: AbortSignal
  /** How the log answers, each time that it does or does not. */
  answers?: (answers: boolean, reason: string | null) => void
}

/**
 * Reads a whole topic and goes on following it until the signal, through failures of the log.
 * Resolves when every partition has been read up to where it ended at first.
 */
export async function followTopic({ log, topic, clock, random, logger, name, take, signal, answers = () => undefined }: FollowOptions): Promise<void> {
  let failures = 0
  const patiently = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    while (!signal.aborted) {
      try {
        const result = await work()
        failures = 0
        return result
      } catch (error) {
        if (signal.aborted) return undefined
        answers(false, faultKindOf(error))
        if (failures++ === 0) logger.warn({ err: error, topic }, `${name} cannot read the event log; goes on trying`)
        const longestMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures)
        await clock.sleep(longestMs * (0.5 + random.fraction() / 2), signal).catch(() => undefined)
      }
    }
    return undefined
  }
  const partitions = await patiently(async () => (await log()).partitions(topic))
  await Promise.all((partitions ?? []).map((partition) => followPartition(partition)))

  function followPartition(partition: Partition): Promise<void> {
    const caughtUp = Promise.withResolvers<void>()
    let position: Position | null = null
    const read = async () => {
      const opened = await log()
      const end = await opened.end(partition)
      if (end === null || end === position) caughtUp.resolve()
      answers(true, null)
      failures = 0
      for await (const batch of opened.read(partition, position, { signal })) {
        for (const record of batch) {
          if (record.first) take(record.envelope)
          position = record.position
          if (position === end) caughtUp.resolve()
        }
      }
      if (!signal.aborted) throw new Error('The log ended its batches')
    }
    void patiently(read)
    signal.addEventListener('abort', () => caughtUp.resolve(), { once: true })
    return caughtUp.promise
  }
}
