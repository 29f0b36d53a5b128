/** Texts over a small alphabet as numbers that sort as they do. What is beyond `chars` does not count. */
export class TextPacker {
  readonly #alphabet: string
  readonly #chars: number
  readonly #weights: number[]

  /** @param chars as many as a number can hold: (alphabet + 1) ** chars below 2 ** 53 */
  constructor(alphabet: string, chars: number) {
    this.#alphabet = alphabet
    this.#chars = chars
    this.#weights = Array.from({ length: chars + 1 }, (_, at) => (alphabet.length + 1) ** (chars - at))
  }

  pack(text: string): number {
    let key = 0
    for (let at = 0; at < text.length && at < this.#chars; at++) key += (this.#alphabet.indexOf(text[at]!) + 1) * this.#weights[at + 1]!
    return key
  }

  /** Numbers of all texts that begin so: from the first up to before the second. */
  range(prefix: string): { from: number; until: number } {
    const from = this.pack(prefix)
    return { from, until: from + this.#weights[Math.min(prefix.length, this.#chars)]! }
  }

  /** Every text one edit away over this alphabet, swaps of neighbours included, each once. */
  oneEditFrom(text: string): Set<string> {
    const near = new Set<string>()
    for (let at = 0; at <= text.length; at++) {
      const [before, after] = [text.slice(0, at), text.slice(at)]
      for (const letter of this.#alphabet) {
        near.add(before + letter + after)
        if (after !== '') near.add(before + letter + after.slice(1))
      }
      if (after !== '') near.add(before + after.slice(1))
      if (after.length > 1) near.add(before + after[1]! + after[0]! + after.slice(2))
    }
    near.delete(text)
    return near
  }
}
