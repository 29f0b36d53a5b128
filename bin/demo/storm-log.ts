import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { startBrokers, type KafkaCluster } from '../setup/kafka-cluster.ts'

const ownBrokers = 3

/** The event log that a storm is let loose on. */
export interface StormLog {
  /** What the portal is started with. */
  env: Record<string, string>
  /** For a person. */
  words: string
  /** Brokers of the storm's own; null where there are none. */
  brokers: KafkaCluster | null
}

/**
 * A log that nobody else writes to: SQLite in the storm's folder, or topics under a name of their own on Kafka, be it on
 * the cluster that is given or on brokers started for the storm. Throws SetupError where brokers cannot be started.
 * @param given EVENT_LOG_URL; one on SQLite is somebody's, and not used
 */
export async function openStormLog({ kafka, given, folder, say }: { kafka: boolean; given: string | undefined; folder: string; say: (what: string) => void }): Promise<StormLog> {
  const prefix = `storm-${randomBytes(4).toString('hex')}`
  if (kafka) {
    const brokers = await startBrokers({ folder: join(folder, 'kafka'), count: ownBrokers, say })
    return { env: { ...brokers.env, EVENT_LOG_URL: withPrefix(brokers.url, prefix) }, words: `Kafka, ${ownBrokers} brokers of its own`, brokers }
  }
  if (given?.startsWith('kafka:')) return { env: { EVENT_LOG_URL: withPrefix(given, prefix) }, words: `Kafka at EVENT_LOG_URL, topics ${prefix}.*, which stay`, brokers: null }
  return { env: {}, words: 'SQLite', brokers: null }
}

/** The same cluster and settings, other topics. */
export function withPrefix(url: string, prefix: string): string {
  return url.replace(/^(kafka:\/\/[^/?#]+)(?:\/[^?#]*)?/, `$1/${prefix}`)
}
