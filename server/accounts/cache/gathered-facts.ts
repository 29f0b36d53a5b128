import { FACT_BUCKETS, FACT_BYTES, factBucket } from './account-facts.ts'
import type { SnapshotRow } from './account-snapshot.ts'
import { ListpackDump } from './listpack-dump.ts'
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

/** A set that is to be written whole. */
interface WrittenSet {
  /** Writes commands that add its members to what is there already. */
  add(commands: RespWriter): void
}

/** Look-up entries of many rows, to be written set by set. */
export class GatheredFacts {
  readonly parts = PARTS
  readonly #file = new SpillFile(PARTS)
  readonly #dump = new ListpackDump()

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
   * Writes the command of each set of a part, and yields then, for `commands` to be sent or not: it makes the members the set, unless
   * there is one, for a change came first.
   */
  *write(part: number, generation: string, commands: RespWriter): Generator<WrittenSet> {
    const content = this.#file.take(part)
    for (let from = 0; from < content.length; ) {
      const { buckets, offsets, to } = sorted(content, from)
      for (let first = 0, behind = 0; first < offsets.length; first = behind) {
        const inPart = buckets[first]!
        while (behind < offsets.length && buckets[behind] === inPart) behind++
        const key = `accounts:${generation}:f:${part * BUCKETS_PER_PART + inPart}`
        const places = offsets.subarray(first, behind)
        this.#dump.begin('sortedSet')
        let before = -1
        for (const at of places) {
          // Told twice: a set has it once.
          if (before >= 0 && compareMembers(content, before, at) === 0) continue
          this.#dump.element(content, at + 2, at + 6, at + HEAD_BYTES, at + HEAD_BYTES + content[at + 6]!)
          this.#dump.zero()
          before = at
        }
        commands.restore(key, this.#dump.finish())
        yield { add: (more) => addMembers(content, key, places, more) }
      }
      from = to
    }
  }

  close(): void {
    this.#file.close()
  }
}

function addMembers(content: Buffer, key: string, places: Uint32Array, commands: RespWriter): void {
  for (let from = 0; from < places.length; from += MEMBERS_MOST) {
    const some = places.subarray(from, from + MEMBERS_MOST)
    commands.begin(2 + 2 * some.length)
    commands.text('ZADD')
    commands.text(key)
    for (const at of some) {
      commands.text('0')
      commands.member(content, at + 2, at + 6, at + HEAD_BYTES, at + HEAD_BYTES + content[at + 6]!)
    }
  }
}

/** Where each entry begins, by bucket, and in each by member. */
function sorted(content: Buffer, from: number): { buckets: Uint16Array; offsets: Uint32Array; to: number } {
  let count = 0
  let to = from
  for (; to < content.length && count < SORTED_MOST; to += HEAD_BYTES + content[to + 6]!) count++
  const unsorted = new Uint32Array(count)
  // Numbers of 64 bits, as this processor keeps them: bucket (12), the rest of the fact (32), number of the entry (20).
  const numbers = new BigUint64Array(count)
  const halves = new Uint32Array(numbers.buffer)
  for (let at = from, index = 0; index < count; index++, at += HEAD_BYTES + content[at + 6]!) {
    unsorted[index] = at
    const fact = (content[at + 2]! << 24) | (content[at + 3]! << 16) | (content[at + 4]! << 8) | content[at + 5]!
    halves[2 * index] = ((fact & 0xfff) << 20) | index
    halves[2 * index + 1] = (((content[at]! << 8) | content[at + 1]!) << 20) | (fact >>> 12)
  }
  numbers.sort()
  const buckets = new Uint16Array(count)
  const offsets = new Uint32Array(count)
  for (let place = 0; place < count; place++) {
    buckets[place] = halves[2 * place + 1]! >>> 20
    offsets[place] = unsorted[halves[2 * place]! & (SORTED_MOST - 1)]!
  }
  const sameFact = (one: number, other: number) => halves[2 * one + 1] === halves[2 * other + 1] && halves[2 * one]! >>> 20 === halves[2 * other]! >>> 20
  for (let first = 0, behind = 1; first < count; first = behind++) {
    while (behind < count && sameFact(first, behind)) behind++
    if (behind - first > 1) offsets.subarray(first, behind).sort((one, other) => compareMembers(content, one, other))
  }
  return { buckets, offsets, to }
}

/** Of two entries of one bucket: the fact's bytes, then the key's, where a shorter one comes before what it begins. */
function compareMembers(content: Buffer, one: number, other: number): number {
  for (let at = 2; at < 6; at++) {
    const difference = content[one + at]! - content[other + at]!
    if (difference !== 0) return difference
  }
  const [length, otherLength] = [content[one + 6]!, content[other + 6]!]
  const behind = HEAD_BYTES + Math.min(length, otherLength)
  for (let at = HEAD_BYTES; at < behind; at++) {
    const difference = content[one + at]! - content[other + at]!
    if (difference !== 0) return difference
  }
  return length - otherLength
}
