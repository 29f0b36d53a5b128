import { expect, test } from 'vitest'
import type { Partition } from '../event-log.ts'
import { assignedPartitions, planAssignments, subscriptionOf } from './partition-share-plan.ts'

const partitions: Partition[] = ['accounts/0', 'accounts/1', 'outages/0', 'outages/1', 'outages/2', 'outages/3']
type Claims = Record<string, { held: Partition[]; generation: number }>

function plan(claims: Claims): Record<string, Partition[]> {
  const members = Object.entries(claims).map(([memberId, { held, generation }]) => ({ memberId, metadata: subscriptionOf('a.b', partitions, held, generation) }))
  return Object.fromEntries([...planAssignments('a.b', partitions, members)].map(([member, assignment]) => [member, assignedPartitions('a.b', assignment)]))
}

test('a newcomer gets what must move only once the others have let it go', () => {
  const [first, second] = [partitions.slice(0, 3), partitions.slice(3)]
  expect(plan({ one: { held: partitions, generation: 4 }, two: { held: [], generation: -1 } })).toEqual({ one: first, two: [] })
  expect(plan({ one: { held: first, generation: 5 }, two: { held: [], generation: 5 } })).toEqual({ one: first, two: second })
  expect(plan({ one: { held: first, generation: 6 } })).toEqual({ one: partitions })
})

test('of two who claim a partition the one of the later generation keeps it, and the other is told to let it go', () => {
  const half = partitions.slice(0, 3)
  expect(plan({ woken: { held: half, generation: -1 }, present: { held: half, generation: 9 } })).toEqual({ woken: partitions.slice(3), present: half })
})
