import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'

const [brotliAsync, gzipAsync] = [promisify(brotliCompress), promisify(gzip)]
const COMPRESSIBLE = /^(text\/|application\/(javascript|json|manifest\+json|xml)|image\/svg)/
const WORTH_COMPRESSING_BYTES = 600
const BROTLI_QUALITY = 9

export type Encoding = 'br' | 'gzip' | 'identity'

/** A file in memory with what it is served by; each encoding is made once, when it is first asked for. */
export class StaticFile {
  readonly body: Buffer
  readonly type: string
  readonly headers: Readonly<Record<string, string>>
  readonly #etag: string
  readonly #encoded = new Map<Encoding, Promise<Buffer>>()

  constructor(body: Buffer, type: string, headers: Record<string, string>) {
    this.body = body
    this.type = type
    this.#etag = createHash('sha256').update(body).digest('base64url').slice(0, 27)
    this.headers = { 'content-type': type, vary: 'accept-encoding', ...headers }
  }

  /** 200 in the best encoding that the client takes, or 304. */
  async serve(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const encoding = this.#isCompressible() ? encodingFor(request.headers['accept-encoding']) : 'identity'
    const etag = `"${this.#etag}-${encoding}"`
    void reply.headers(this.headers).header('etag', etag)
    if (request.headers['if-none-match']?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)) return reply.code(304).send()
    if (encoding !== 'identity') void reply.header('content-encoding', encoding)
    return reply.code(200).send(await this.#in(encoding))
  }

  #isCompressible(): boolean {
    return this.body.length >= WORTH_COMPRESSING_BYTES && COMPRESSIBLE.test(this.type)
  }

  #in(encoding: Encoding): Promise<Buffer> {
    let made = this.#encoded.get(encoding)
    if (!made) {
      made = encode(this.body, encoding)
      this.#encoded.set(encoding, made)
    }
    return made
  }
}

/** Brotli before gzip, by what is named in Accept-Encoding; an encoding with q=0 is not taken. */
export function encodingFor(accepted: string | string[] | undefined): Encoding {
  const names = String(accepted ?? '').toLowerCase().split(',').map((part) => part.trim())
  const takes = (name: string) => names.some((part) => part.split(';')[0]!.trim() === name && !/;\s*q=0(\.0*)?$/.test(part))
  return takes('br') ? 'br' : takes('gzip') ? 'gzip' : 'identity'
}

function encode(body: Buffer, encoding: Encoding): Promise<Buffer> {
  if (encoding === 'br') return brotliAsync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } })
  return encoding === 'gzip' ? gzipAsync(body, { level: 9 }) : Promise.resolve(body)
}
