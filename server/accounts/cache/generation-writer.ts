import type { Redis } from 'ioredis'
import { putRecordsInto } from '../account-cache.ts'
import { FACT_BUCKETS, FACT_BYTES, factBucket } from './account-facts.ts'
import { LUA_RECORDS_KEY } from './account-key-bytes.ts'
import type { SnapshotRow } from './account-snapshot.ts'
import { cacheKeys } from './cache-keys.ts'
import { GenerationLostError, LEASE_MS, LUA_IS_MINE, type BuildLease } from './build-lease.ts'
import type { Pace } from './pace.ts'

/** Redis does nothing else while it takes one: some hundred microseconds. */
const CHUNK_BYTES = 6_144
const MEMBERS_MOST = 96
const ON_THEIR_WAY = 12
/** Look-ups are gathered so long, for one command to take several of a bucket. */
const GATHERED_FACTS = 4_000_000
/** Of rows that were on their way when it was full. */
const GATHERED_BEYOND = 100_000

/**
 * ARGV[3]: rows, each its key's length (1 byte), its record's (2), key, record. Writes those that are not there: a change that came
 * first stays. Answers with the numbers of the others, from 0.
 */
const ADD_RECORDS = `${LUA_IS_MINE}
${LUA_RECORDS_KEY}
if not isMine() then return -1 end
local generation, rows = ARGV[2], ARGV[3]
local at, row, opened, there = 1, 0, 0, {}
while at <= #rows do
  local keyLength, high, low = string.byte(rows, at, at + 2)
  local recordAt = at + 3 + keyLength
  local nextAt = recordAt + high * 256 + low
  local key = string.sub(rows, at + 3, recordAt - 1)
  if redis.call('HSETNX', recordsKey(generation, key), key, string.sub(rows, recordAt, nextAt - 1)) == 0 then
    there[#there + 1] = row
  elseif string.byte(rows, recordAt + 1) > 0 then
    opened = opened + 1
  end
  at, row = nextAt, row + 1
end
if opened > 0 then redis.call('HINCRBY', 'accounts:' .. generation .. ':about', 'accounts', opened) end
return there`

/** ARGV[3]: buckets of look-ups, each its number (3 bytes), how many members (1), and each member after its length (1). */
const ADD_FACTS = `${LUA_IS_MINE}
if not isMine() then return -1 end
local generation, buckets = ARGV[2], ARGV[3]
local at = 1
while at <= #buckets do
  local high, middle, low, count = string.byte(buckets, at, at + 3)
  local scored = {}
  at = at + 4
  for index = 1, count do
    local length = string.byte(buckets, at)
    scored[2 * index - 1] = 0
    scored[2 * index] = string.sub(buckets, at + 1, at + length)
    at = at + 1 + length
  end
  redis.call('ZADD', 'accounts:' .. generation .. ':f:' .. (high * 65536 + middle * 256 + low), unpack(scored))
end
return 0`

interface WithAddScripts {
  addAccountRecords(keys: number, ...parameters: (string | Buffer)[]): Promise<number | number[]>
  addAccountFacts(keys: number, ...parameters: (string | Buffer)[]): Promise<number>
}

/** Fills the generation that is being built, many rows to a command, as fast as those who read beside it allow. */
export class GenerationWriter {
  readonly #redis: Redis & WithAddScripts
  readonly #lease: BuildLease
  readonly #pace: Pace
  readonly #facts = new GatheredFacts()
  readonly #running = new Set<Promise<void>>()
  #failure: { error: unknown } | undefined

  constructor(redis: Redis, lease: BuildLease, pace: Pace) {
    redis.defineCommand('addAccountRecords', { lua: ADD_RECORDS })
    redis.defineCommand('addAccountFacts', { lua: ADD_FACTS })
    // defineCommand has added them.
    this.#redis = redis as Redis & WithAddScripts
    this.#lease = lease
    this.#pace = pace
  }

