import { expect, test } from 'vitest'
import { assignPartitions } from './assign-partitions.ts'

const partitions = ['p0', 'p1', 'p2', 'p3', 'p4', 'p5']

const moved = (before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): number =>
  [...after].filter(([partition, member]) => before.has(partition) && before.get(partition) !== member).length

function counts(plan: ReadonlyMap<string, string>): number[] {
  const found = new Map<string, number>()
  for (const member of plan.values()) found.set(member, (found.get(member) ?? 0) + 1)
  return [...found.values()].sort((a, b) => a - b)
}

test('shares evenly, and the same whatever the order of the arguments', () => {
  const plan = assignPartitions(partitions, ['c', 'a', 'b', 'd'], new Map())
  expect(counts(plan)).toEqual([1, 1, 2, 2])
  expect(assignPartitions([...partitions].reverse(), ['d', 'b', 'a', 'c'], new Map())).toEqual(plan)
})

test('a newcomer takes no more than its share, and one that goes leaves the others what they have', () => {
  const two = assignPartitions(partitions, ['a', 'b'], new Map())
  const three = assignPartitions(partitions, ['a', 'b', 'c'], two)
  expect([counts(three), moved(two, three)]).toEqual([[2, 2, 2], 2])
  const survivors = new Map([...three].filter(([, member]) => member !== 'b'))
  const left = assignPartitions(partitions, ['a', 'c'], survivors)
  expect([counts(left), moved(survivors, left)]).toEqual([[3, 3], 0])
})

test('what does not divide evenly stays where it is', () => {
  const held = new Map([['p0', 'b'], ['p1', 'b'], ['p2', 'a']])
  expect(assignPartitions(['p0', 'p1', 'p2'], ['a', 'b'], held)).toEqual(held)
})

test('more members than partitions, and none at all', () => {
  expect(counts(assignPartitions(['p0', 'p1'], ['a', 'b', 'c'], new Map([['p1', 'c']])))).toEqual([1, 1])
  expect(assignPartitions(['p0'], [], new Map())).toEqual(new Map())
})
