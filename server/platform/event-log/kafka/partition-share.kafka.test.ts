import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { kafkaUrl } from '../../../../bin/test-support/kafka-url.ts'
import { systemClock, type Clock } from '../../../../domain/clock.ts'
import { HybridClock } from '../../../../domain/hybrid-clock.ts'
import { describeSharing } from '../conformance-sharing.ts'
import type { Ownership } from '../event-log.ts'
import { openCursorTopic } from './cursor-topic.ts'
import { ensureTopic } from './ensure-topic.ts'
import { KafkaClient } from './kafka-client.ts'
import { readKafkaUrl } from './kafka-url.ts'
import { sharePartitions } from './partition-share.ts'

const PATIENTLY = { timeout: 30_000, interval: 20 }

describeSharing('kafka', async () => ({ url: kafkaUrl({ partitions: '2' }), dispose: async () => undefined }))

describe('a member', () => {
  let endings: (() => Promise<void>)[]
  beforeEach(() => {
    endings = []
  })
  afterEach(async () => {
    for (const end of endings.toReversed()) await end()
  })

  interface Member {
    history: Ownership[]
    owned: () => Ownership[]
    said: string[]
    /** Whether it reaches any broker. */
    cutOff: (cut: boolean) => void
  }

  async function join(url: string, clock: Clock = systemClock): Promise<Member> {
    const client = new KafkaClient('test', readKafkaUrl(url, {}))
    let cut = false
    const connect = client.connections.to.bind(client.connections)
    client.connections.to = (...to) => (cut ? Promise.reject(new Error('cut off')) : connect(...to))
    const { prefix } = client.settings
    await ensureTopic(client, `${prefix}.log`, 'cursors')
    const { view } = await ensureTopic(client, `${prefix}.outages`, 'records')
    const cursors = openCursorTopic({ client, topic: `${prefix}.log` })
    const stop = new AbortController()
    const [history, said]: [Ownership[], string[]] = [[], []]
    const left = sharePartitions({
      client, cursors, hybridClock: new HybridClock(clock), node: 'test', group: 'group', clock, signal: stop.signal,
      partitions: view.partitions.map((_, number) => `outages/${number}` as const),
      logger: pino({}, { write: (line: string) => said.push((JSON.parse(line) as { msg: string }).msg) }),
      work: async (ownership) => {
        history.push(ownership)
        await new Promise((resolve) => ownership.signal.addEventListener('abort', resolve))
      },
    })
    endings.push(async () => {
      stop.abort()
      await left
      await cursors.close()
      await client.close()
    })
    return { history, said, owned: () => history.filter(({ signal }) => !signal.aborted), cutOff: (now) => (cut = now) }
  }

  test('that stood still ends its work by its own clock, without asking anybody, and begins again under a later epoch', async () => {
    const clock = { ...systemClock, asleepMs: 0, monotonicMs: () => performance.now() + clock.asleepMs }
    const member = await join(kafkaUrl({ partitions: '2' }), clock)
    await expect.poll(() => member.owned().length, PATIENTLY).toBe(2)
    const before = member.owned()
    clock.asleepMs += 4_000
    await expect.poll(() => member.history.length, PATIENTLY).toBe(4)
    expect(before.map(({ signal }) => signal.aborted)).toEqual([true, true])
    for (const { partition, epoch } of before) expect(member.owned().find((own) => own.partition === partition)!.epoch > epoch).toBe(true)
  })

  test('whose clock is behind still has a later epoch than the owner before it', async () => {
    const url = kafkaUrl({ partitions: '1' })
    const first = await join(url)
    await expect.poll(() => first.owned().length, PATIENTLY).toBe(1)
    await endings.pop()!()
    const behind = await join(url, { ...systemClock, nowMs: () => Date.now() - 50_000 })
    await expect.poll(() => behind.owned().length, PATIENTLY).toBe(1)
    expect(behind.history[0]!.epoch > first.history[0]!.epoch).toBe(true)
  })

  test('that reaches no broker works on, until it hears that others have taken over', async () => {
    const url = kafkaUrl({ partitions: '2' })
    const one = await join(url)
    await expect.poll(() => one.owned().length, PATIENTLY).toBe(2)
    one.cutOff(true)
    await expect.poll(() => one.said, PATIENTLY).toContain('cannot reach the group; goes on trying')
    one.cutOff(false)
    await expect.poll(() => one.said.at(-1), PATIENTLY).toBe('takes part in the group again')
    expect([one.owned().length, one.history.length]).toEqual([2, 2])

    const two = await join(url)
    await expect.poll(() => [one.owned().length, two.owned().length], PATIENTLY).toEqual([1, 1])
    const [own] = one.owned()
    one.cutOff(true)
    await expect.poll(() => two.owned().length, PATIENTLY).toBe(2)
    expect(own!.signal.aborted).toBe(false)
    one.cutOff(false)
    await expect.poll(() => own!.signal.aborted, PATIENTLY).toBe(true)
    await expect.poll(() => [one.owned().length, two.owned().length], PATIENTLY).toEqual([1, 1])
  })
})
