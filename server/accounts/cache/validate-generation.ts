import type { Redis } from 'ioredis'
import { factKeyOf } from './account-facts.ts'
import { unpackAccountKey } from './account-key-bytes.ts'
import { decodeRecord, factsIn, versionIn } from './account-record.ts'
import type { AccountSnapshot } from './account-snapshot.ts'
import { cacheKeys } from './cache-keys.ts'
import type { Pace } from './pace.ts'
import { readBucket, readBuckets, type Bucket } from './read-buckets.ts'
import { RecordDigest } from './record-digest.ts'

/** Why a generation is refused: a code, and the numbers behind it. */
export interface RefusalReason {
  code: 'count-differs' | 'digest-differs' | 'older-than-postgres' | 'record-unreadable' | 'look-up-missing' | 'fewer-than-live' | 'differs-from-live'
  detail: Record<string, string | number>
}

export interface ValidationOptions {
  redis: Redis
  generation: string
  /** Still at its moment. */
  snapshot: AccountSnapshot
  /** Of all its rows. */
  expected: RecordDigest
  /** The generation that it is to replace; null when what differs from that is accepted. */
  live: string | null
  pace: Pace
}

const SAMPLED_EVERY = 64
const ASKED_ROWS = 2_000
/** A generation of fewer accounts than this share of the live one's is not believed: closed accounts come one by one. */
const FEWEST_SHARE = 0.98
const FEWER_ALLOWED = 20

/**
 * Compares a generation with the rows that it was built from, whole, and a sample of it with itself and the live one.
 *
 * What is proved: each record that nobody else has written since the build began is the snapshot's, byte for byte, and none is
 * missing or doubled. Records are read bucket by bucket, each time with the list of what others have written so far. Those are
 * left out, and their rows, asked again at the snapshot's moment, are taken from the sum of the snapshot too: a key is in both sums or
 * in neither, whenever it was written. Of those that are left out it is proved that they are no older than the snapshot.
 */
export async function validateGeneration(options: ValidationOptions): Promise<{ reasons: RefusalReason[]; accounts: number; digest: string }> {
  const { redis, generation, snapshot, expected, live, pace } = options
  const found = new RecordDigest()
  const leftOut = new Map<string, string>()
  const changed = new Set<string>()
  const sample = new Sample(redis, generation, live)
  for await (const { changes, buckets } of readBuckets(redis, generation)) {
    for (const key of changes) changed.add(key.toString('latin1'))
    for (const { number, records } of buckets) {
      for (const [packedKey, record] of records) {
        const key = packedKey.toString('latin1')
        if (changed.has(key)) leftOut.set(key, versionIn(record))
        else found.add(packedKey, record)
      }
      if (number % SAMPLED_EVERY === 0) await sample.look(number, records)
    }
    await pace.rest()
  }
  const older = await takeLeftOut(snapshot, expected, leftOut)
  const reasons = [...sample.reasons(), ...(await fewerThanLive(redis, generation, live))]
  if (older > 0) reasons.push({ code: 'older-than-postgres', detail: { accounts: older } })
  if (found.count !== expected.count) reasons.push({ code: 'count-differs', detail: { expected: expected.count, found: found.count } })
  else if (found.toString() !== expected.toString()) reasons.push({ code: 'digest-differs', detail: { expected: expected.toString(), found: found.toString() } })
  return { reasons, accounts: Number(await redis.hget(cacheKeys.about(generation), 'accounts')), digest: found.toString() }
}

/** Takes the snapshot's rows of what others wrote from its sum. @returns how many of those are older than their row */
async function takeLeftOut(snapshot: AccountSnapshot, expected: RecordDigest, leftOut: ReadonlyMap<string, string>): Promise<number> {
  const keys = [...leftOut.keys()]
  let older = 0
  for (let from = 0; from < keys.length; from += ASKED_ROWS) {
    const asked = keys.slice(from, from + ASKED_ROWS).map((key) => unpackAccountKey(Buffer.from(key, 'latin1')))
    for (const { packedKey, record } of await snapshot.rowsOf(asked)) {
      expected.subtract(packedKey, record)
      if (Buffer.compare(Buffer.from(leftOut.get(packedKey.toString('latin1'))!), Buffer.from(versionIn(record))) < 0) older++
    }
  }
  return older
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
