const ROWS = ['1234567890', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm']
/** Of the slips of a hand the likely ones cost less. */
const COST = { swapped: 8, neighbour: 8, doubled: 8, left: 10, added: 11, other: 12 } as const

const neighbours = new Map(ROWS.flatMap((row) => Array.from(row, (key, at): [string, string] => [key, (row[at - 1] ?? '') + (row[at + 1] ?? '')])))

/** What it costs to have typed `typed` for `word`: the sum of the slips between them. 0 for the same. */
export function slipCost(typed: string, word: string): number {
  const rows = [Array.from({ length: word.length + 1 }, (_, at) => at * COST.left)]
  for (let row = 1; row <= typed.length; row++) {
    const above = rows[row - 1]!
    const here = [above[0]! + addedCost(typed, row - 1)]
    for (let at = 1; at <= word.length; at++) {
      const substituted = above[at - 1]! + (typed[row - 1] === word[at - 1] ? 0 : neighbours.get(word[at - 1]!)?.includes(typed[row - 1]!) ? COST.neighbour : COST.other)
      const swapped = row > 1 && at > 1 && typed[row - 1] === word[at - 2] && typed[row - 2] === word[at - 1] ? rows[row - 2]![at - 2]! + COST.swapped : Infinity
      here.push(Math.min(substituted, swapped, here[at - 1]! + (word[at - 1] === word[at - 2] ? COST.doubled : COST.left), above[at]! + addedCost(typed, row - 1)))
    }
    rows.push(here)
  }
  return rows.at(-1)!.at(-1)!
}

/** A letter too many is often the one before it, or the key beside. */
function addedCost(typed: string, at: number): number {
  const beside = [typed[at - 1], typed[at + 1]].some((other) => other !== undefined && (other === typed[at] || neighbours.get(other)?.includes(typed[at]!)))
  return beside ? COST.doubled : COST.added
}
