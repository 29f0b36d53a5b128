const [BULK, ARRAY, CARRIAGE_RETURN, LINE_FEED, DIGIT_ZERO] = [0x24, 0x2a, 13, 10, 0x30]
/** Of a text's length and line ends. */
const FRAME_BYTES = 24
/** The detour into native code costs more than so many characters. */
const SHORT_CHARS = 64

/** Redis commands as the protocol's bytes, written one after the other into one buffer, which grows. */
export class RespWriter {
  bytes: Buffer
  end = 0
  commands = 0
  readonly #size: number

  constructor(sizeBytes: number) {
    this.#size = sizeBytes
    this.bytes = Buffer.allocUnsafe(sizeBytes)
  }

  command(...texts: string[]): void {
    this.begin(texts.length)
    for (const text of texts) this.text(text)
  }

  /** A command of so many texts, which follow. */
  begin(texts: number): void {
    this.commands++
    this.#count(ARRAY, texts)
  }

  text(text: string): void {
    if (text.length <= SHORT_CHARS && this.#ascii(text)) return
    const length = Buffer.byteLength(text)
    this.#count(BULK, length)
    this.#ensure(length)
    this.end += this.bytes.write(text, this.end)
    this.#endLine()
  }

  part(source: Buffer, from: number, to: number): void {
    this.#count(BULK, to - from)
    this.#ensure(to - from)
    // The detour into native code costs more than a few bytes.
    if (to - from > 24) this.end += source.copy(this.bytes, this.end, from, to)
    else for (let at = from; at < to; at++) this.bytes[this.end++] = source[at]!
    this.#endLine()
  }

  /** Makes `dump` the value of a key that is not there yet. */
  restore(key: string, dump: Buffer): void {
    this.begin(4)
    this.text('RESTORE')
    this.text(key)
    this.text('0')
    this.part(dump, 0, dump.length)
  }

  /** Two parts as one text. */
  member(source: Buffer, from: number, to: number, secondFrom: number, secondTo: number): void {
    const length = to - from + secondTo - secondFrom
    this.#count(BULK, length)
    this.#ensure(length)
    for (let at = from; at < to; at++) this.bytes[this.end++] = source[at]!
    for (let at = secondFrom; at < secondTo; at++) this.bytes[this.end++] = source[at]!
    this.#endLine()
  }

  /** What was written since the last time. */
  take(): Buffer {
    const taken = this.bytes.subarray(0, this.end)
    this.bytes = Buffer.allocUnsafe(this.#size)
    this.end = this.commands = 0
    return taken
  }

  /** False, and nothing is written, when it is not plain. */
  #ascii(text: string): boolean {
    const before = this.end
    this.#count(BULK, text.length)
    this.#ensure(text.length)
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index)
      if (code > 127) {
        this.end = before
        return false
      }
      this.bytes[this.end + index] = code
    }
    this.end += text.length
    this.#endLine()
    return true
  }

  #count(kind: number, count: number): void {
    this.#ensure(0)
    this.bytes[this.end++] = kind
    let power = 1
    while (power * 10 <= count) power *= 10
    for (; power >= 1; power /= 10) this.bytes[this.end++] = DIGIT_ZERO + (Math.floor(count / power) % 10)
    this.#endLine()
  }

  #endLine(): void {
    this.bytes[this.end++] = CARRIAGE_RETURN
    this.bytes[this.end++] = LINE_FEED
  }

  #ensure(more: number): void {
    if (this.end + more + FRAME_BYTES <= this.bytes.length) return
    const grown = Buffer.allocUnsafe(2 * this.bytes.length + more + FRAME_BYTES)
    this.bytes.copy(grown, 0, 0, this.end)
    this.bytes = grown
  }
}
