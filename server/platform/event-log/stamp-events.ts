import { eventTypes, type EventEnvelope, type EventType, type NewEvent, type Topic } from '../../../domain/event.ts'
import type { Clock, Random } from '../../../domain/clock.ts'
import type { HybridClock } from '../../../domain/hybrid-clock.ts'
import { sha256 } from '../hash.ts'
import type { Partition } from './event-log.ts'

export interface StampedEvent {
  topic: Topic
  partition: Partition
  envelope: EventEnvelope
  /** The envelope as it is stored. */
  json: string
}

export interface Stamper {
  /** Unique per start. */
  readonly node: string
  /** Gives each event its time, order and origin. Throws ClockSkewError. */
  stamp(events: readonly NewEvent[]): StampedEvent[]
}

export interface StamperOptions {
  clock: Clock
  hybridClock: HybridClock
  random: Random
  region: string
  /** The process's name. */
  node: string
  partitionOf: (topic: Topic, key: string) => Partition
}

/** Issues envelopes of one start of one process. `seq` counts what was issued; a repeated or refused append leaves a gap in it. */
export function createStamper({ clock, hybridClock, random, region, node: processName, partitionOf }: StamperOptions): Stamper {
  const node = `${processName}.${Buffer.from(random.bytes(5)).toString('hex')}`
  const source = `urn:stormdoor:${region}:${processName}`
  const lastSeq = new Map<Partition, number>()

  function stampOne(event: NewEvent): StampedEvent {
    const type: EventType = event.type
    const topic = eventTypes[type].topic
    const partition = partitionOf(topic, event.key)
    const seq = (lastSeq.get(partition) ?? 0) + 1
    lastSeq.set(partition, seq)
    const data = JSON.stringify(event.data)
    const head: Omit<EventEnvelope, 'data'> = {
      specversion: '1.0',
      id: event.id,
      source,
      type,
      subject: event.key,
      time: new Date(clock.nowMs()).toISOString(),
      datacontenttype: 'application/json',
      partitionkey: event.key,
      hlc: hybridClock.issue(),
      region,
      node,
      seq,
      bodyhash: event.bodyHash,
      hash: sha256(data),
    }
    if (event.traceparent !== undefined) head.traceparent = event.traceparent
    // `data` goes in as the very text that was hashed, and is not serialised a second time.
    return { topic, partition, envelope: { ...head, data: event.data }, json: `${JSON.stringify(head).slice(0, -1)},"data":${data}}` }
  }

  return { node, stamp: (events) => events.map(stampOne) }
}
