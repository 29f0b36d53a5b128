import { connect, type Socket } from 'node:net'
import { once } from 'node:events'
import type { Redis } from 'ioredis'
import { systemClock } from '../../domain/clock.ts'

const CHUNK_BYTES = 64 * 1024
const SCAN_KEYS = 2_000
const LINE_END = 10
const MINUS = 45

/** Commands that write what stands in a Redis, as the protocol's bytes, in pieces for a socket. */
export interface KeyDump {
  chunks: Buffer[]
  commands: number
  bytes: number
}

/** Every key but those of bookkeeping, each by the one command that writes it whole. */
export async function dumpKeys(redis: Redis): Promise<KeyDump> {
  const chunks: Buffer[] = []
  let piece: Buffer[] = []
  let pieceBytes = 0
  let commands = 0
  const add = (command: Buffer) => {
    piece.push(command)
    pieceBytes += command.length
    commands++
    if (pieceBytes >= CHUNK_BYTES) close()
  }
  const close = () => {
    if (piece.length > 0) chunks.push(Buffer.concat(piece))
    piece = []
    pieceBytes = 0
  }
  let cursor = '0'
  do {
    const [next, keys] = await redis.scan(cursor, 'COUNT', SCAN_KEYS)
    for (const command of await writingCommands(redis, keys)) add(command)
    cursor = next
  } while (cursor !== '0')
  close()
  return { chunks, commands, bytes: chunks.reduce((sum, { length }) => sum + length, 0) }
}

async function writingCommands(redis: Redis, keys: readonly string[]): Promise<Buffer[]> {
  const types = await inPipeline<string>(redis, keys.map((key) => ['type', key]))
  const contents = await inPipeline<Content>(redis, keys.map((key, index) => [READ[types[index]!]!, key, ...(READ_ARGUMENTS[types[index]!] ?? [])]))
  return keys.map((key, index) => encode(WRITE[types[index]!]!(key, contents[index]!)))
}

type Content = string | string[] | Record<string, string>

/** The types of value that the projection writes. */
const READ: Record<string, string> = { string: 'get', set: 'smembers', hash: 'hgetall', zset: 'zrange' }
const READ_ARGUMENTS: Record<string, string[]> = { zset: ['0', '-1', 'WITHSCORES'] }
const WRITE: Record<string, (key: string, content: Content) => string[]> = {
  string: (key, content) => ['SET', key, content as string],
  set: (key, content) => ['SADD', key, ...(content as string[])],
  hash: (key, content) => ['HSET', key, ...Object.entries(content).flat()],
  zset: (key, content) => ['ZADD', key, ...scoreFirst(content as string[])],
}

/** ZRANGE tells the member before its score, ZADD wants the score first. */
function scoreFirst(pairs: readonly string[]): string[] {
  return pairs.map((_, index) => pairs[index % 2 === 0 ? index + 1 : index - 1]!)
}

async function inPipeline<T>(redis: Redis, commands: string[][]): Promise<T[]> {
  const answers = (await redis.pipeline(commands).exec()) ?? []
  return answers.map(([error, answer]) => {
    if (error) throw error
    return answer as T
  })
}

function encode(command: readonly string[]): Buffer {
  return Buffer.from(`*${command.length}\r\n${command.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`).join('')}`)
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
async function exchange(socket: Socket, chunks: readonly Buffer[], answers: number): Promise<void> {
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
  for (const chunk of chunks) if (!socket.write(chunk)) await Promise.race([once(socket, 'drain'), promise])
  await promise
  socket.off('data', onData)
}
