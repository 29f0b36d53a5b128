import { createHash, hash } from 'node:crypto'
import { RECORD_BUCKETS } from './account-key-bytes.ts'

const DIGEST_BYTES = 32

/** How many records each bucket of a generation should have, and the SHA-256 of them, as RESP texts in the order of their keys. */
export class BucketDigests {
  total = 0
  readonly #counts = new Uint32Array(RECORD_BUCKETS)
  readonly #digests = Buffer.alloc(RECORD_BUCKETS * DIGEST_BYTES)

  set(bucket: number, count: number, content: Uint8Array): void {
    this.total += count - this.#counts[bucket]!
    this.#counts[bucket] = count
    hash('sha256', content, 'buffer').copy(this.#digests, bucket * DIGEST_BYTES)
  }

  countOf(bucket: number): number {
    return this.#counts[bucket]!
  }

  isOf(bucket: number, content: Uint8Array): boolean {
    if (content.length === 0) return this.#counts[bucket] === 0
    if (this.#counts[bucket] === 0) return false
    return hash('sha256', content, 'buffer').equals(this.#digests.subarray(bucket * DIGEST_BYTES, (bucket + 1) * DIGEST_BYTES))
  }

  /** Of all of them, 64 hex digits. */
  toString(): string {
    return createHash('sha256').update(this.#digests).digest('hex')
  }
}
