import type { Redis } from 'ioredis'
import { RECORD_BUCKETS } from './account-key-bytes.ts'
import type { BucketDigests } from './bucket-digests.ts'
import { writeRows } from './gathered-records.ts'
import { textsOf, type RedisPipe } from './redis-pipe.ts'
import { RespWriter } from './resp-writer.ts'

export interface Bucket {
  number: number
  records: [packedKey: Buffer, record: Buffer][]
}

/** Two such chunks are on their way. */
const CHUNK_BUCKETS = 16
const CHUNK_WEIGHT_BYTES = 65_536
const CHUNKS_PER_TURN = 64
const LINE_FEED = 10

/** Reads all buckets of a generation, and gives those that are not as expected, and those that are asked for. */
export async function* readBuckets(pipe: RedisPipe, generation: string, expected: BucketDigests, isSampled: (bucket: number) => boolean): AsyncGenerator<{ different: Bucket[]; sampled: Bucket[] }> {
  const commands = new RespWriter(CHUNK_BUCKETS * 64)
  for (let from = 0; from < RECORD_BUCKETS; ) {
    const different: Bucket[] = []
    const sampled: Bucket[] = []
    for (let chunk = 0; chunk < CHUNKS_PER_TURN && from < RECORD_BUCKETS; chunk++) {
      const to = Math.min(RECORD_BUCKETS, from + CHUNK_BUCKETS)
      let number = from
      for (let bucket = from; bucket < to; bucket++) commands.command('HGETALL', `accounts:${generation}:r:${bucket}`)
      const take = (reply: Buffer): void => {
        const as = isAsExpected(expected, number, reply)
        if (!as) different.push({ number, records: recordsOf(textsOf(Buffer.from(reply))) })
        if (isSampled(number)) sampled.push({ number, records: recordsOf(textsOf(Buffer.from(reply))) })
        number++
      }
      await pipe.send(commands, take, CHUNK_WEIGHT_BYTES)
      from = to
    }
    await pipe.settle()
    yield { different, sampled }
  }
}

function isAsExpected(expected: BucketDigests, bucket: number, reply: Buffer): boolean {
  if (expected.isOf(bucket, reply.subarray(reply.indexOf(LINE_FEED) + 1))) return true
  // Redis keeps the order in small hashes alone.
  const rows = recordsOf(textsOf(reply)).map(([packedKey, record]) => ({ packedKey, record })).sort((one, other) => Buffer.compare(one.packedKey, other.packedKey))
  if (rows.length !== expected.countOf(bucket)) return false
  const ordered = new RespWriter(reply.length)
  writeRows(ordered, rows)
  return expected.isOf(bucket, ordered.take())
}

/** One bucket of a generation. */
export async function readBucket(redis: Redis, generation: string, bucket: number): Promise<Bucket['records']> {
  // HGETALL as bytes: the client's own method makes text of the fields.
  return recordsOf((await redis.callBuffer('HGETALL', `accounts:${generation}:r:${bucket}`)) as Buffer[])
}

function recordsOf(flat: readonly Buffer[]): Bucket['records'] {
  return Array.from({ length: flat.length / 2 }, (_, index) => [flat[2 * index]!, flat[2 * index + 1]!])
}
