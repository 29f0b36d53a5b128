import type { TextPacker } from './text-packer.ts'

/** New keys are looked through one by one until so many make a run. */
const TAIL = 512

interface Run {
  keys: Float64Array
  docs: Uint32Array
}

/**
 * Sorted keys of accounts, each a text packed into a number: finds by prefix in some memory reads.
 * Runs are merged as they come, a growing one with its like, so that adding stays cheap.
 */
export class KeyIndex {
  readonly #packer: TextPacker
  readonly #runs: Run[] = []
  #tailKeys: number[] = []
  #tailDocs: number[] = []

  constructor(packer: TextPacker) {
    this.#packer = packer
  }

  add(text: string, doc: number): void {
    this.#tailKeys.push(this.#packer.pack(text))
    this.#tailDocs.push(doc)
    if (this.#tailKeys.length >= TAIL) this.#seal()
  }

  /** Accounts with a key that begins so, until `most` of them were wanted. @param take whether this one is wanted */
  beginningWith(prefix: string, most: number, take: (doc: number, whole: boolean) => boolean): void {
    const { from, until } = this.#packer.range(prefix)
    let left = most
    for (let at = 0; at < this.#tailKeys.length && left > 0; at++) {
      const key = this.#tailKeys[at]!
      if (key >= from && key < until && take(this.#tailDocs[at]!, key === from)) left--
    }
    for (const { keys, docs } of this.#runs) {
      for (let at = lowerBound(keys, from); at < keys.length && keys[at]! < until && left > 0; at++) {
        if (take(docs[at]!, keys[at] === from)) left--
      }
    }
  }

  #seal(): void {
    const order = Array.from(this.#tailKeys.keys()).sort((one, other) => this.#tailKeys[one]! - this.#tailKeys[other]!)
    let run: Run = { keys: Float64Array.from(order, (at) => this.#tailKeys[at]!), docs: Uint32Array.from(order, (at) => this.#tailDocs[at]!) }
    this.#tailKeys = []
    this.#tailDocs = []
    while (this.#runs.length > 0 && this.#runs.at(-1)!.keys.length <= run.keys.length * 2) run = merged(this.#runs.pop()!, run)
    this.#runs.push(run)
  }
}

function merged(one: Run, other: Run): Run {
  const length = one.keys.length + other.keys.length
  const run = { keys: new Float64Array(length), docs: new Uint32Array(length) }
  for (let to = 0, left = 0, right = 0; to < length; to++) {
    const takeLeft = right === other.keys.length || (left < one.keys.length && one.keys[left]! <= other.keys[right]!)
    run.keys[to] = takeLeft ? one.keys[left]! : other.keys[right]!
    run.docs[to] = takeLeft ? one.docs[left++]! : other.docs[right++]!
  }
  return run
}

/** The first place whose key is not less. */
function lowerBound(keys: Float64Array, key: number): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (keys[middle]! < key) low = middle + 1
    else high = middle
  }
  return low
}
