/**
 * Floor: the client library's own producer, asked for acknowledgement by all in-sync replicas, with the log's rule of batching:
 * one send at a time per partition, of what has come meanwhile. Reads nothing back.
 * Arguments: bootstrap brokers, topic, its number of partitions, file of envelopes.
 */
import { Producer } from '@platformatic/kafka'
import { partitionOfKey } from '../../../server/platform/event-log/kafka/stored-record.ts'
import { serveJobs } from './producing-process.ts'

/** As the log's lanes. */
const SEND_RECORDS = 500
const ALL_REPLICAS = -1

interface Waiting {
  key: Buffer
  value: Buffer
  acknowledged: () => void
  failed: (error: unknown) => void
}

const [bootstrap = '', topic = '', partitions = '', envelopesPath = ''] = process.argv.slice(2)
const producer = new Producer({ clientId: 'bench-floor', bootstrapBrokers: bootstrap.split(','), connectTimeout: 1_000, requestTimeout: 3_000, timeout: 3_000, retryDelay: 100 })
const lanes = Array.from({ length: Number(partitions) }, () => ({ queue: [] as Waiting[], running: false }))

async function runLane(partition: number): Promise<void> {
  const lane = lanes[partition]!
  while (lane.queue.length > 0) {
    const batch = lane.queue.splice(0, SEND_RECORDS)
    try {
      await producer.send({ acks: ALL_REPLICAS, messages: batch.map(({ key, value }) => ({ topic, partition, key, value })) })
      for (const { acknowledged } of batch) acknowledged()
    } catch (error) {
      for (const { failed } of batch) failed(error)
    }
  }
  lane.running = false
}

serveJobs(envelopesPath, ({ partitionkey }, json) => {
  const partition = partitionOfKey(partitionkey, lanes.length)
  const lane = lanes[partition]!
  return new Promise((acknowledged, failed) => {
    lane.queue.push({ key: Buffer.from(partitionkey), value: Buffer.from(json), acknowledged, failed })
    if (lane.running) return
    lane.running = true
    setImmediate(() => void runLane(partition))
  })
})
