import { createTopicsV7, describeConfigsV4 } from '@platformatic/kafka'
import { LogUnavailableError } from '../../errors.ts'
import type { Logger } from '../../logger.ts'
import type { TopicView } from './cluster-view.ts'
import type { KafkaClient } from './kafka-client.ts'
import { KAFKA_CODE, KafkaAccessError, withCodes } from './kafka-failure.ts'

const ADMIN_BOUND_MS = 5_000
const WITHIN_MS = 20_000
const TOPIC_RESOURCE = 2
/** Room for one call with thousands of events, which must go as one batch. */
const MESSAGE_BYTES = 8 * 1024 * 1024
/** Only what stands in closed segments is compacted: small ones keep the reading of all cursors at a start short. */
const CURSOR_SEGMENT_BYTES = 16 * 1024 * 1024

/** `records`: kept for ever, as they came. `cursors`: the newest record of each key. */
export type TopicKind = 'records' | 'cursors'

export interface EnsuredTopic {
  view: TopicView
  /** Largest batch that the brokers take. */
  batchBytes: number
}

interface Promised {
  replication: number
  inSync: number
}

/**
 * Makes a topic at its first use, and takes one that exists only when it promises as much: a log that forgets, or that one
 * broker alone acknowledges, is none. Throws LogUnavailableError with what to change.
 */
export async function ensureTopic(client: KafkaClient, name: string, kind: TopicKind, logger?: Logger): Promise<EnsuredTopic> {
  const found = await client.patiently(WITHIN_MS, () => client.topic(name, { anew: true }))
  const promised = promisedBy(client)
  if (!found) {
    if (promised.replication === 1) logger?.warn({ topic: name }, 'one Kafka broker keeps the event log: what it loses is lost')
    await client.patiently(WITHIN_MS, () => createTopic(client, name, kind, promised))
  }
  return client.patiently(WITHIN_MS, async () => {
    const view = await client.topic(name, { anew: !found })
    if (!view || view.partitions.some(({ leader }) => leader < 0)) throw new Error(`topic ${name} has no leader yet`)
    const settings = await describe(client, name)
    const faults = faultsOf(view, settings, kind, promised)
    if (faults.length > 0) throw new LogUnavailableError(`Kafka topic ${name} promises less than the event log does: ${faults.join('; ')}`)
    return { view, batchBytes: Number(settings.get('max.message.bytes') ?? 1_000_000) }
  })
}

function promisedBy({ settings, cluster }: KafkaClient): Promised {
  // A broker that is down at this moment is missing in the cluster's own list.
  const brokers = Math.max(cluster.brokerCount, settings.bootstrap.length)
  const replication = settings.replication ?? Math.min(3, brokers)
  return { replication, inSync: replication >= 3 ? 2 : 1 }
}

async function createTopic(client: KafkaClient, name: string, kind: TopicKind, { replication, inSync }: Promised): Promise<void> {
  const configs: Record<string, string> = {
    'min.insync.replicas': String(inSync),
    'unclean.leader.election.enable': 'false',
    'retention.ms': '-1',
    'retention.bytes': '-1',
    'max.message.bytes': String(MESSAGE_BYTES),
    ...(kind === 'records' ? { 'cleanup.policy': 'delete' } : { 'cleanup.policy': 'compact', 'segment.bytes': String(CURSOR_SEGMENT_BYTES) }),
  }
  const topic = {
    name,
    numPartitions: kind === 'records' ? client.settings.partitions : 1,
    replicationFactor: replication,
    assignments: [],
    configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
  }
  const connection = await client.connection('administration', ADMIN_BOUND_MS + 1_000)
  const answer = await withCodes(createTopicsV7.api.async(connection, [topic], ADMIN_BOUND_MS, false))
  const { errorCode = KAFKA_CODE.none, errorMessage } = answer.topics[0] ?? {}
  // Another node was quicker: what it made is looked at like any other.
  if (errorCode === KAFKA_CODE.none || errorCode === KAFKA_CODE.topicAlreadyExists) return
  const reason = `topic ${name} cannot be made: ${errorMessage ?? `Kafka error ${errorCode}`}`
  throw errorCode === KAFKA_CODE.topicAuthorizationFailed || errorCode === KAFKA_CODE.clusterAuthorizationFailed ? new KafkaAccessError(reason) : new Error(reason)
}

async function describe(client: KafkaClient, name: string): Promise<Map<string, string>> {
  const connection = await client.connection('administration', ADMIN_BOUND_MS)
  const answer = await withCodes(describeConfigsV4.api.async(connection, [{ resourceType: TOPIC_RESOURCE, resourceName: name, configurationKeys: null }], false, false))
  const told = answer.results[0]
  if (told?.errorCode === KAFKA_CODE.topicAuthorizationFailed) throw new KafkaAccessError(`no right to describe the settings of topic ${name}`)
  if (told?.errorCode !== KAFKA_CODE.none) throw new Error(`Kafka error ${told?.errorCode} for the settings of topic ${name}`)
  return new Map(told.configs.map(({ name: key, value }) => [key, value ?? '']))
}

function faultsOf({ partitions }: TopicView, settings: Map<string, string>, kind: TopicKind, { replication, inSync }: Promised): string[] {
  const faults: string[] = []
  const replicas = Math.min(...partitions.map((partition) => partition.replicas))
  if (replicas < replication) faults.push(`its replication factor is ${replicas}: reassign it to ${replication}, or say replication=${replicas} in the URL`)
  const inSyncNow = Number(settings.get('min.insync.replicas'))
  if (inSyncNow < inSync) faults.push(`min.insync.replicas is ${inSyncNow}: set it to ${inSync}`)
  if (settings.get('unclean.leader.election.enable') === 'true') faults.push('unclean.leader.election.enable is true: set it to false')
  const policy = settings.get('cleanup.policy') ?? ''
  if (kind === 'cursors') {
    if (policy !== 'compact') faults.push(`cleanup.policy is ${policy}: set it to compact`)
    if (partitions.length !== 1) faults.push(`it has ${partitions.length} partitions: it must have one`)
    return faults
  }
  if (policy.includes('compact')) faults.push(`cleanup.policy is ${policy}: set it to delete`)
  for (const key of ['retention.ms', 'retention.bytes']) {
    if (settings.get(key) !== '-1') faults.push(`${key} is ${settings.get(key)}: set it to -1`)
  }
  return faults
}
