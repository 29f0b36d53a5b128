import { randomBytes } from 'node:crypto'
import { Admin } from '@platformatic/kafka'
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest'
import { ensureTopic } from './ensure-topic.ts'
import { KafkaClient } from './kafka-client.ts'
import { readKafkaUrl } from './kafka-url.ts'

const GOOD = { 'min.insync.replicas': '2', 'retention.ms': '-1', 'retention.bytes': '-1' }

describe('topics of the event log', () => {
  let admin: Admin
  let clients: KafkaClient[]
  let name: string
  const client = (query = 'partitions=2'): KafkaClient => {
    const made = new KafkaClient('tester', readKafkaUrl(`kafka://${inject('kafkaBootstrap')}?${query}`, {}))
    clients.push(made)
    return made
  }
  const make = (configs: Record<string, string>, replicas = 3, partitions = 1): Promise<unknown> =>
    admin.createTopics({ topics: [name], partitions, replicas, configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })) })

  beforeEach(() => {
    admin = new Admin({ clientId: 'admin', bootstrapBrokers: inject('kafkaBootstrap').split(',') })
    clients = []
    name = `topic-${randomBytes(6).toString('hex')}`
  })
  afterEach(async () => {
    await Promise.all([admin.close(), ...clients.map((one) => one.close())])
  })

  test('are made once by all who want them, with three replicas of which two must have a record, and kept for ever', async () => {
    const made = await Promise.all([client(), client(), client()].map((one) => ensureTopic(one, name, 'records')))
    expect(new Set(made.map(({ view }) => view.id)).size).toBe(1)
    expect(made[0]!.view.partitions.map(({ replicas }) => replicas)).toEqual([3, 3])
    const described = await admin.describeConfigs({ resources: [{ resourceType: 2, resourceName: name, configurationKeys: [...Object.keys(GOOD), 'unclean.leader.election.enable', 'cleanup.policy'] }] })
    const settings = Object.fromEntries(described[0]!.configs.map(({ name: key, value }) => [key, value]))
    expect(settings).toEqual({ ...GOOD, 'unclean.leader.election.enable': 'false', 'cleanup.policy': 'delete' })
  })

  test('an existing one that promises enough is taken, with the partitions that it has', async () => {
    await make(GOOD, 3, 5)
    expect((await ensureTopic(client(), name, 'records')).view.partitions).toHaveLength(5)
    await expect(ensureTopic(client(), name, 'cursors')).rejects.toThrow(/cleanup.policy is delete: set it to compact; it has 5 partitions/)
  })

  test.each([
    ['finite retention', { ...GOOD, 'retention.ms': '604800000' }, 3, /retention.ms is 604800000: set it to -1/],
    ['a bound of its size', { ...GOOD, 'retention.bytes': '1000000' }, 3, /retention.bytes is 1000000: set it to -1/],
    ['compaction', { ...GOOD, 'cleanup.policy': 'compact' }, 3, /cleanup.policy is compact: set it to delete/],
    ['one replica that is enough', { ...GOOD, 'min.insync.replicas': '1' }, 3, /min.insync.replicas is 1: set it to 2/],
    ['unclean elections', { ...GOOD, 'unclean.leader.election.enable': 'true' }, 3, /unclean.leader.election.enable is true: set it to false/],
    ['too few replicas', { ...GOOD, 'min.insync.replicas': '2' }, 2, /replication factor is 2: reassign it to 3, or say replication=2 in the URL/],
  ])('an existing one with %s is refused', async (_, configs, replicas, words) => {
    await make(configs, replicas)
    const refusal = ensureTopic(client(), name, 'records')
    await expect(refusal).rejects.toMatchObject({ code: 'log-unavailable' })
    await expect(refusal).rejects.toThrow(words)
  })

  test('fewer replicas are taken from those who ask for fewer', async () => {
    await make(GOOD, 2)
    await expect(ensureTopic(client('replication=2'), name, 'records')).resolves.toMatchObject({ view: { name } })
  })
})
