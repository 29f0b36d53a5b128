import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { RespWriter } from './resp-writer.ts'

const CONNECT_MS = 5_000
const SILENT_MS = 20_000
/** Of commands without an answer: Redis has always something to do, and readers wait for little of it. */
const ON_THEIR_WAY_BYTES = 131_072
const [MINUS, BULK, ARRAY, LINE_FEED] = [0x2d, 0x24, 0x2a, 10]

interface Sent {
  left: number
  weightBytes: number
  take: TakeReply
}

/** @returns false when a refusal is nothing to stop for */
export type TakeReply = (reply: Buffer) => boolean | void

/**
 * Commands as the protocol's bytes, to a Redis at `redis://` or `rediss://`, and its answers (RESP2) as they come: what a client
 * does for each command and each answer is more work than Redis has with them.
 */
export class RedisPipe {
  readonly #socket: Socket
  readonly #sent: Sent[] = []
  #onTheirWayBytes = 0
  #rest: Buffer = Buffer.alloc(0)
  #failure: Error | undefined
  #wake: () => void = () => undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.setTimeout(SILENT_MS, () => this.#sent.length > 0 && socket.destroy(new Error('Redis does not answer')))
    socket.on('data', (data) => this.#receive(data))
    socket.on('error', (error) => this.#fail(error))
    socket.on('close', () => this.#fail(new Error('Redis has closed the connection')))
  }

  static async open(redisUrl: string): Promise<RedisPipe> {
    const { protocol, hostname, port, username, password, pathname } = new URL(redisUrl)
    const place = { host: hostname.replaceAll(/[[\]]/g, ''), port: Number(port || 6379) }
    const socket = protocol === 'rediss:' ? connectTls({ ...place, servername: place.host }) : connect(place)
    const pipe = new RedisPipe(socket)
    try {
      await once(socket, protocol === 'rediss:' ? 'secureConnect' : 'connect', { signal: AbortSignal.timeout(CONNECT_MS) })
      const commands = new RespWriter(1_024)
      if (password) commands.command('AUTH', ...(username ? [decodeURIComponent(username)] : []), decodeURIComponent(password))
      commands.command('SELECT', pathname.slice(1) || '0')
      await pipe.send(commands, () => undefined)
      await pipe.settle()
      return pipe
    } catch (error) {
      pipe.close()
      throw error
    }
  }

  /**
   * Sends them, and resolves when more may be sent.
   * @param take gets each answer, valid only until it returns; of a refusal false says that the caller does without
   * @param weightBytes of what goes to and fro by them
   * @throws Error when Redis is gone or has refused a command, this one or one before
   */
  async send(commands: RespWriter, take: TakeReply, weightBytes = commands.end): Promise<void> {
    if (this.#failure) throw this.#failure
    this.#sent.push({ left: commands.commands, weightBytes, take })
    this.#onTheirWayBytes += weightBytes
    this.#socket.write(commands.take())
    await this.settle(ON_THEIR_WAY_BYTES)
  }

  /** Until no more than so much is on its way. */
  async settle(atMostBytes = 0): Promise<void> {
    while (this.#onTheirWayBytes > atMostBytes && !this.#failure) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#wake = resolve
      await promise
    }
    if (this.#failure) throw this.#failure
  }

  close(): void {
    this.#socket.destroy()
  }

  #fail(error: Error): void {
    this.#failure ??= error
    this.#wake()
  }

  #receive(data: Buffer): void {
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, data]) : data
    let at = 0
    for (let end = replyEnd(bytes, 0); end > 0 && !this.#failure; end = replyEnd(bytes, at)) {
      this.#answered(bytes.subarray(at, end))
      at = end
    }
    this.#rest = bytes.subarray(at)
    this.#wake()
  }

  #answered(reply: Buffer): void {
    const sent = this.#sent[0]
    const refused = reply[0] === MINUS
    if (!sent || (sent.take(reply) !== false && refused)) return this.#fail(new Error(`Redis refuses a command: ${reply.toString('latin1', 1, 200).trim()}`))
    if (--sent.left > 0) return
    this.#sent.shift()
    this.#onTheirWayBytes -= sent.weightBytes
  }
}

/** Behind the reply that begins there; -1 when it is not all there yet. */
function replyEnd(bytes: Buffer, from: number): number {
  const lineEnd = bytes.indexOf(LINE_FEED, from) + 1
  if (lineEnd === 0) return -1
  const kind = bytes[from]
  if (kind !== BULK && kind !== ARRAY) return lineEnd
  const count = countAt(bytes, from + 1)
  if (kind === BULK) return count < 0 ? lineEnd : lineEnd + count + 2 <= bytes.length ? lineEnd + count + 2 : -1
  let at = lineEnd
  for (let index = 0; index < count && at > 0; index++) at = at < bytes.length ? replyEnd(bytes, at) : -1
  return at
}

function countAt(bytes: Buffer, from: number): number {
  if (bytes[from] === MINUS) return -1
  let count = 0
  for (let at = from; bytes[at]! >= 0x30; at++) count = count * 10 + bytes[at]! - 0x30
  return count
}

/** The texts of an array of texts, as parts of its bytes. */
export function textsOf(reply: Buffer): Buffer[] {
  const texts: Buffer[] = []
  for (let at = reply.indexOf(LINE_FEED) + 1; at < reply.length; ) {
    const from = reply.indexOf(LINE_FEED, at) + 1
    const to = from + countAt(reply, at + 1)
    texts.push(reply.subarray(from, to))
    at = to + 2
  }
  return texts
}
