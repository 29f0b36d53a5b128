import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Admin } from '@platformatic/kafka'
import { afterEach, describe, expect, inject, test } from 'vitest'
import { startTicksOf } from '../supervisor/process-identity.ts'
import { temporaryFolder } from '../test-support/temporary-folder.ts'
import { startBrokers, type BrokersOptions, type KafkaCluster } from './kafka-cluster.ts'

const clusters: KafkaCluster[] = []

async function brokers(options: Partial<BrokersOptions> = {}): Promise<KafkaCluster> {
  const cluster = await startBrokers({ folder: temporaryFolder(), count: 1, ...options })
  clusters.push(cluster)
  return cluster
}

async function topicsOf(bootstrap: string[]): Promise<string[]> {
  const admin = new Admin({ clientId: 'test', bootstrapBrokers: bootstrap, retries: 0 })
  try {
    return await admin.listTopics()
  } finally {
    await admin.close()
  }
}

async function makeTopic(bootstrap: string[], topic: string, replicas: number): Promise<void> {
  const admin = new Admin({ clientId: 'test', bootstrapBrokers: bootstrap })
  try {
    await admin.createTopics({ topics: [topic], partitions: 1, replicas })
  } finally {
    await admin.close()
  }
}

afterEach(async () => {
  await Promise.all(clusters.splice(0).map((cluster) => cluster.stop()))
})

describe('brokers @kafka', () => {
  test('the three of this run take a topic with three copies', async () => {
    const bootstrap = inject('kafkaBootstrap').split(',')
    expect(bootstrap).toHaveLength(3)
    await makeTopic(bootstrap, 'three-copies', 3)
    // A broker tells of a topic when it has heard of it from the controller.
    await expect.poll(() => topicsOf(bootstrap)).toContain('three-copies')
  })

  test('a suspended controller is replaced, a killed broker returns at its port, and a stop leaves nothing @full', async () => {
    const cluster = await brokers({ count: 3 })
    const pids = [0, 1, 2].map((index) => cluster.pid(index) as number)
    const first = await cluster.controller()
    await cluster.suspend(first)
    const second = await cluster.controller()
    expect(second).not.toBe(first)
    await cluster.resume(first)
    await cluster.kill(second)
    expect(cluster.pid(second)).toBeNull()
    const itself = cluster.bootstrap.slice(second, second + 1)
    await expect(topicsOf(itself)).rejects.toThrow()
    await makeTopic(cluster.bootstrap, 'made-meanwhile', 2)
    await cluster.start(second)
    await expect.poll(() => topicsOf(itself), { timeout: 40_000 }).toContain('made-meanwhile')
    await cluster.suspend(second)
    const left = [...pids, cluster.pid(second) as number]
    await cluster.stop()
    expect(left.map(startTicksOf)).toEqual([null, null, null, null])
  })

  test('a broker that cannot start says why, and leaves nothing behind', async () => {
    const folder = temporaryFolder()
    const blocked = join(folder, 'not-a-folder')
    writeFileSync(blocked, '')
    await expect(brokers({ folder, dataFolders: [blocked] })).rejects.toThrow(/not-a-folder/)
    await expect(brokers({ folder: temporaryFolder(), properties: { 'num.io.threads': 'many' } })).rejects.toThrow(/num\.io\.threads/)
  })

  test('a broker whose port is taken says so @full', async () => {
    const port = Number(inject('kafkaBootstrap').split(',')[0]?.split(':')[1])
    await expect(brokers({ ports: [port, port + 1, port + 2] })).rejects.toThrow(/already in use|failed to bind/i)
  })
})
