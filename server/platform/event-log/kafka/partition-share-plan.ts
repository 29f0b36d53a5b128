import { decodeConsumerProtocolAssignment, decodeConsumerProtocolSubscription, encodeConsumerProtocolAssignment, encodeConsumerProtocolSubscription } from '@platformatic/kafka'
import type { Partition } from '../event-log.ts'
import { assignPartitions } from '../assign-partitions.ts'

const SUBSCRIPTION_VERSION = 2
const ASSIGNMENT_VERSION = 0

/** What a member tells when it joins. @param prefix before the names of Kafka's topics @param held what it works on, of which generation */
export function subscriptionOf(prefix: string, partitions: readonly Partition[], held: readonly Partition[], generation: number): Buffer {
  const topics = [...byTopic(prefix, partitions).keys()]
  return encodeConsumerProtocolSubscription({ version: SUBSCRIPTION_VERSION, topics, ownedPartitions: assignments(prefix, held), generationId: generation })
}

/**
 * The leader's plan: member → assignment. What must move is given to nobody as long as the one who has it works on it:
 * that one sees it missing, lets go and joins again, and only then it goes on.
 */
export function planAssignments(prefix: string, partitions: readonly Partition[], members: readonly { memberId: string; metadata: Buffer }[]): Map<string, Buffer> {
  const told = members.map(({ memberId, metadata }) => ({ memberId, ...decodeConsumerProtocolSubscription(metadata) }))
  const held = new Map<string, string>()
  // Of two who claim the same, the one of the later generation knows better.
  for (const { memberId, ownedPartitions } of told.sort((one, other) => one.generationId - other.generationId)) {
    for (const partition of partitionsOf(prefix, ownedPartitions)) held.set(partition, memberId)
  }
  const plan = assignPartitions(partitions, told.map(({ memberId }) => memberId), held)
  return new Map(told.map(({ memberId }) => {
    const own = partitions.filter((partition) => plan.get(partition) === memberId && (held.get(partition) ?? memberId) === memberId)
    return [memberId, encodeConsumerProtocolAssignment({ version: ASSIGNMENT_VERSION, assignedPartitions: assignments(prefix, own) })]
  }))
}

export function assignedPartitions(prefix: string, assignment: Buffer): Partition[] {
  return partitionsOf(prefix, decodeConsumerProtocolAssignment(assignment).assignedPartitions)
}

function partitionsOf(prefix: string, all: readonly { topic: string; partitions: number[] }[]): Partition[] {
  return all.flatMap(({ topic, partitions }) => partitions.map((number) => `${topic.slice(prefix.length + 1)}/${number}` as Partition))
}

function assignments(prefix: string, partitions: readonly Partition[]): { topic: string; partitions: number[] }[] {
  return [...byTopic(prefix, partitions)].map(([topic, numbers]) => ({ topic, partitions: numbers }))
}

function byTopic(prefix: string, partitions: readonly Partition[]): Map<string, number[]> {
  const topics = new Map<string, number[]>()
  for (const partition of partitions) {
    const [topic, number] = partition.split('/')
    const name = `${prefix}.${topic}`
    topics.set(name, [...(topics.get(name) ?? []), Number(number)])
  }
  return topics
}
