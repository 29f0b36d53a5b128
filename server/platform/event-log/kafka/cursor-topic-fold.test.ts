import { expect, test } from 'vitest'
import { CursorFold, cursorKey } from './cursor-topic-fold.ts'

const [consumer, partition] = ['matching', 'outages/0'] as const

interface Written {
  offset: number
  key: Buffer
  value: Buffer | null
}

const written = (offset: number, epoch: string | undefined, position: string | null): Written => ({
  offset,
  key: Buffer.from(cursorKey(consumer, partition, epoch)),
  value: position === null ? null : Buffer.from(JSON.stringify({ position, save: `save ${offset}` })),
})

function folded(records: readonly Written[]): CursorFold {
  const fold = new CursorFold()
  for (const { offset } of records) fold.expect(`save ${offset}`)
  fold.take({ records: [...records], next: (records.at(-1)?.offset ?? -1) + 1 })
  return fold
}

/** What Kafka's cleaner leaves: the newest record of each key, at its own offset. */
const compacted = (records: readonly Written[]): Written[] => records.filter(({ key }, at) => !records.slice(at + 1).some((later) => later.key.equals(key)))

test('a former owner\'s late save is fenced and changes nothing, before compaction and after it', () => {
  const records = [written(0, '01', '10'), written(1, '02', '20'), written(2, '01', '15')]
  const fold = folded(records)
  expect([0, 1, 2].map((offset) => fold.verdict(`save ${offset}`))).toEqual(['taken', 'taken', 'fenced'])
  expect([fold.isFenced(consumer, partition, '01'), fold.isFenced(consumer, partition, '02')]).toEqual([true, false])
  for (const one of [fold, folded(compacted(records))]) expect([one.position(consumer, partition), one.epoch(consumer, partition)]).toEqual(['20', '02'])
})

test('a save without an epoch counts as the last one, and leaves the fence up', () => {
  const records = [written(0, '02', '20'), written(1, undefined, '5')]
  for (const fold of [folded(records), folded(compacted(records))]) {
    expect(fold.position(consumer, partition)).toBe('5')
    expect([fold.isFenced(consumer, partition, '01'), fold.isFenced(consumer, partition, null)]).toEqual([true, false])
  }
  for (const all of [[...records, written(2, '02', '6')], compacted([...records, written(2, '02', '6')])]) expect(folded(all).position(consumer, partition)).toBe('6')
  expect(folded([...records, written(2, '01', '6')]).position(consumer, partition)).toBe('5')
})

test('keys of former owners are told to whoever saved under a later epoch, until they are gone', () => {
  const records = [written(0, '01', '10'), written(1, '02', '20'), written(2, '03', '30')]
  const fold = folded(records)
  expect(fold.outdated().sort()).toEqual([cursorKey(consumer, partition, '01'), cursorKey(consumer, partition, '02')])
  fold.take({ records: [written(3, '01', null), written(4, '02', null)], next: 5 })
  expect(fold.outdated()).toEqual([])
  expect([fold.position(consumer, partition), fold.epoch(consumer, partition), fold.next]).toEqual(['30', '03', 5])
  const bystander = new CursorFold()
  bystander.take({ records, next: 3 })
  expect(bystander.outdated()).toEqual([])
})

test('cursors of other consumers and partitions stand apart, and what is no cursor is passed over', () => {
  const odd = ['', 'text', '[]', '["matching"]', '["matching",1]'].map((key, at) => ({ offset: at + 1, key: Buffer.from(key), value: Buffer.from('{"position":"9"}') }))
  const noValue = { offset: 6, key: Buffer.from(cursorKey(consumer, partition)), value: Buffer.from('{') }
  const fold = folded([written(0, undefined, '10'), ...odd, noValue])
  expect(fold.position(consumer, partition)).toBe('10')
  expect([fold.position('news', partition), fold.position(consumer, 'outages/1'), fold.epoch(consumer, partition)]).toEqual([null, null, null])
})
