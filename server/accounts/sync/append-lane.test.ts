import { expect, it } from 'vitest'
import { systemClock, systemRandom } from '../../../domain/clock.ts'
import type { NewEvent } from '../../../domain/event.ts'
import { sampleAccount, sampleNewEvent } from '../../../processes/projector/sample-events.ts'
import { AppendLane } from './append-lane.ts'

const events = Array.from({ length: 1_200 }, (_, number) => sampleNewEvent(sampleAccount(number)))

function lane(onAppend: (group: number) => void) {
  const appended: string[][] = []
  const stop = new AbortController()
  const log = {
    append: (group: readonly NewEvent[]) => {
      onAppend(appended.push(group.map(({ key }) => key)))
      return Promise.resolve([])
    },
  }
  return { appended, stop, lane: new AppendLane({ log, clock: systemClock, random: systemRandom, signal: stop.signal }) }
}

it('a lane appends all in order, in groups @sync', async () => {
  const { appended, lane: own } = lane(() => undefined)
  await own.add(events.slice(0, 700))
  await own.add(events.slice(700))
  await own.drained()
  expect(appended.flat()).toEqual(events.map(({ key }) => key))
  expect(appended.length).toBeGreaterThan(2)
})

it('a lane begins nothing after its owner lost it @sync', async () => {
  const { appended, stop, lane: own } = lane(() => stop.abort(new Error('lost')))
  await expect(own.add(events)).rejects.toThrow('lost')
  expect(appended).toHaveLength(1)
})

it('a lane tells what an append failed with, and appends no more @sync', async () => {
  const { appended, lane: own } = lane((group) => {
    if (group === 2) throw new TypeError('broken')
  })
  await expect(own.add(events).then(() => own.drained())).rejects.toThrow('broken')
  await expect(own.add(events)).rejects.toThrow('broken')
  expect(appended).toHaveLength(2)
})
