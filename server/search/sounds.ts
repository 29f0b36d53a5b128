import { doubleMetaphone } from 'double-metaphone'

const SHORTEST = 3

/** Words by how they sound: `fillips` is heard as `philips` is. */
export class Sounds {
  readonly #words = new Map<string, number[]>()

  /** @param field words of one field are alike only among themselves */
  add(field: string, word: string, term: number): void {
    for (const sound of soundsOf(word)) {
      const alike = this.#words.get(field + sound)
      if (alike) alike.push(term)
      else this.#words.set(field + sound, [term])
    }
  }

  alike(field: string, word: string): Set<number> {
    return new Set(soundsOf(word).flatMap((sound) => this.#words.get(field + sound) ?? []))
  }
}

function soundsOf(word: string): string[] {
  if (word.length < SHORTEST || /[^a-z]/.test(word)) return []
  return [...new Set(doubleMetaphone(word))].filter((sound) => sound.length > 1)
}
