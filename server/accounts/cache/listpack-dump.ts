import { writeCrc64 } from './crc64.ts'

/** Of RDB version 10, which Redis reads since 7.0: kind of value (1), its length in the form of 5 bytes; behind it version (2) and CRC (8). */
const KIND = { hash: 16, sortedSet: 17 } as const
const RDB_VERSION = 10
const HEAD_BYTES = 6
const LENGTH_OF_32_BITS = 0x80
const TAIL_BYTES = 10
/** A listpack: its length (4), how many elements (2, or this when there are more), the elements, an end. */
const LIST_HEAD_BYTES = 6
const UNCOUNTED = 65_535
const LIST_END = 255
/** More than an element has besides its content. */
const FRAME_BYTES = 10

/**
 * A small hash or sorted set as Redis itself keeps and dumps it: RESTORE takes it as one block of memory, where HSET and ZADD look for
 * the place of each element. The format is that of `listpack.c` and `rdb.c` of Redis; a test compares it with what DUMP tells.
 */
export class ListpackDump {
  bytes: Buffer = Buffer.allocUnsafe(32_768)
  end = 0
  #elements = 0

  begin(kind: keyof typeof KIND): void {
    this.bytes[0] = KIND[kind]
    this.end = HEAD_BYTES + LIST_HEAD_BYTES
    this.#elements = 0
  }

  /** An element of two parts of a buffer; the second may be empty. */
  element(source: Buffer, from: number, to: number, secondFrom = 0, secondTo = 0): void {
    const length = to - from + secondTo - secondFrom
    const headBytes = this.#begin(length)
    // The detour into native code costs more than a few bytes.
    if (to - from > 24) this.end += source.copy(this.bytes, this.end, from, to)
    else for (let at = from; at < to; at++) this.bytes[this.end++] = source[at]!
    for (let at = secondFrom; at < secondTo; at++) this.bytes[this.end++] = source[at]!
    this.#close(headBytes + length)
  }

  /** The number 0, as a score. */
  zero(): void {
    this.#ensure(0)
    this.bytes[this.end++] = 0
    this.#close(1)
  }

  /** @returns what RESTORE takes, valid until the next begins */
  finish(): Buffer {
    this.#ensure(1 + TAIL_BYTES)
    this.bytes[this.end++] = LIST_END
    const listBytes = this.end - HEAD_BYTES
    this.bytes[1] = LENGTH_OF_32_BITS
    this.bytes.writeUInt32BE(listBytes, 2)
    this.bytes.writeUInt32LE(listBytes, HEAD_BYTES)
    this.bytes.writeUInt16LE(Math.min(this.#elements, UNCOUNTED), HEAD_BYTES + 4)
    this.end = this.bytes.writeUInt16LE(RDB_VERSION, this.end)
    writeCrc64(this.bytes, this.end)
    this.end += 8
    return this.bytes.subarray(0, this.end)
  }

  /** @returns bytes of what tells the length */
  #begin(length: number): number {
    this.#ensure(length)
    if (length < 64) {
      this.bytes[this.end++] = 0x80 | length
      return 1
    }
    if (length < 4_096) {
      this.bytes[this.end++] = 0xe0 | (length >> 8)
      this.bytes[this.end++] = length & 255
      return 2
    }
    this.bytes[this.end++] = 0xf0
    this.end = this.bytes.writeUInt32LE(length, this.end)
    return 5
  }

  /** An element ends with its length in groups of seven bits, for reading backwards: the last byte is the lowest and first in that direction. */
  #close(length: number): void {
    this.#elements++
    let groups = 1
    for (let rest = length >> 7; rest > 0; rest >>= 7) groups++
    for (let group = groups - 1; group >= 0; group--) this.bytes[this.end++] = ((length >> (7 * group)) & 127) | (group === groups - 1 ? 0 : 128)
  }

  #ensure(more: number): void {
    if (this.end + more + FRAME_BYTES + 1 + TAIL_BYTES <= this.bytes.length) return
    const grown = Buffer.allocUnsafe(2 * this.bytes.length + more)
    this.bytes.copy(grown, 0, 0, this.end)
    this.bytes = grown
  }
}
