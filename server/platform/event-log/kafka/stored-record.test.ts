import { describe, expect, test } from 'vitest'
import { partitionOfKey, storedRecord } from './stored-record.ts'

describe('records in Kafka', () => {
  // Hashes of Kafka's own UtilsTest, without their sign.
  test.each([
    ['21', -973_932_308], ['foobar', -790_332_482], ['a-little-bit-long-string', -985_981_536],
    ['a-little-bit-longer-string', -1_486_304_829], ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58_897_971], ['abc', 479_470_107],
  ])('a key lies where Java puts it: %s', (key, hash) => {
    for (const partitions of [1, 6, 12, 97]) expect(partitionOfKey(key, partitions)).toBe((hash & 0x7fff_ffff) % partitions)
  })

  test('what is no event is none, whoever has written it', () => {
    const event = { id: 'an id', bodyhash: 'a hash', hlc: '0123456789abcdef', node: 'door.1' }
    const stored = (value: string | null) => storedRecord({ offset: 7, value: value === null ? null : Buffer.from(value) })
    expect(stored(JSON.stringify(event))).toEqual({ offset: 7, envelope: event, bytes: 75 })
    for (const wrong of [null, '', '{', 'null', '7', '{}', JSON.stringify({ ...event, hlc: 'now' }), JSON.stringify({ ...event, id: 1 })]) {
      expect(stored(wrong), String(wrong)).toBeNull()
    }
  })
})
