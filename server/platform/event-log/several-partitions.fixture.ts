import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { systemClock } from '../../../domain/clock.ts'
import type { NewEvent, Topic } from '../../../domain/event.ts'
import type { EventLog, FirstRecord, Partition } from './event-log.ts'
import { openEventLog } from './open-event-log.ts'

/** A log of several partitions in each topic: of as many embedded logs, the one that a key belongs to. */
export async function openSeveralPartitions(folder: string, count: number, node: string): Promise<EventLog> {
  const logs = await Promise.all(
    Array.from({ length: count }, (_, number) => openEventLog({ url: `sqlite:${join(folder, `${number}.sqlite`)}`, clock: systemClock, region: 'test', node })),
  )
  const [first] = logs as [EventLog]
  const numberOf = (key: string): number => createHash('sha256').update(key).digest()[0]! % count
  const outer = (partition: Partition, number: number): Partition => `${partition.split('/')[0] as Topic}/${number}`
  const inner = (partition: Partition): [EventLog, Partition] => {
    const [topic, number] = partition.split('/') as [Topic, string]
    return [logs[Number(number)]!, `${topic}/0`]
  }
  const found = (record: FirstRecord, number: number): FirstRecord => ({ ...record, partition: outer(record.partition, number) })
  return {
    logId: first.logId,
    append: (events) => Promise.all(events.map(async (event) => {
      const number = numberOf(event.key)
      const [appended] = await logs[number]!.append([event as NewEvent])
      return { ...appended!, first: found(appended!.first, number) }
    })),
    find: async (topic, id) => {
      const finds = await Promise.all(logs.map((log) => log.find(topic, id)))
      const number = finds.findIndex((record) => record !== null)
      return number === -1 ? null : found(finds[number]!, number)
    },
    partitions: (topic) => Promise.resolve(logs.map((_, number): Partition => `${topic}/${number}`)),
    read: (partition, after, options) => inner(partition)[0].read(inner(partition)[1], after, options),
    end: (partition) => inner(partition)[0].end(inner(partition)[1]),
    countAfter: (partition, after) => inner(partition)[0].countAfter(inner(partition)[1], after),
    statistics: async (topic) => {
      const all = await Promise.all(logs.map((log) => log.statistics(topic)))
      const sum = (name: 'events' | 'distinctIds' | 'conflicts'): number => all.reduce((total, one) => total + one[name], 0)
      return { events: sum('events'), distinctIds: sum('distinctIds'), conflicts: sum('conflicts') }
    },
    loadCursor: (consumer, partition) => inner(partition)[0].loadCursor(consumer, inner(partition)[1]),
    saveCursor: (consumer, partition, position, epoch) => inner(partition)[0].saveCursor(consumer, inner(partition)[1], position, epoch),
    share: async (group, topics, { signal, work }) => {
      await Promise.all(logs.map((log, number) => log.share(group, topics, { signal, work: (own) => work({ ...own, partition: outer(own.partition, number) }) })))
    },
    restore: (topic, records) => first.restore(topic, records),
    close: async () => {
      await Promise.all(logs.map((log) => log.close()))
    },
  }
}
