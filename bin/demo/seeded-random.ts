/**
 * Fractions in [0, 1) that depend on nothing but the seed and the place: any row can be made without the ones before it.
 * Mulberry32 over a mixed start; for demonstration, never for secrets.
 */
export function seededRandom(seed: number, ...place: readonly number[]): () => number {
  let state = place.reduce((mixed, part) => mix(mixed ^ Math.imul(part + 1, 0x9e37_79b1)), mix(seed ^ 0x5bd1_e995))
  return () => {
    state = (state + 0x6d2b_79f5) | 0
    return mix(state) / 2 ** 32
  }
}

export function pick<T>(random: () => number, items: readonly T[]): T {
  return items[Math.floor(random() * items.length)]!
}

function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85eb_ca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
