import { describe, expect, it } from 'vitest'
import { eventTypes, type NewEvent, type OutageMatched } from '../../domain/event.ts'
import { mixedHistory } from './mixed-history.ts'

const events = [...mixedHistory({ events: 4_000 })]
const of = (type: NewEvent['type']) => events.filter((event) => event.type === type)

describe('a mixed history', () => {
  it('has events that the projections understand, each with an id of its own', () => {
    expect(events).toHaveLength(4_000)
    expect(events.filter(({ type, data }) => !eventTypes[type].data.safeParse(JSON.parse(JSON.stringify(data))).success)).toEqual([])
    expect(new Set(events.map(({ id }) => id)).size).toBe(4_000)
  })

  it('mixes accounts that are new and changed, reports and matches of them', () => {
    expect([of('account.upserted.v1').length, of('outage.reported.v1').length, of('outage.matched.v1').length]).toEqual([1_500, 1_500, 1_000])
    expect(new Set(of('account.upserted.v1').map(({ key }) => key)).size).toBe(1_000)
    const reports = new Set(of('outage.reported.v1').map(({ id }) => id))
    expect(of('outage.matched.v1').filter(({ data }) => !reports.has((data as OutageMatched).reportId))).toEqual([])
  })

  it('is the same for the same seed', () => {
    expect([...mixedHistory({ events: 100, seed: 2 })]).toEqual([...mixedHistory({ events: 100, seed: 2 })])
    expect([...mixedHistory({ events: 100, seed: 2 })]).not.toEqual([...mixedHistory({ events: 100, seed: 3 })])
  })
})
