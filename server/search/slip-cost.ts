const ROWS = ['1234567890', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm']
/** Of the slips of a hand the likely ones cost less. */
const COST = { swapped: 8, neighbour: 8, doubled: 8, left: 10, added: 11, other: 12 } as const
/** Longer texts than this are compared as far as this. */
const MOST_CHARS = 40
const WIDTH = MOST_CHARS + 1

const neighbours = new Set(ROWS.flatMap((row) => Array.from(row.slice(1), (key, at) => [row.charCodeAt(at) * 128 + key.charCodeAt(0), key.charCodeAt(0) * 128 + row.charCodeAt(at)]).flat()))
const table = new Uint16Array(WIDTH * WIDTH)

/** What it costs to have typed `typed` for `word`: the least sum of slips between them. 0 for the same. */
export function slipCost(typed: string, word: string): number {
  const rows = Math.min(typed.length, MOST_CHARS)
  const columns = Math.min(word.length, MOST_CHARS)
  for (let at = 0; at <= columns; at++) table[at] = at * COST.left
  for (let row = 1; row <= rows; row++) {
    const letter = typed.charCodeAt(row - 1)
    const added = addedCost(typed, row - 1)
    const here = row * WIDTH
    table[here] = table[here - WIDTH]! + added
    for (let at = 1; at <= columns; at++) {
      const meant = word.charCodeAt(at - 1)
      let least = table[here - WIDTH + at - 1]! + (letter === meant ? 0 : areNeighbours(meant, letter) ? COST.neighbour : COST.other)
      const left = table[here + at - 1]! + (at > 1 && meant === word.charCodeAt(at - 2) ? COST.doubled : COST.left)
      if (left < least) least = left
      const above = table[here - WIDTH + at]! + added
      if (above < least) least = above
      if (row > 1 && at > 1 && letter === word.charCodeAt(at - 2) && typed.charCodeAt(row - 2) === meant) {
        const swapped = table[here - 2 * WIDTH + at - 2]! + COST.swapped
        if (swapped < least) least = swapped
      }
      table[here + at] = least
    }
  }
  return table[rows * WIDTH + columns]!
}

/** A letter too many is often the one beside it again, or the key beside that. */
function addedCost(typed: string, at: number): number {
  const letter = typed.charCodeAt(at)
  const isOf = (beside: number) => beside >= 0 && beside < typed.length && (typed.charCodeAt(beside) === letter || areNeighbours(typed.charCodeAt(beside), letter))
  return isOf(at - 1) || isOf(at + 1) ? COST.doubled : COST.added
}

function areNeighbours(one: number, other: number): boolean {
  return one < 128 && other < 128 && neighbours.has(one * 128 + other)
}
