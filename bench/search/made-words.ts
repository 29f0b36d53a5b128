import { FAMILY_EN, FAMILY_ES, GIVEN_EN, GIVEN_ES } from '../../bin/demo/people.ts'

const ONSETS = 'b br c ch cl cr d dr f fl g gl gr h j k kl l m n p ph pr qu r s sh sch sk sl sp st t th tr v w wh z'.split(' ')
const NUCLEI = 'a e i o u ai ay ea ee ie oa oo ou y'.split(' ')
const CODAS = ['', '', '', 'b', 'ck', 'd', 'l', 'll', 'm', 'n', 'nd', 'ng', 'nn', 'r', 'rd', 'rs', 's', 'ss', 't', 'tt', 'x']
const FAMILY_ENDS = 'son ez er man ford ton ley well s ski a o ini hart berg stein field wood land worth'.split(' ')
const GIVEN_ENDS = 'a ia ina elle ette ie y an en on iel ita ito us'.split(' ')
const STREETS = `Park Main Oak Pine Maple Cedar Elm Washington Lake Hill View Walnut Spring North Ridge Church Willow Mill Sunset Railroad Jackson Cherry River
  West South Highland Johnson Jefferson Center Forest Hickory Birch Adams Franklin Chestnut Meadow Laurel Wilson Lincoln Dogwood Poplar Madison Rose Magnolia Valley
  Smith Sycamore Locust Green Court Prospect Grove Holly Davis Williams Brown Monroe Taylor Country Club College Pecan Ash Beech Aspen Juniper Harbor Mission Valencia
  Alameda Del Rio Buena Vista San Pedro Las Flores Mariposa Cypress Eucalyptus Vineyard Orchard Quail Deer Fox Hawthorn Peach Plum`.trim().split(/\s+/)
const ORDINALS = Array.from({ length: 99 }, (_, at) => ordinal(at + 1))
const TOWN_ENDS = ['ville', 'ton', ' Springs', ' Heights', ' Park', 'dale', ' Creek', 'field', ' Beach', ' City', '', '']

/** Draws words as often as they occur: the one of rank r in proportion to 1 / (r + shift) ** exponent. */
export interface WordStock {
  words: readonly string[]
  draw(random: () => number): string
}

interface Shape {
  shift: number
  exponent: number
}

function wordStock(words: readonly string[], { shift, exponent }: Shape): WordStock {
  const sums = new Float64Array(words.length)
  let sum = 0
  for (let rank = 0; rank < words.length; rank++) sums[rank] = sum += (rank + 1 + shift) ** -exponent
  return {
    words,
    draw: (random) => {
      const point = random() * sum
      let low = 0
      let high = words.length - 1
      while (low < high) {
        const middle = (low + high) >>> 1
        if (sums[middle]! < point) low = middle + 1
        else high = middle
      }
      return words[low]!
    },
  }
}

/**
 * The words that made accounts are made of. The commonest are everyday ones; the long tail is put together from syllables. Shapes follow
 * what a census publishes: the commonest family name has 0.8 % of the people, the commonest given name 2 %.
 */
export function makeWords(random: () => number): { given: WordStock; family: WordStock; streets: WordStock; towns: WordStock } {
  const given = stretched(mixed(random, GIVEN_EN, GIVEN_ES), 6_000, () => capital(syllable(random) + (random() < 0.5 ? syllable(random) : '') + drawn(random, GIVEN_ENDS)))
  const families = mixed(random, FAMILY_EN, FAMILY_ES)
  const family = stretched(families, 80_000, () => familyName(random, families))
  const streets = stretched([...ORDINALS.slice(0, 12), ...STREETS, ...ORDINALS.slice(12)], 30_000, () => streetName(random, family))
  const towns = stretched([], 300, () => capital(syllable(random) + syllable(random)) + drawn(random, TOWN_ENDS))
  return {
    given: wordStock(given, { shift: 8, exponent: 1.05 }),
    family: wordStock(family, { shift: 10, exponent: 0.95 }),
    streets: wordStock(streets, { shift: 20, exponent: 0.9 }),
    towns: wordStock(towns, { shift: 4, exponent: 1 }),
  }
}

function familyName(random: () => number, families: readonly string[]): string {
  const kind = random()
  if (kind < 0.04) return `O'${capital(syllable(random) + syllable(random))}`
  if (kind < 0.09) return `Mc${capital(syllable(random) + syllable(random))}`
  if (kind < 0.13) return `${drawn(random, ['de la', 'de', 'Del', 'Van', 'Von', 'St.'])} ${capital(syllable(random) + syllable(random))}`
  if (kind < 0.2) return `${drawn(random, families)}-${drawn(random, families)}`
  return capital(syllable(random) + (random() < 0.6 ? syllable(random) : '') + (random() < 0.6 ? drawn(random, FAMILY_ENDS) : ''))
}

function streetName(random: () => number, family: readonly string[]): string {
  const kind = random()
  if (kind < 0.35) return `${drawn(random, STREETS)} ${drawn(random, STREETS)}`
  if (kind < 0.7) return drawn(random, family).replace(/[^A-Za-z ]/g, '')
  return capital(syllable(random) + syllable(random) + (random() < 0.4 ? syllable(random) : ''))
}

function stretched(first: readonly string[], most: number, make: () => string): string[] {
  const words = new Set(first)
  while (words.size < most) words.add(make())
  return [...words]
}

/** Two lists in turn, each in an order of its own. */
function mixed(random: () => number, one: readonly string[], other: readonly string[]): string[] {
  return [...one, ...other].map((word) => ({ word, place: random() })).sort((left, right) => left.place - right.place).map(({ word }) => word)
}

export function drawn<T>(random: () => number, of: readonly T[]): T {
  return of[Math.floor(random() * of.length)]!
}

function syllable(random: () => number): string {
  return drawn(random, ONSETS) + drawn(random, NUCLEI) + drawn(random, CODAS)
}

function capital(word: string): string {
  return word[0]!.toUpperCase() + word.slice(1)
}

function ordinal(number: number): string {
  const end = [11, 12, 13].includes(number % 100) ? 'th' : (['th', 'st', 'nd', 'rd'][number % 10] ?? 'th')
  return `${number}${end}`
}
