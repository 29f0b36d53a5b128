import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { connect, type Socket } from 'node:net'
import type { Redis } from 'ioredis'
import { systemClock } from '../../domain/clock.ts'

const CHUNK_BYTES = 64 * 1024
const SCAN_KEYS = 2_000
const LINE_END = 10
const LINE_END_BYTES = Buffer.from('\r\n')
const MINUS = 45

/** Commands that write what stands in a Redis, as the protocol's bytes, in pieces for a socket. */
export interface KeyDump {
  chunks: Iterable<Buffer> | AsyncIterable<Buffer>
  commands: number
  bytes: number
}

/** Every key, each by the one command that writes it whole. */
export async function dumpKeys(redis: Redis): Promise<KeyDump> {
  const chunks: Buffer[] = []
  const counts = await eachChunk(redis, (chunk) => Promise.resolve(void chunks.push(chunk)))
  return { chunks, ...counts }
}

/** The same, for more than a process should hold: in a file, which is read again as it is sent. */
export async function dumpKeysToFile(redis: Redis, path: string): Promise<KeyDump> {
  const file = createWriteStream(path)
  const counts = await eachChunk(redis, async (chunk) => {
    if (!file.write(chunk)) await once(file, 'drain')
  })
  await new Promise<void>((resolve) => file.end(resolve))
  return { chunks: createReadStream(path, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>, ...counts }
}

async function eachChunk(redis: Redis, take: (chunk: Buffer) => Promise<void>): Promise<{ commands: number; bytes: number }> {
  let piece: Buffer[] = []
  let pieceBytes = 0
  const counts = { commands: 0, bytes: 0 }
  const close = async () => {
    if (piece.length > 0) await take(Buffer.concat(piece))
    counts.bytes += pieceBytes
    piece = []
    pieceBytes = 0
  }
  let cursor = '0'
  do {
    const [next, keys] = await redis.scan(cursor, 'COUNT', SCAN_KEYS)
    for (const command of await writingCommands(redis, keys)) {
      piece.push(command)
      pieceBytes += command.length
      counts.commands++
      if (pieceBytes >= CHUNK_BYTES) await close()
    }
    cursor = next
  } while (cursor !== '0')
  await close()
  return counts
}

async function writingCommands(redis: Redis, keys: readonly string[]): Promise<Buffer[]> {
  const types = await inPipeline<string>(redis, keys.map((key) => ['type', key]))
  const contents = await inPipeline<Content>(redis, keys.map((key, index) => READ[types[index]!]!(key)))
  return keys.map((key, index) => encode(WRITE[types[index]!]!(key, contents[index]!)))
}

/** As bytes: records and look-ups of the account cache are not text. */
type Content = Buffer | Buffer[]

/** The types of value that the projection writes. */
const READ: Record<string, (key: string) => string[]> = {
  string: (key) => ['getBuffer', key],
  set: (key) => ['smembersBuffer', key],
  list: (key) => ['lrangeBuffer', key, '0', '-1'],
  hash: (key) => ['callBuffer', 'HGETALL', key],
  zset: (key) => ['zrangeBuffer', key, '0', '-1', 'WITHSCORES'],
}
const WRITE: Record<string, (key: string, content: Content) => (string | Buffer)[]> = {
  string: (key, content) => ['SET', key, content as Buffer],
  set: (key, content) => ['SADD', key, ...(content as Buffer[])],
  list: (key, content) => ['RPUSH', key, ...(content as Buffer[])],
  hash: (key, content) => ['HSET', key, ...(content as Buffer[])],
  zset: (key, content) => ['ZADD', key, ...scoreFirst(content as Buffer[])],
}

/** ZRANGE tells the member before its score, ZADD wants the score first. */
function scoreFirst(pairs: readonly Buffer[]): Buffer[] {
  return pairs.map((_, index) => pairs[index % 2 === 0 ? index + 1 : index - 1]!)
}

async function inPipeline<T>(redis: Redis, commands: string[][]): Promise<T[]> {
  const answers = (await redis.pipeline(commands).exec()) ?? []
  return answers.map(([error, answer]) => {
    if (error) throw error
    return answer as T
  })
}

function encode(command: readonly (string | Buffer)[]): Buffer {
  const parts = command.flatMap((part) => [Buffer.from(`$${Buffer.byteLength(part)}\r\n`), Buffer.from(part), LINE_END_BYTES])
  return Buffer.concat([Buffer.from(`*${command.length}\r\n`), ...parts])
}

/** Floor: sends the commands over one socket without waiting for answers, as `redis-cli --pipe` does. @returns seconds until the last answer */
export async function pipeKeys(redisUrl: string, { chunks, commands }: KeyDump): Promise<number> {
  const { hostname, port, password } = new URL(redisUrl)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  try {
    await exchange(socket, [encode(['AUTH', decodeURIComponent(password)])], 1)
    const startMs = systemClock.monotonicMs()
    await exchange(socket, chunks, commands)
    return (systemClock.monotonicMs() - startMs) / 1000
  } finally {
    socket.destroy()
  }
}

/** Every answer to these commands is one line; one that begins with a minus is a refusal. */
async function exchange(socket: Socket, chunks: KeyDump['chunks'], answers: number): Promise<void> {
  let left = answers
  let lineStart = true
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const onData = (data: Buffer) => {
    for (const byte of data) {
      if (lineStart && byte === MINUS) reject(new Error(`Redis refuses a command: ${data.toString('latin1').slice(0, 200)}`))
      lineStart = byte === LINE_END
      if (lineStart) left--
    }
    if (left === 0) resolve()
  }
  socket.on('data', onData)
  socket.once('error', reject)
  socket.once('close', () => reject(new Error('Redis closed the connection')))
  for await (const chunk of chunks) if (!socket.write(chunk)) await Promise.race([once(socket, 'drain'), promise])
  await promise
  socket.off('data', onData)
}