  /** @throws GenerationLostError when the lease has ended, or Redis was cleared */
  async write(rows: readonly SnapshotRow[]): Promise<void> {
    let from = 0
    while (from < rows.length) {
      let bytes = 0
      let to = from
      while (to < rows.length && bytes < CHUNK_BYTES) bytes += 3 + rows[to]!.packedKey.length + rows[to++]!.record.length
      const part = rows.slice(from, to)
      await this.#start(() => this.#writeRecords(part, bytes))
      if (this.#facts.count >= GATHERED_FACTS) await this.#writeFacts()
      from = to
    }
  }

  /** Writes the look-ups that are still gathered, and waits for everything. */
  async end(): Promise<void> {
    await this.#settle(0)
    await this.#writeFacts()
    await this.#settle(0)
  }

  async #writeFacts(): Promise<void> {
    for (const chunk of this.#facts.take()) await this.#start(async () => void (await this.#send('addAccountFacts', chunk)))
  }

  async #writeRecords(rows: readonly SnapshotRow[], bytes: number): Promise<void> {
    const chunk = Buffer.allocUnsafe(bytes)
    let at = 0
    for (const { packedKey, record } of rows) {
      at = chunk.writeUInt8(packedKey.length, at)
      at = chunk.writeUInt16BE(record.length, at)
      at += packedKey.copy(chunk, at)
      at += record.copy(chunk, at)
    }
    const there = new Set((await this.#send('addAccountRecords', chunk)) as number[])
    // Of what a change has written first, the newer one stays; its look-ups go with it.
    if (there.size > 0) await putRecordsInto(this.#redis, this.#lease.generation, rows.filter((_, row) => there.has(row)).map(({ packedKey, record }) => [packedKey, record]))
    for (const [row, added] of rows.entries()) if (!there.has(row)) this.#facts.add(added)
  }

  /** Some commands are on their way at once, so that neither side waits for the other; Redis serves readers between any two. */
  async #start(work: () => Promise<void>): Promise<void> {
    await this.#settle(ON_THEIR_WAY - 1)
    await this.#pace.rest()
    const running = work().catch((error: unknown) => void (this.#failure ??= { error })).finally(() => this.#running.delete(running))
    this.#running.add(running)
  }

  async #settle(atMost: number): Promise<void> {
    while (this.#running.size > atMost) await Promise.race(this.#running)
    if (this.#failure) throw this.#failure.error
  }

  async #send(command: keyof WithAddScripts, chunk: Buffer): Promise<number | number[]> {
    const { generation, token } = this.#lease
    const answer = await this.#redis[command](2, cacheKeys.generations, cacheKeys.buildLease, token, generation, chunk, String(LEASE_MS))
    if (answer === -1) throw new GenerationLostError('The lease on the generation that is being built has ended')
    return answer
  }
}

/** Look-ups of many rows, to be written bucket by bucket. */
class GatheredFacts {
  count = 0
  readonly #buckets = new Uint32Array(GATHERED_FACTS + GATHERED_BEYOND)
  readonly #rests = new Uint32Array(GATHERED_FACTS + GATHERED_BEYOND)
  readonly #keys: Buffer[] = []

  add({ packedKey, record }: SnapshotRow): void {
    const facts = record[1]!
    for (let at = 2; at < 2 + facts * FACT_BYTES; at += FACT_BYTES) {
      this.#buckets[this.count] = factBucket(record, at)
      this.#rests[this.count] = record.readUInt32BE(at + 2)
      this.#keys[this.count++] = packedKey
    }
  }

  /** All of them in the order of their buckets, in the chunks of ADD_FACTS; they are gone then. */
  *take(): Generator<Buffer> {
    const order = this.#inBucketOrder()
    let chunk = Buffer.allocUnsafe(CHUNK_BYTES)
    let at = 0
    let members = 0
    let countAt = -1
    let bucket = -1
    for (const index of order) {
      const key = this.#keys[index]!
      if (members === MEMBERS_MOST || at + key.length + 16 > CHUNK_BYTES) {
        yield chunk.subarray(0, at)
        chunk = Buffer.allocUnsafe(CHUNK_BYTES)
        at = members = 0
        bucket = -1
      }
      if (this.#buckets[index] !== bucket || chunk[countAt] === 255) {
        bucket = this.#buckets[index]!
        chunk[at] = bucket >> 16
        chunk[at + 1] = bucket >> 8
        chunk[at + 2] = bucket
        countAt = at + 3
        chunk[countAt] = 0
        at += 4
      }
      chunk[countAt] = chunk[countAt]! + 1
      chunk[at++] = 4 + key.length
      at = chunk.writeUInt32BE(this.#rests[index]!, at)
      for (let index = 0; index < key.length; index++) chunk[at++] = key[index]!
      members++
    }
    if (at > 0) yield chunk.subarray(0, at)
    this.#keys.length = this.count = 0
  }

  /** By counting, for there are many more of them than buckets. */
  #inBucketOrder(): Uint32Array {
    const nextOf = new Uint32Array(FACT_BUCKETS + 1)
    for (let index = 0; index < this.count; index++) nextOf[this.#buckets[index]! + 1]!++
    for (let bucket = 1; bucket <= FACT_BUCKETS; bucket++) nextOf[bucket]! += nextOf[bucket - 1]!
    const order = new Uint32Array(this.count)
    for (let index = 0; index < this.count; index++) order[nextOf[this.#buckets[index]!]!++] = index
    return order
  }
}
