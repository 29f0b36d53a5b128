import { constants, crc32, deflateRawSync } from 'node:zlib'

const GZIP_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff])
const LAST_EMPTY_BLOCK = Buffer.from([0x03, 0x00])

/**
 * A page with gaps, compressed once: what is constant ends on a byte boundary (a full flush), and what fills a gap
 * goes between as a stored block (RFC 1951, 3.2.4). Serving it costs a checksum and a copy, not a compression.
 */
export class GzipTemplate {
  readonly #plain: Buffer[]
  readonly #deflated: Buffer[]

  /** @param parts the constant parts, in order; a value fills the gap between each two */
  constructor(parts: readonly string[]) {
    this.#plain = parts.map((part) => Buffer.from(part, 'utf8'))
    this.#deflated = this.#plain.map((part) => deflateRawSync(part, { level: 9, finishFlush: constants.Z_FULL_FLUSH }))
  }

  plain(values: readonly string[]): Buffer {
    return Buffer.concat(weave(this.#plain, values.map((value) => Buffer.from(value, 'utf8'))))
  }

  gzip(values: readonly string[]): Buffer {
    const page = this.plain(values)
    const trailer = Buffer.alloc(8)
    trailer.writeUInt32LE(crc32(page), 0)
    trailer.writeUInt32LE(page.length, 4)
    const blocks = weave(this.#deflated, values.map((value) => storedBlock(Buffer.from(value, 'utf8'))))
    return Buffer.concat([GZIP_HEADER, ...blocks, LAST_EMPTY_BLOCK, trailer])
  }
}

/** @param content at most 65,535 bytes */
function storedBlock(content: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.writeUInt16LE(content.length, 1)
  head.writeUInt16LE(~content.length & 0xffff, 3)
  return Buffer.concat([head, content])
}

function weave(parts: readonly Buffer[], values: readonly Buffer[]): Buffer[] {
  return parts.flatMap((part, index) => (index < values.length ? [part, values[index]!] : [part]))
}
