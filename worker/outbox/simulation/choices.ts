import type { Random } from '../../../domain/clock.ts'
import { seededRandom } from '../../../load/seeded-random.ts'

/** Repeatable choices: the same seed gives the same ones in the same order. */
export interface Choices extends Random {
  /** True with this probability. */
  chance(probability: number): boolean
  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number
  pick<T>(choices: readonly T[]): T
  /** A name, as often as its weight says. */
  weighted<T extends string>(weights: Readonly<Record<T, number>>): T
}

export function seededChoices(seed: number): Choices {
  const random = seededRandom(seed)
  const between = (least: number, most: number) => least + Math.floor(random.fraction() * (most - least + 1))
  return {
    ...random,
    between,
    chance: (probability) => random.fraction() < probability,
    pick: (choices) => choices[between(0, choices.length - 1)]!,
    weighted(weights) {
      const entries = Object.entries(weights) as [keyof typeof weights, number][]
      let left = random.fraction() * entries.reduce((sum, [, weight]) => sum + weight, 0)
      return (entries.find(([, weight]) => (left -= weight) < 0) ?? entries.at(-1)!)[0]
    },
  }
}
