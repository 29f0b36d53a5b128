import { expect, it } from 'vitest'
import { seededRandom } from '../seeded-random.ts'
import { EventQueue } from './event-queue.ts'

it('gives events by time, and those of one time in the order that they came @drain', () => {
  const random = seededRandom(3)
  const queue = new EventQueue()
  const events: { atMs: number; what: number }[] = []
  const taken: number[] = []
  for (let what = 0; what < 5_000; what++) {
    const event = { atMs: Math.floor(random.fraction() * 300), what }
    events.push(event)
    queue.add(event.atMs, what)
  }
  while (queue.size > 0) taken.push(queue.take())
  expect(taken).toEqual(events.sort((a, b) => a.atMs - b.atMs || a.what - b.what).map(({ what }) => what))
})
