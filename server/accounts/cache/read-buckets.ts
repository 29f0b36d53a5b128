import type { Redis } from 'ioredis'
import { RECORD_BUCKETS } from './account-key-bytes.ts'
import { cacheKeys } from './cache-keys.ts'

export interface Bucket {
  number: number
  records: [packedKey: Buffer, record: Buffer][]
}

/** Some hundred microseconds of Redis' time. */
const RECORDS_AIMED_AT = 400
const BUCKETS_MOST = 2_048

/** KEYS[1] the list of changes; ARGV: generation, first bucket, behind the last one, how many changes are known. */
const READ = `local answer = { redis.call('LRANGE', KEYS[1], ARGV[4], -1) }
for bucket = ARGV[2], ARGV[3] - 1 do
  local records = redis.call('HGETALL', 'accounts:' .. ARGV[1] .. ':r:' .. bucket)
  if #records > 0 then
    answer[#answer + 1] = tostring(bucket)
    answer[#answer + 1] = records
  end
end
return answer`

interface WithReadBuckets {
  readAccountBucketsBuffer(keys: number, ...parameters: (string | number)[]): Promise<[Buffer[], ...(Buffer | Buffer[])[]]>
}

/** All records of a generation, bucket by bucket; with each part the keys that others have written to it meanwhile, as of that moment. */
export async function* readBuckets(redis: Redis, generation: string): AsyncGenerator<{ changes: Buffer[]; buckets: Bucket[] }> {
  redis.defineCommand('readAccountBuckets', { lua: READ })
  // defineCommand has added it.
  const scripted = redis as Redis & WithReadBuckets
  let known = 0
  let step = 16
  for (let from = 0; from < RECORD_BUCKETS; ) {
    const to = Math.min(RECORD_BUCKETS, from + step)
    const [changes, ...flat] = await scripted.readAccountBucketsBuffer(1, cacheKeys.changes(generation), generation, from, to, known)
    const buckets = bucketsOf(flat)
    known += changes.length
    yield { changes, buckets }
    const records = buckets.reduce((sum, bucket) => sum + bucket.records.length, 0)
    step = Math.min(BUCKETS_MOST, Math.max(1, Math.round(((to - from) * RECORDS_AIMED_AT) / Math.max(1, records))))
    from = to
  }
}

/** One bucket of a generation. */
export async function readBucket(redis: Redis, generation: string, bucket: number): Promise<Bucket['records']> {
  // HGETALL as bytes: the client's own method makes text of the fields.
  return recordsOf((await redis.callBuffer('HGETALL', `accounts:${generation}:r:${bucket}`)) as Buffer[])
}

function bucketsOf(flat: readonly (Buffer | Buffer[])[]): Bucket[] {
  // READ puts a bucket's number before its records.
  return Array.from({ length: flat.length / 2 }, (_, index) => ({ number: Number(String(flat[2 * index])), records: recordsOf(flat[2 * index + 1] as Buffer[]) }))
}

function recordsOf(flat: readonly Buffer[]): Bucket['records'] {
  return Array.from({ length: flat.length / 2 }, (_, index) => [flat[2 * index]!, flat[2 * index + 1]!])
}
