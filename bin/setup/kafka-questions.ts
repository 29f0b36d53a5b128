import { readFileSync } from 'node:fs'
import { Connection, createTopicsV7, describeQuorumV2, metadataV12 } from '@platformatic/kafka'

const answerWithinMs = 1500

export interface KafkaAccess {
  username: string
  password: string
  /** Absolute path of the PEM certificate to trust. */
  caFile: string
}

/** Node ids of the brokers that this one knows to be alive; rejects when another cluster's broker has the port. */
export function aliveBrokers(port: number, access: KafkaAccess | null, expectedCluster: string): Promise<number[]> {
  return asking(port, access, async (connection) => {
    const { brokers, clusterId } = await metadataV12.api.async(connection, [], false, false)
    if (clusterId !== expectedCluster) throw new Error(`a broker of another cluster answers at port ${port}`)
    return brokers.map((broker) => broker.nodeId)
  })
}

/** Node id of the active controller, as the quorum sees it: metadata of a KRaft cluster names any broker. */
export function activeController(port: number, access: KafkaAccess | null): Promise<number> {
  return asking(port, access, async (connection) => {
    const { topics } = await describeQuorumV2.api.async(connection, [{ topicName: '__cluster_metadata', partitions: [{ partitionIndex: 0 }] }])
    const leader = topics[0]?.partitions[0]?.leaderId ?? -1
    if (leader < 0) throw new Error('no controller is elected')
    return leader
  })
}

/** Resolves when a topic with this many copies could be made; makes none. */
export function couldMakeTopic(port: number, access: KafkaAccess | null, copies: number): Promise<void> {
  return asking(port, access, async (connection) => {
    const topic = { name: 'could-be-made', numPartitions: 1, replicationFactor: copies, assignments: [], configs: [] }
    await createTopicsV7.api.async(connection, [topic], answerWithinMs, true)
  })
}

async function asking<T>(port: number, access: KafkaAccess | null, ask: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = new Connection('stormdoor-setup', {
    connectTimeout: answerWithinMs, requestTimeout: answerWithinMs,
    ...(access && {
      tls: { ca: readFileSync(access.caFile) },
      sasl: { mechanism: 'SCRAM-SHA-512' as const, username: access.username, password: access.password },
    }),
  })
  // A broken connection rejects what is asked over it; the event alone would end the process.
  connection.on('error', () => {})
  try {
    await connection.connect('127.0.0.1', port)
    return await ask(connection)
  } finally {
    await connection.close().catch(() => {})
  }
}
