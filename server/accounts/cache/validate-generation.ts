import type { Redis } from 'ioredis'
import { factKeyOf } from './account-facts.ts'
import { decodeRecord, factsIn, versionIn } from './account-record.ts'
import type { AccountSnapshot } from './account-snapshot.ts'
import type { BucketDigests } from './bucket-digests.ts'
import { cacheKeys } from './cache-keys.ts'
import { DifferingBuckets } from './differing-buckets.ts'
import type { Pace } from './pace.ts'
import { readBucket, readBuckets, type Bucket } from './read-buckets.ts'
import type { RedisPipe } from './redis-pipe.ts'
import type { RefusalReason } from './refusal-reason.ts'

export interface ValidationOptions {
  redis: Redis
  pipe: RedisPipe
  generation: string
  /** Still at its moment. */
  snapshot: AccountSnapshot
  /** Of all its rows. */
  expected: BucketDigests
  /** The generation that it is to replace; null when what differs from that is accepted. */
  live: string | null
  pace: Pace
}

const SAMPLED_EVERY = 64
/** A generation of fewer accounts than this share of the live one's is not believed: closed accounts come one by one. */
const FEWEST_SHARE = 0.98
const FEWER_ALLOWED = 20

/**
 * Compares a generation with the rows that it was built from, whole, and a sample of it with itself and the live one.
 *
 * What is proved: each record that nobody else has written since the build began is the snapshot's, byte for byte, and none is
 * missing or doubled. Every bucket is read and has the digest of the snapshot's rows. In one that has not, the keys that others have
 * written by then are told apart: each other record must be its row, asked again at the snapshot's moment, and with the rows of those
 * keys there must be as many as the snapshot has in that bucket. Of what others wrote it is proved that it is no older than its row.
 */
export async function validateGeneration(options: ValidationOptions): Promise<{ reasons: RefusalReason[]; accounts: number; digest: string }> {
  const { redis, pipe, generation, snapshot, expected, live, pace } = options
  const sample = new Sample(redis, generation, live)
  const differing = new DifferingBuckets(redis, generation, snapshot, expected)
  for await (const { different, sampled } of readBuckets(pipe, generation, expected, (bucket) => bucket % SAMPLED_EVERY === 0)) {
    await differing.explain(different)
    for (const { number, records } of sampled) await sample.look(number, records)
    await pace.rest()
  }
  const reasons = [...sample.reasons(), ...(await fewerThanLive(redis, generation, live)), ...differing.reasons()]
  return { reasons, accounts: Number(await redis.hget(cacheKeys.about(generation), 'accounts')), digest: expected.toString() }
}

async function fewerThanLive(redis: Redis, generation: string, live: string | null): Promise<RefusalReason[]> {
  if (live === null) return []
  const [accounts, liveAccounts] = (await Promise.all([generation, live].map(async (each) => Number((await redis.hget(cacheKeys.about(each), 'accounts')) ?? 0)))) as [number, number]
  const fewest = Math.min(liveAccounts * FEWEST_SHARE, liveAccounts - FEWER_ALLOWED)
  return accounts < fewest ? [{ code: 'fewer-than-live', detail: { accounts, live: liveAccounts } }] : []
}

/** Some buckets in full: every record can be read and found, and one that the live generation has in the same version says the same there. */
class Sample {
  readonly #redis: Redis
  readonly #generation: string
  readonly #live: string | null
  #unreadable = 0
  #notListed = 0
  #differing = 0
  #looked = 0

  constructor(redis: Redis, generation: string, live: string | null) {
    this.#redis = redis
    this.#generation = generation
    this.#live = live
  }

  async look(bucket: number, records: Bucket['records']): Promise<void> {
    this.#looked += records.length
    const readable = records.filter(([packedKey, record]) => decodeRecord(packedKey, record) !== null)
    this.#unreadable += records.length - readable.length
    const asked = this.#redis.pipeline()
    for (const [packedKey, record] of readable) {
      for (const fact of factsIn(record)) asked.zscore(factKeyOf(this.#generation, fact), Buffer.concat([fact.subarray(2), packedKey]))
    }
    if (asked.length > 0) this.#notListed += ((await asked.exec()) ?? []).filter(([error, score]) => error !== null || score === null).length
    if (this.#live === null) return
    const inLive = await readBucket(this.#redis, this.#live, bucket)
    const liveRecords = new Map(inLive.map(([packedKey, record]) => [packedKey.toString('latin1'), record]))
    for (const [packedKey, record] of readable) {
      const other = liveRecords.get(packedKey.toString('latin1'))
      if (other && versionIn(other) === versionIn(record) && !saySame(packedKey, record, other)) this.#differing++
    }
  }

  reasons(): RefusalReason[] {
    const counts = { 'record-unreadable': this.#unreadable, 'look-up-missing': this.#notListed, 'differs-from-live': this.#differing } as const
    return Object.entries(counts).filter(([, count]) => count > 0).map(([code, count]) => ({ code: code as keyof typeof counts, detail: { count, of: this.#looked } }))
  }
}

function saySame(packedKey: Buffer, record: Buffer, other: Buffer): boolean {
  if (record.equals(other)) return true
  const live = decodeRecord(packedKey, other)
  // Of another encoding than ours: not known to differ.
  return live === null || JSON.stringify(live) === JSON.stringify(decodeRecord(packedKey, record))
}
