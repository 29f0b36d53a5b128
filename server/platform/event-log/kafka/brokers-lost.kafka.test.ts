import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startBrokers, type KafkaCluster } from '../../../../bin/setup/kafka-cluster.ts'
import { systemClock } from '../../../../domain/clock.ts'
import { readAll } from '../conformance.ts'
import type { EventLog, FirstRecord } from '../event-log.ts'
import { matchedEvent } from '../matched-event.fixture.ts'
import { KafkaClient } from './kafka-client.ts'
import { openKafkaEventLog } from './kafka-event-log.ts'
import { readKafkaUrl } from './kafka-url.ts'

const BROKERS = [0, 1, 2]
const APPENDERS = 8
const PATIENTLY = { timeout: 60_000, interval: 50 }

describe('the event log on brokers that fail', () => {
  let folder: string
  let cluster: KafkaCluster
  let opened: EventLog[]
  let run = 0
  const open = async (appendBoundMs = 5_000): Promise<EventLog> => {
    const settings = readKafkaUrl(`kafka://${cluster.bootstrap.join(',')}/run-${run}?partitions=3`, {})
    const log = await openKafkaEventLog({ settings, indexPath: null, clock: systemClock, region: 'test', node: 'tester', appendBoundMs })
    opened.push(log)
    return log
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'stormdoor-failing-'))
    cluster = await startBrokers({ folder, count: BROKERS.length })
  })
  afterAll(async () => {
    await cluster?.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  beforeEach(() => {
    opened = []
    run++
  })
  afterEach(async () => {
    await Promise.all(BROKERS.map((broker) => cluster.resume(broker)))
    await Promise.all(opened.map((log) => log.close()))
    await Promise.all(BROKERS.map((broker) => cluster.start(broker)))
  })

  /** Which broker, from 0, leads the first partition. */
  async function leaderOf(topic: string): Promise<number> {
    return asking(async (client) => (await client.topic(topic))!.partitions[0]!.leader - 1)
  }

  async function asking<T>(ask: (client: KafkaClient) => Promise<T>): Promise<T> {
    const client = new KafkaClient('questions', readKafkaUrl(`kafka://${cluster.bootstrap.join(',')}`, {}))
    try {
      return await ask(client)
    } finally {
      await client.close()
    }
  }

  test('kill -9 of a leader while appending: no answer is false, nothing is lost, and it goes on', async () => {
    const log = await open(15_000)
    const answered: FirstRecord[] = []
    const stop = new AbortController()
    const appenders = Array.from({ length: APPENDERS }, async () => {
      while (!stop.signal.aborted) {
        const [answer] = await log.append([matchedEvent('under fire')])
        answered.push(answer!.first)
      }
    })
    await expect.poll(() => answered.length, PATIENTLY).toBeGreaterThan(100)
    const leader = await leaderOf(`run-${run}.outages`)
    await cluster.kill(leader)
    const before = new Map((await log.partitions('outages')).map((partition) => [partition, answered.filter((first) => first.partition === partition).length]))
    const goesOn = (): boolean => [...before].every(([partition, count]) => answered.filter((first) => first.partition === partition).length > count + 20)
    await expect.poll(goesOn, PATIENTLY).toBe(true)
    stop.abort()
    await Promise.all(appenders)
    const records = await readAll(await open())
    const firsts = new Map(records.filter(({ first }) => first).map((record) => [record.envelope.id, record]))
    for (const { position, envelope } of answered) expect(firsts.get(envelope.id)).toEqual({ position, first: true, envelope })
    expect(firsts.size).toBe(answered.length)
  })

  test('a leader that hangs: a send is given up as soon as another leads, and the next goes there', async () => {
    const log = await open(30_000)
    await log.append([matchedEvent('before')])
    const topic = `run-${run}.outages`
    const leader = await leaderOf(topic)
    const outcome = await asking(async (client) => {
      await client.topic(topic)
      await cluster.suspend(leader)
      return client.produce(topic, 0, [{ key: Buffer.from('key'), value: Buffer.from('no event') }])
    })
    expect(outcome).toEqual({ kind: 'unknown', reason: `another broker leads ${topic}/0 now` })
    expect(await log.append(Array.from({ length: 9 }, () => matchedEvent('after')))).toHaveLength(9)
  })

  test('two of three suspended: nothing is accepted, what is refused for sure is not there, and it goes on with them', async () => {
    const log = await open(4_000)
    await log.append(Array.from({ length: 30 }, () => matchedEvent('before')))
    const topic = `run-${run}.outages`
    const leader = await leaderOf(topic)
    const events = Array.from({ length: 6 }, () => matchedEvent('too few'))
    const answers = await asking(async (client) => {
      await client.topic(topic)
      await Promise.all(BROKERS.filter((broker) => broker !== leader).map((broker) => cluster.suspend(broker)))
      // The leader has it, and nobody else: neither written nor surely not.
      const alone = client.produce(topic, 0, [{ key: Buffer.from('key'), value: Buffer.from('no event') }])
      const settled = await Promise.allSettled(events.map((event) => log.append([event])))
      expect(await alone).toMatchObject({ kind: 'unknown' })
      return settled
    })
    expect(answers.map(({ status }) => status)).toEqual(events.map(() => 'rejected'))
    const codes = answers.map((answer) => (answer as PromiseRejectedResult).reason.code as string)
    for (const code of codes) expect(['log-unavailable', 'indeterminate']).toContain(code)
    await Promise.all(BROKERS.map((broker) => cluster.resume(broker)))
    await expect.poll(() => log.append([matchedEvent('after')]).then(() => 'written', () => 'refused'), PATIENTLY).toBe('written')
    const ids = new Set((await readAll(await open())).map(({ envelope }) => envelope.id))
    for (const [index, { id }] of events.entries()) if (codes[index] === 'log-unavailable') expect(ids.has(id)).toBe(false)
    // Under their ids they may be sent again, whatever became of them.
    for (const answer of await Promise.all(events.map((event) => log.append([event])))) expect(answer[0]!.outcome).toMatch(/appended|repeated/)
  })

  test('all brokers gone: surely nothing is written, what is known is still answered, and it goes on when they are back', async () => {
    const log = await open(3_000)
    const kept = matchedEvent('before')
    const [first] = await log.append([kept])
    await Promise.all(BROKERS.map((broker) => cluster.kill(broker)))
    const lost = matchedEvent('nobody there')
    await expect(log.append([matchedEvent('may hang'), matchedEvent('may hang')])).rejects.toMatchObject({ code: expect.stringMatching(/log-unavailable|indeterminate/) })
    await expect(log.append([lost])).rejects.toMatchObject({ code: 'log-unavailable' })
    await expect(log.append([kept])).resolves.toEqual([{ outcome: 'repeated', first: first!.first }])
    await Promise.all(BROKERS.map((broker) => cluster.start(broker)))
    await expect.poll(() => log.append([lost]).then(([answer]) => answer!.outcome, () => 'refused'), PATIENTLY).toBe('appended')
  })
})
