import type { Random } from '../domain/clock.ts'

/**
 * Repeatable randomness (mulberry32): the same seed gives the same bytes and fractions in the same order.
 * For load and drills only; it guards no secret that matters.
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  return {
    bytes: (length) => {
      const bytes = new Uint8Array(length)
      for (let index = 0; index < length; index++) bytes[index] = next() & 0xff
      return bytes
    },
    fraction: () => next() / 0x1_0000_0000,
  }
}
