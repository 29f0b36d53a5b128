import type { Redis } from 'ioredis'
import { recordBucket, unpackAccountKey } from './account-key-bytes.ts'
import { versionIn } from './account-record.ts'
import type { AccountSnapshot, SnapshotRow } from './account-snapshot.ts'
import type { BucketDigests } from './bucket-digests.ts'
import { cacheKeys } from './cache-keys.ts'
import type { Bucket } from './read-buckets.ts'
import type { RefusalReason } from './refusal-reason.ts'

const ASKED_BUCKETS = 64

/** Buckets that are not as the snapshot has them: by changes of others, or wrong. */
export class DifferingBuckets {
  readonly #redis: Redis
  readonly #generation: string
  readonly #snapshot: AccountSnapshot
  readonly #expected: BucketDigests
  /** Keys that others have written, by bucket. */
  readonly #changed = new Map<number, Set<string>>()
  #changes = 0
  #lost = 0
  #added = 0
  #different = 0
  #older = 0

  constructor(redis: Redis, generation: string, snapshot: AccountSnapshot, expected: BucketDigests) {
    this.#redis = redis
    this.#generation = generation
    this.#snapshot = snapshot
    this.#expected = expected
  }

  /** @param buckets that were read just now: what others wrote into them is in the list of changes by now */
  async explain(buckets: readonly Bucket[]): Promise<void> {
    if (buckets.length > 0) await this.#readChanges()
    for (let from = 0; from < buckets.length; from += ASKED_BUCKETS) {
      const part = buckets.slice(from, from + ASKED_BUCKETS)
      const asked = part.flatMap(({ number, records }) => [...records.map(([packedKey]) => packedKey.toString('latin1')), ...(this.#changed.get(number) ?? [])])
      const rows = await this.#snapshot.rowsOf([...new Set(asked)].map((key) => unpackAccountKey(Buffer.from(key, 'latin1'))))
      const rowsByKey = new Map(rows.map((row) => [row.packedKey.toString('latin1'), row]))
      for (const bucket of part) this.#compare(bucket, rowsByKey)
    }
  }

  reasons(): RefusalReason[] {
    const { total } = this.#expected
    const reasons: RefusalReason[] = []
    if (this.#older > 0) reasons.push({ code: 'older-than-postgres', detail: { accounts: this.#older } })
    if (this.#lost + this.#added > 0) reasons.push({ code: 'count-differs', detail: { expected: total, found: total - this.#lost + this.#added, lost: this.#lost, added: this.#added } })
    else if (this.#different > 0) reasons.push({ code: 'digest-differs', detail: { records: this.#different, of: total } })
    return reasons
  }

  #compare({ number, records }: Bucket, rows: ReadonlyMap<string, SnapshotRow>): void {
    const changed = this.#changed.get(number) ?? new Set<string>()
    let standing = [...changed].filter((key) => rows.has(key)).length
    for (const [packedKey, record] of records) {
      const key = packedKey.toString('latin1')
      const row = rows.get(key)
      if (changed.has(key)) {
        if (row && Buffer.compare(Buffer.from(versionIn(record)), Buffer.from(versionIn(row.record))) < 0) this.#older++
      } else if (!row) {
        this.#added++
      } else {
        standing++
        if (!record.equals(row.record)) this.#different++
      }
    }
    this.#lost += Math.max(0, this.#expected.countOf(number) - standing)
  }

  async #readChanges(): Promise<void> {
    const keys = await this.#redis.lrangeBuffer(cacheKeys.changes(this.#generation), this.#changes, -1)
    this.#changes += keys.length
    for (const key of keys) {
      const bucket = recordBucket(key)
      const changed = this.#changed.get(bucket) ?? new Set()
      this.#changed.set(bucket, changed.add(key.toString('latin1')))
    }
  }
}
