import { describe, expect, it } from 'vitest'
import { seededFraction } from '../../projector/sample-events.ts'
import { DeliveryQueue, type DeliveryItem, type DeliveryOwner } from './delivery-queue.ts'
import { PriorityHeap } from './priority-heap.ts'

const owner: DeliveryOwner = {
  signal: new AbortController().signal,
  isWithdrawn: () => false,
  done: () => undefined,
  waitsForReport: () => true,
  bringReport: () => Promise.resolve(),
}
let order = 0
function item(id: string, changes: Partial<DeliveryItem> = {}): DeliveryItem {
  order++
  return { id, owner, reportId: id, kind: 'report', hazardous: false, acceptedAtMs: order, order, readyAtMs: 0, failures: 0, ownFailures: 0, passedAtFailure: 0, ...changes }
}

/** Takes all that can be taken at a moment, each done at once. */
function drained(queue: DeliveryQueue, nowMs = 0): string[] {
  const ids: string[] = []
  for (let taken = queue.take(nowMs); taken; taken = queue.take(nowMs)) {
    ids.push(taken.item.id)
    queue.remove(taken.item)
    queue.settle(taken, nowMs)
  }
  return ids
}

describe('what waits to be handed over', () => {
  it('goes hazards first, then by the time of acceptance', () => {
    const queue = new DeliveryQueue()
    queue.add(item('second', { acceptedAtMs: 20 }), 'a')
    queue.add(item('first', { acceptedAtMs: 10 }), 'b')
    queue.add(item('hazard', { acceptedAtMs: 30, hazardous: true }), 'c')
    expect(drained(queue)).toEqual(['hazard', 'first', 'second'])
    expect(queue.size).toBe(0)
  })

  it('keeps the order within a premise, and lifts all of it for a hazard', () => {
    const queue = new DeliveryQueue()
    queue.add(item('other'), 'elsewhere')
    queue.add(item('one'), 'here')
    queue.add(item('two', { hazardous: true }), 'here')
    queue.add(item('three'), 'here')
    expect(drained(queue)).toEqual(['one', 'two', 'other', 'three'])
  })

  it('has one of a premise under way', () => {
    const queue = new DeliveryQueue()
    const [one, two] = [item('one'), item('two')]
    queue.add(one, 'here')
    queue.add(two, 'here')
    const taken = queue.take(0)!
    expect(queue.take(0)).toBeNull()
    expect(queue.waitMs(0)).toBe(Infinity)
    queue.settle(taken, 0, 100)
    expect(queue.waitMs(0)).toBe(100)
    expect(queue.take(99)).toBeNull()
    expect(queue.take(100)?.item).toBe(one)
  })

  it('forgets a wait when what it was for is over', () => {
    const queue = new DeliveryQueue()
    queue.add(item('one'), 'here')
    queue.settle(queue.take(0)!, 0, 10_000)
    queue.add(item('matching', { readyAtMs: 5_000 }), 'there')
    expect(queue.take(0)).toBeNull()
    queue.hastenAll()
    expect(drained(queue)).toEqual(['one'])
    expect(queue.waitMs(0)).toBe(5_000)
  })

  it('moves a report and what follows it to the premise that was found', () => {
    const queue = new DeliveryQueue()
    queue.add(item('before'), 'service point')
    const report = item('report', { readyAtMs: 9_000 })
    queue.add(report, 'address')
    queue.add(item('follow-up', { reportId: 'report', kind: 'follow-up' }), 'address')
    queue.add(item('neighbour'), 'address')
    queue.move(report, 'service point')
    queue.hasten(report)
    expect(queue.take(0)!.item.id).toBe('before')
    expect(queue.take(0)!.item.id).toBe('neighbour')
    expect(queue.take(0)).toBeNull()
  })

  it('puts a report before what was read of it earlier', () => {
    const queue = new DeliveryQueue()
    queue.add(item('follow-up', { reportId: 'report', kind: 'follow-up', hazardous: true }), 'here')
    queue.add(item('report'), 'here')
    expect(drained(queue)).toEqual(['report', 'follow-up'])
  })

  it('loses and doubles nothing in many changes, and keeps its memory small', () => {
    const queue = new DeliveryQueue()
    const fraction = seededFraction(7)
    const items = Array.from({ length: 2_000 }, (_, index) => item(`${index}`, { hazardous: fraction() < 0.1 }))
    const done: string[] = []
    for (const each of items) {
      queue.add(each, `premise ${Math.floor(fraction() * 300)}`)
      for (let round = 0; round < 3; round++) queue.hasten(each)
      const taken = fraction() < 0.4 ? queue.take(0) : null
      if (!taken) continue
      if (fraction() < 0.5) {
        done.push(taken.item.id)
        queue.remove(taken.item)
      }
      queue.settle(taken, 0)
    }
    done.push(...drained(queue))
    expect(done).toHaveLength(items.length)
    expect(new Set(done).size).toBe(items.length)
  })
})

it('a heap gives what it was given, in order', () => {
  const fraction = seededFraction(3)
  const heap = new PriorityHeap<number>((one, other) => one < other)
  const numbers = Array.from({ length: 500 }, () => Math.floor(fraction() * 100))
  for (const number of numbers) heap.push(number)
  const taken = numbers.map(() => heap.pop())
  expect(taken).toEqual(numbers.toSorted((one, other) => one - other))
  expect(heap.pop()).toBeUndefined()
})
