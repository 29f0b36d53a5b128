import { afterEach, beforeEach, expect, test } from 'vitest'
import { kafkaUrl } from '../../../../bin/test-support/kafka-url.ts'
import { FencedError } from '../fenced-error.ts'
import { openCursorTopic, type CursorTopic } from './cursor-topic.ts'
import { ensureTopic } from './ensure-topic.ts'
import { KafkaClient, type FetchedPartition, type KeyedValue, type Produced } from './kafka-client.ts'
import { readKafkaUrl } from './kafka-url.ts'

const partition = 'outages/0'
let url: string
let clients: KafkaClient[]
beforeEach(() => {
  url = kafkaUrl()
  clients = []
})
afterEach(() => Promise.all(clients.map((client) => client.close())))

/** A client whose next answers to sends are told wrong: a written batch that is not there, or one of which nothing is known. */
class LyingClient extends KafkaClient {
  lies: ('unwritten' | 'unknown')[] = []
  /** Called when records have come, before anybody has them. */
  onFetched: () => void = () => undefined
  override async fetch(...ask: Parameters<KafkaClient['fetch']>): Promise<FetchedPartition[]> {
    const fetched = await super.fetch(...ask)
    if (fetched.some(({ records }) => records.length > 0)) this.onFetched()
    return fetched
  }
  override async produce(topic: string, number: number, records: readonly KeyedValue[], lane?: string): Promise<Produced> {
    const lie = this.lies.shift()
    if (lie === 'unwritten') return { kind: 'written', offset: 0 }
    const produced = await super.produce(topic, number, records, lane)
    return lie === 'unknown' ? { kind: 'unknown', reason: 'no answer' } : produced
  }
}

async function open(withinMs?: number): Promise<{ cursors: CursorTopic; client: LyingClient }> {
  const client = new LyingClient('test', readKafkaUrl(url, {}))
  clients.push(client)
  const topic = `${client.settings.prefix}.log`
  await ensureTopic(client, topic, 'cursors')
  return { cursors: openCursorTopic({ client, topic, withinMs }), client }
}

test('what one process saves another loads; a thousand saves at once end with the last', async () => {
  const [{ cursors: one }, { cursors: other }] = [await open(), await open()]
  expect([await one.load('matching', partition), await one.epoch('matching', partition)]).toEqual([null, null])
  await Promise.all(Array.from({ length: 1_000 }, (_, at) => one.save(at % 2 ? 'matching' : 'news', partition, String(at), '01')))
  expect([await other.load('matching', partition), await other.load('news', partition), await other.epoch('news', partition)]).toEqual(['999', '998', '01'])
  await other.save('matching', 'outages/1', '7')
  expect([await one.load('matching', 'outages/1'), await one.load('matching', partition)]).toEqual(['7', '999'])
})

test('a save that comes just as the sends before it end is sent too, at whichever turn it comes', async () => {
  const { cursors, client } = await open()
  for (let turns = 0; turns < 60; turns++) {
    const second = new Promise<void>((resolve, reject) => {
      client.onFetched = () => {
        client.onFetched = () => undefined
        void (async () => {
          for (let turn = 0; turn < turns; turn++) await Promise.resolve()
          await cursors.save('news', partition, String(turns))
        })().then(resolve, reject)
      }
    })
    await cursors.save('matching', partition, String(turns))
    await second
  }
  expect([await cursors.load('matching', partition), await cursors.load('news', partition)]).toEqual(['59', '59'])
})

test('a former owner is refused, whether it knows of its successor or not', async () => {
  const [{ cursors: former }, { cursors: later }] = [await open(), await open()]
  await former.save('matching', partition, '1', '01')
  await later.save('matching', partition, '5', '02')
  for (const position of ['2', '3']) await expect(former.save('matching', partition, position, '01')).rejects.toThrow(FencedError)
  await later.save('matching', partition, '6', '02')
  for (const { cursors } of [await open(), { cursors: former }]) expect([await cursors.load('matching', partition), await cursors.epoch('matching', partition)]).toEqual(['6', '02'])
})

test('a false acknowledgement is seen through, and an answer that is lost changes nothing', async () => {
  const { cursors, client } = await open()
  await cursors.save('matching', partition, '1')
  client.lies = ['unwritten', 'unwritten']
  await cursors.save('matching', partition, '2')
  const { cursors: other } = await open()
  expect([client.lies.length, await other.load('matching', partition)]).toEqual([0, '2'])
  client.lies = ['unknown']
  await cursors.save('matching', partition, '3', '01')
  expect([client.lies.length, await other.load('matching', partition)]).toEqual([0, '3'])
})

test('a save that is never read back ends indeterminate, and a closed topic refuses', async () => {
  const { cursors, client } = await open(500)
  client.lies = Array.from({ length: 1_000 }, () => 'unwritten')
  await expect(cursors.save('matching', partition, '1')).rejects.toMatchObject({ code: 'indeterminate' })
  await cursors.close()
  for (const call of [cursors.load('matching', partition), cursors.epoch('matching', partition), cursors.save('matching', partition, '1')]) {
    await expect(call).rejects.toMatchObject({ code: 'log-unavailable' })
  }
})
