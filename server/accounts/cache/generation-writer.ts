import type { Redis } from 'ioredis'
import { putRecordsInto } from '../account-cache.ts'
import { FACT_BYTES, LUA_FACT_ENTRY } from './account-facts.ts'
import { LUA_RECORDS_KEY } from './account-key-bytes.ts'
import { LUA_HEAD_OF } from './account-record.ts'
import type { SnapshotRow } from './account-snapshot.ts'
import { BucketDigests } from './bucket-digests.ts'
import { cacheKeys } from './cache-keys.ts'
import { GatheredFacts } from './gathered-facts.ts'
import { GatheredRecords, type WrittenBucket } from './gathered-records.ts'
import { GenerationLostError, LEASE_MS, LUA_IS_MINE, type BuildLease } from './build-lease.ts'
import type { Pace } from './pace.ts'
import type { RedisPipe, TakeReply } from './redis-pipe.ts'
import { RespWriter } from './resp-writer.ts'

/** Some commands at a time, so that Redis always has one and this process works on the next ones meanwhile. */
const CHUNK_BYTES = 32_768
const MINUS = 0x2d

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

/**
 * Takes away look-ups of a row that was not written, for a change came first, except those that are the change's too.
 * ARGV: generation, packed key, the row's facts in one text.
 */
const TIDY_FACTS = `${LUA_RECORDS_KEY}
${LUA_FACT_ENTRY}
${LUA_HEAD_OF}
local generation, key, facts = ARGV[1], ARGV[2], ARGV[3]
local held = redis.call('HGET', recordsKey(generation, key), key)
local kept = {}
for index = 1, held and headOf(held) or 0 do kept[factOf(held, index)] = true end
for at = 1, #facts, ${FACT_BYTES} do
  local fact = string.sub(facts, at, at + ${FACT_BYTES - 1})
  if not kept[fact] then redis.call('ZREM', factsKey(generation, fact), factMember(fact, key)) end
end`

/** ARGV[3]: how many open accounts were written. */
const ADD_OPENED = `${LUA_IS_MINE}
if not isMine() then return -1 end
return redis.call('HINCRBY', 'accounts:' .. ARGV[2] .. ':about', 'accounts', ARGV[3])`

interface WithAddScripts {
  addAccountRecords(keys: number, ...parameters: (string | Buffer)[]): Promise<number | number[]>
  tidyAccountFacts(keys: number, ...parameters: (string | Buffer)[]): Promise<null>
}

/**
 * Fills the generation that is being built as fast as those who read beside it allow: all rows are gathered first, then each set of
 * look-ups and each bucket of records is written whole. Where a change came first, or a Redis does not take a dump, it is written
 * member by member, row by row; and look-ups before records: what a change finds of an account it takes away, and what it does not
 * find is tidied when its row comes second.
 */
export class GenerationWriter {
  readonly #redis: Redis & WithAddScripts
  readonly #pipe: RedisPipe
  readonly #lease: BuildLease
  readonly #pace: Pace
  readonly #facts = new GatheredFacts()
  readonly #records = new GatheredRecords()

  constructor(redis: Redis, pipe: RedisPipe, lease: BuildLease, pace: Pace) {
    redis.defineCommand('addAccountRecords', { lua: ADD_RECORDS })
    redis.defineCommand('tidyAccountFacts', { lua: TIDY_FACTS })
    // defineCommand has added them.
    this.#redis = redis as Redis & WithAddScripts
    this.#pipe = pipe
    this.#lease = lease
    this.#pace = pace
  }

  /** Keeps no more of it than copies. */
  gather(row: SnapshotRow): void {
    this.#facts.add(row)
    this.#records.add(row)
  }

