import { expect, it } from 'vitest'
import { meaningOf } from './meaning-of.ts'

it.each([
  [[], []],
  [['postgres'], ['postgres']],
  [['redis', 'postgres'], ['both-stores']],
  [['core-system', 'redis'], ['redis', 'core-system']],
  [['core-system', 'postgres', 'event-log', 'redis'], ['event-log', 'both-stores', 'core-system']],
] as const)('with %j down says %j @desk', (down, meaning) => {
  expect(meaningOf(down)).toEqual(meaning)
})
