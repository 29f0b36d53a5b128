import { RECORD_BUCKETS, recordBucket } from './account-key-bytes.ts'
import type { SnapshotRow } from './account-snapshot.ts'
import type { BucketDigests } from './bucket-digests.ts'
import { ListpackDump } from './listpack-dump.ts'
import { RespWriter } from './resp-writer.ts'
import { SpillFile } from './spill-file.ts'

const PARTS = 64
const BUCKETS_PER_PART = Math.ceil(RECORD_BUCKETS / PARTS)
/** Bucket in its part (2), the key's length (1), the record's (2). */
const HEAD_BYTES = 5

/** A bucket that is to be written whole. */
export interface WrittenBucket {
  number: number
  rows: SnapshotRow[]
}

/** Records of many rows, to be written bucket by bucket. */
export class GatheredRecords {
  readonly parts = PARTS
  readonly #file = new SpillFile(PARTS)
  readonly #dump = new ListpackDump()
  /** Of the digest alone. */
  readonly #texts = new RespWriter(16_384)

  add({ packedKey, record }: SnapshotRow): void {
    const bucket = recordBucket(packedKey)
    let at = this.#file.reserve(Math.floor(bucket / BUCKETS_PER_PART), HEAD_BYTES + packedKey.length + record.length)
    const { block } = this.#file
    const inPart = bucket % BUCKETS_PER_PART
    block[at++] = inPart >> 8
    block[at++] = inPart
    block[at++] = packedKey.length
    block[at++] = record.length >> 8
    block[at++] = record.length
    for (let index = 0; index < packedKey.length; index++) block[at++] = packedKey[index]!
    record.copy(block, at)
  }

  /**
   * Writes the command of each bucket of a part: it makes all its records the bucket, unless there is one, for a change came first.
   * Tells the digests what the bucket should be.
   */
  *write(part: number, generation: string, commands: RespWriter, expected: BucketDigests): Generator<WrittenBucket> {
    const content = this.#file.take(part)
    const order = inBucketOrder(content)
    for (let first = 0, behind = 0; first < order.length; first = behind) {
      const inPart = content.readUInt16BE(order[first])
      while (behind < order.length && content.readUInt16BE(order[behind]) === inPart) behind++
      const rows = Array.from(order.subarray(first, behind), (at) => rowAt(content, at)).sort((one, other) => Buffer.compare(one.packedKey, other.packedKey))
      const number = part * BUCKETS_PER_PART + inPart
      this.#texts.end = 0
      writeRows(this.#texts, rows)
      expected.set(number, rows.length, this.#texts.bytes.subarray(0, this.#texts.end))
      this.#dump.begin('hash')
      for (const { packedKey, record } of rows) {
        this.#dump.element(packedKey, 0, packedKey.length)
        this.#dump.element(record, 0, record.length)
      }
      commands.restore(`accounts:${generation}:r:${number}`, this.#dump.finish())
      yield { number, rows }
    }
  }

  close(): void {
    this.#file.close()
  }
}

/** The texts of a hash's fields and values. */
export function writeRows(commands: RespWriter, rows: readonly SnapshotRow[]): void {
  for (const { packedKey, record } of rows) {
    commands.part(packedKey, 0, packedKey.length)
    commands.part(record, 0, record.length)
  }
}

function rowAt(content: Buffer, at: number): SnapshotRow {
  const recordAt = at + HEAD_BYTES + content[at + 2]!
  return { packedKey: content.subarray(at + HEAD_BYTES, recordAt), record: content.subarray(recordAt, recordAt + content.readUInt16BE(at + 3)) }
}

/** Where each entry begins, by counting. */
function inBucketOrder(content: Buffer): Uint32Array {
  const bucketAt = (at: number): number => (content[at]! << 8) | content[at + 1]!
  const nextOf = new Uint32Array(BUCKETS_PER_PART + 1)
  let count = 0
  const after = (at: number): number => at + HEAD_BYTES + content[at + 2]! + ((content[at + 3]! << 8) | content[at + 4]!)
  for (let at = 0; at < content.length; at = after(at), count++) nextOf[bucketAt(at) + 1]!++
  for (let bucket = 1; bucket <= BUCKETS_PER_PART; bucket++) nextOf[bucket]! += nextOf[bucket - 1]!
  const order = new Uint32Array(count)
  for (let at = 0; at < content.length; at = after(at)) order[nextOf[bucketAt(at)]!++] = at
  return order
}
