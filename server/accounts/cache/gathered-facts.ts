import { FACT_BUCKETS, FACT_BYTES, factBucket } from './account-facts.ts'
import type { SnapshotRow } from './account-snapshot.ts'
import type { RespWriter } from './resp-writer.ts'
import { SpillFile } from './spill-file.ts'

const PARTS = 64
const BUCKETS_PER_PART = FACT_BUCKETS / PARTS
/** Bucket in its part (2), the fact's last bytes (4), the key's length (1). */
const HEAD_BYTES = 7
/** As many as 20 bits number. */
const SORTED_MOST = 2 ** 20
/** Redis does nothing else while it takes them: some hundred microseconds. */
const MEMBERS_MOST = 256

/** Look-up entries of many rows, to be written set by set. */
export class GatheredFacts {
  readonly parts = PARTS
  readonly #file = new SpillFile(PARTS)

  add({ packedKey, record }: SnapshotRow): void {
    const facts = record[1]!
    for (let factAt = 2; factAt < 2 + facts * FACT_BYTES; factAt += FACT_BYTES) {
      const bucket = factBucket(record, factAt)
      let at = this.#file.reserve(Math.floor(bucket / BUCKETS_PER_PART), HEAD_BYTES + packedKey.length)
      const { block } = this.#file
      const inPart = bucket % BUCKETS_PER_PART
      block[at++] = inPart >> 8
      block[at++] = inPart
      for (let index = 2; index < FACT_BYTES; index++) block[at++] = record[factAt + index]!
      block[at++] = packedKey.length
      for (let index = 0; index < packedKey.length; index++) block[at++] = packedKey[index]!
    }
  }

  /**
   * Writes the commands of one part, a set by one command. After each it yields, for `commands` to be sent or not.
   *
   * Redis looks through a small set from its beginning for the place of a new member: the highest come first, so that this is it.
   */
  *write(part: number, generation: string, commands: RespWriter): Generator<void> {
    const content = this.#file.take(part)
    for (let from = 0; from < content.length; ) {
      const { order, offsets, to } = sorted(content, from)
      for (let first = 0, behind = 0; first < offsets.length; first = behind) {
        const inPart = order[2 * first + 1]! >>> 20
        while (behind < offsets.length && order[2 * behind + 1]! >>> 20 === inPart && behind - first < MEMBERS_MOST) behind++
        commands.begin(2 + 2 * (behind - first))
        commands.text('ZADD')
        commands.text(`accounts:${generation}:f:${part * BUCKETS_PER_PART + inPart}`)
        for (let place = first; place < behind; place++) {
          const at = offsets[order[2 * place]! & (SORTED_MOST - 1)]!
          commands.text('0')
          commands.member(content, at + 2, at + 6, at + HEAD_BYTES, at + HEAD_BYTES + content[at + 6]!)
        }
        yield
      }
      from = to
    }
  }

  close(): void {
    this.#file.close()
  }
}

/** By bucket, and in each from the highest to the lowest. */
function sorted(content: Buffer, from: number): { order: Uint32Array; offsets: Uint32Array; to: number } {
  let count = 0
  let to = from
  for (; to < content.length && count < SORTED_MOST; to += HEAD_BYTES + content[to + 6]!) count++
  const offsets = new Uint32Array(count)
  // Numbers of 64 bits, as this processor keeps them: bucket (12), what is left of the fact to the highest (32), number of the entry (20).
  const numbers = new BigUint64Array(count)
  const order = new Uint32Array(numbers.buffer)
  for (let at = from, index = 0; index < count; index++, at += HEAD_BYTES + content[at + 6]!) {
    offsets[index] = at
    const left = ~content.readUInt32BE(at + 2) >>> 0
    order[2 * index] = ((left & 0xfff) << 20) | index
    order[2 * index + 1] = (content.readUInt16BE(at) << 20) | (left >>> 12)
  }
  numbers.sort()
  return { order, offsets, to }
}
