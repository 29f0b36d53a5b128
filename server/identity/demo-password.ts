import { createHmac } from 'node:crypto'

/** No vowels and no look-alikes: read from a terminal, typed by hand. */
const LETTERS = '23456789bcdfghjkmnpqrstvwxyz'
const GROUPS = 4
const GROUP_CHARS = 4

/** A password that is the same at each start, so that it can be printed and is stored nowhere in clear. */
export function demoPassword(sessionSecret: string, whose: string): string {
  const bytes = createHmac('sha256', sessionSecret).update(whose).digest()
  const letters = Array.from(bytes.subarray(0, GROUPS * GROUP_CHARS), (byte) => LETTERS[byte % LETTERS.length]!)
  return Array.from({ length: GROUPS }, (_, group) => letters.slice(group * GROUP_CHARS, (group + 1) * GROUP_CHARS).join('')).join('-')
}
