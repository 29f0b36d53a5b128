import { hash } from 'node:crypto'

/**
 * A digest of records that no order changes and that can be taken from again: the sum of the SHA-256 of each key and record,
 * in eight lanes modulo 2^32. It tells what was lost, changed or doubled on the way; it is no seal against an attacker.
 */
export class RecordDigest {
  count = 0
  readonly #lanes = new Uint32Array(8)

  add(packedKey: Uint8Array, record: Uint8Array): void {
    this.#sum(packedKey, record, 1)
  }

  subtract(packedKey: Uint8Array, record: Uint8Array): void {
    this.#sum(packedKey, record, -1)
  }

  /** 64 hex digits. */
  toString(): string {
    return Array.from(this.#lanes, (lane) => lane.toString(16).padStart(8, '0')).join('')
  }

  #sum(packedKey: Uint8Array, record: Uint8Array, sign: 1 | -1): void {
    scratch[0] = packedKey.length
    scratch.set(packedKey, 1)
    scratch.set(record, 1 + packedKey.length)
    const digest = hash('sha256', scratch.subarray(0, 1 + packedKey.length + record.length), 'buffer')
    for (let lane = 0; lane < 8; lane++) this.#lanes[lane] = this.#lanes[lane]! + sign * digest.readUInt32BE(lane * 4)
    this.count += sign
  }
}

/** Key and record one after the other, with the key's length before them: no others have the same bytes. */
const scratch = Buffer.alloc(32_768)