  /**
   * @param onWritten told how many rows are written, now and then
   * @returns what each bucket should be, but for changes
   * @throws GenerationLostError when the lease has ended, or Redis was cleared
   */
  async write(signal: AbortSignal, onWritten?: (rows: number) => Promise<void> | void): Promise<BucketDigests> {
    const commands = new RespWriter(2 * CHUNK_BYTES)
    const expected = new BucketDigests()
    for (let part = 0; part < this.#facts.parts; part++) {
      await this.#writeFacts(part, commands)
      await this.#addOpened(0)
      signal.throwIfAborted()
    }
    for (let part = 0; part < this.#records.parts; part++) {
      const written = expected.total
      await this.#writeRecords(part, commands, expected)
      if (expected.total > written) await onWritten?.(expected.total)
      signal.throwIfAborted()
    }
    return expected
  }

  close(): void {
    this.#facts.close()
    this.#records.close()
  }

  async #writeFacts(part: number, commands: RespWriter): Promise<void> {
    const there = await this.#restore(this.#facts.write(part, this.#lease.generation, commands), commands)
    for (const set of there) {
      set.add(commands)
      if (commands.end >= CHUNK_BYTES) await this.#send(commands)
    }
    await this.#send(commands)
  }

  async #writeRecords(part: number, commands: RespWriter, expected: BucketDigests): Promise<void> {
    let opened = 0
    const there = await this.#restore(this.#records.write(part, this.#lease.generation, commands, expected), commands, ({ rows }) => {
      for (const { record } of rows) if (record[1]! > 0) opened++
    })
    await this.#addOpened(opened)
    for (const bucket of there) await this.#writeOneByOne(bucket)
  }

  /** Sends the command of each. @returns those that Redis did not take whole: a change came first, or it may not be told so */
  async #restore<T>(each: Iterable<T>, commands: RespWriter, onTaken: (one: T) => void = () => undefined): Promise<T[]> {
    const refused: T[] = []
    let waiting: T[] = []
    const send = async () => {
      const sent = waiting.values()
      waiting = []
      await this.#send(commands, (reply) => {
        const one = sent.next().value!
        if (reply[0] === MINUS) refused.push(one)
        else onTaken(one)
        return false
      })
    }
    for (const one of each) {
      waiting.push(one)
      if (commands.end >= CHUNK_BYTES) await send()
    }
    await send()
    await this.#pipe.settle()
    return refused
  }

  async #writeOneByOne({ rows }: WrittenBucket): Promise<void> {
    const { generation, token } = this.#lease
    const chunk = chunkOf(rows)
    await this.#pace.rest()
    const answer = await this.#redis.addAccountRecords(2, cacheKeys.generations, cacheKeys.buildLease, token, generation, chunk, String(LEASE_MS))
    const second = held(answer).map((row) => rows[row]!)
    // Of what a change has written first, the newer one stays, with its look-ups.
    await putRecordsInto(this.#redis, generation, second.map(({ packedKey, record }) => [packedKey, record]))
    await Promise.all(second.map(({ packedKey, record }) => this.#redis.tidyAccountFacts(0, generation, packedKey, record.subarray(2, 2 + record[1]! * FACT_BYTES))))
  }

  async #send(commands: RespWriter, take: TakeReply = () => undefined): Promise<void> {
    if (commands.end === 0) return
    await this.#pace.rest()
    await this.#pipe.send(commands, take)
  }

  async #addOpened(opened: number): Promise<void> {
    const { generation, token } = this.#lease
    // Not by a stored script: those are how the pace knows that others ask.
    held((await this.#redis.eval(ADD_OPENED, 2, cacheKeys.generations, cacheKeys.buildLease, token, generation, String(opened), String(LEASE_MS))) as number)
  }
}

function held<T>(answer: T): Exclude<T, number> {
  if (answer === -1) throw new GenerationLostError('The lease on the generation that is being built has ended')
  return answer as Exclude<T, number>
}

/** As ADD_RECORDS reads them. */
function chunkOf(rows: readonly SnapshotRow[]): Buffer {
  return Buffer.concat(rows.flatMap(({ packedKey, record }) => [Buffer.from([packedKey.length, record.length >> 8, record.length & 255]), packedKey, record]))
}
