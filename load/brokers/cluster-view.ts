import { setTimeout as delay } from 'node:timers/promises'
import { Connection, metadataV12 } from '@platformatic/kafka'

const ANSWER_MS = 1_500
const LOOK_MS = 200
const IN_SYNC_LIMIT_MS = 90_000
/** Brokers that have just been woken all remember that everything was well; what they missed shows a moment later. */
const STEADY_MS = 1_500

/** One partition as a broker sees it. Brokers are counted from 0; leader -1: none. */
interface PartitionView {
  topic: string
  leader: number
  inSync: number
  copies: number
}

/** Which broker leads each partition of a topic; the first answer counts. @param bootstrap `host:port` of each broker */
export async function leadersOf(bootstrap: readonly string[], topic: string): Promise<number[]> {
  const views = await Promise.any(bootstrap.map((broker) => lookFrom(broker)))
  return views.filter((view) => view.topic === topic).map(({ leader }) => leader)
}

/** Resolves when every broker has for a moment seen every partition led and all its copies in sync. */
export async function untilInSync(bootstrap: readonly string[], signal: AbortSignal): Promise<void> {
  const deadlineMs = performance.now() + IN_SYNC_LIMIT_MS
  let wellSinceMs = Infinity
  for (;;) {
    const behind = await Promise.all(bootstrap.map((broker) => lookFrom(broker))).then(
      (views) => views.flat().filter(({ leader, inSync, copies }) => leader < 0 || inSync < copies).map(({ topic }) => topic),
      (error: unknown) => [String(error)],
    )
    wellSinceMs = behind.length === 0 ? Math.min(wellSinceMs, performance.now()) : Infinity
    if (performance.now() - wellSinceMs >= STEADY_MS) return
    if (performance.now() > deadlineMs) throw new Error(`Not every copy is in sync after ${IN_SYNC_LIMIT_MS / 1000} s: ${[...new Set(behind)].join(', ')}`)
    await delay(LOOK_MS, undefined, { signal })
  }
}

async function lookFrom(broker: string): Promise<PartitionView[]> {
  const [host = '', port] = broker.split(':')
  const connection = new Connection('stormdoor-drill', { connectTimeout: ANSWER_MS, requestTimeout: ANSWER_MS })
  // What is asked over a broken connection rejects; the event alone would end the process.
  connection.on('error', () => undefined)
  try {
    await connection.connect(host, Number(port))
    const { topics } = await metadataV12.api.async(connection, null, false, false)
    return topics.flatMap(({ name, partitions }) =>
      partitions.map(({ leaderId, isrNodes, replicaNodes }) => ({ topic: name ?? '', leader: leaderId < 1 ? -1 : leaderId - 1, inSync: isrNodes.length, copies: replicaNodes.length })),
    )
  } finally {
    await connection.close().catch(() => undefined)
  }
}
