import { describe, expect, it } from 'vitest'
import { type DeliveryHoldings, type HeldReport, reckonDeliveries } from './reckon-deliveries.ts'

const held = (id: string, place: number, changes: Partial<HeldReport> = {}): HeldReport => ({ id, place, receivedAtMs: 1_000 * place, times: 1, hazardous: false, ...changes })
const sound: DeliveryHoldings = { accepted: ['a', 'b'], held: [held('a', 1), held('b', 2)], logged: ['a', 'b'], conflicts: 0, backAtMs: 0, acceptedAtMs: new Map() }

describe('what the core system got @load', () => {
  it('has every accepted report once, and the log says so', () => {
    expect(reckonDeliveries(sound)).toMatchObject({ delivered: 2, repeats: 0, faults: [] })
    expect(reckonDeliveries({ ...sound, held: [held('a', 1, { times: 3 }), held('b', 2)] })).toMatchObject({ delivered: 2, repeats: 2, faults: [] })
  })

  it.each([
    { changes: { held: [held('a', 1)] }, delivered: 1, fault: /does not have: 1, such as b/ },
    { changes: { held: [held('a', 1), held('b', 2), held('b', 3)] }, delivered: 1, fault: /more than once: 1, such as b/ },
    { changes: { held: [...sound.held, held('c', 3)] }, delivered: 2, fault: /nobody holds a receipt for: 1, such as c/ },
    { changes: { logged: ['a'] }, delivered: 1, fault: /log does not say so: 1, such as b/ },
    { changes: { logged: ['a', 'b', 'b'] }, delivered: 1, fault: /says more than once/ },
    { changes: { conflicts: 1 }, delivered: 2, fault: /other bytes: 1/ },
  ])('finds $fault', ({ changes, delivered, fault }) => {
    const reckoned = reckonDeliveries({ ...sound, ...changes })
    expect(reckoned.delivered).toBe(delivered)
    expect(reckoned.faults).toEqual([expect.stringMatching(fault)])
  })

  it('looks at what had waited: hazards, what went before them, and how long it took', () => {
    const acceptedAtMs = new Map(['early', 'old', 'older', 'fire', 'young'].map((id) => [id, id === 'young' ? 99_000 : 1_000]))
    const at = (seconds: number, hazardous = false) => ({ receivedAtMs: seconds * 1_000, hazardous })
    const holdings: DeliveryHoldings = {
      ...sound, accepted: [...acceptedAtMs.keys()], logged: [...acceptedAtMs.keys()], backAtMs: 100_000, acceptedAtMs,
      held: [held('early', 1, at(2, true)), held('old', 2, at(101)), held('young', 3, at(102)), held('fire', 4, at(103, true)), held('older', 5, at(104))],
    }
    expect(reckonDeliveries(holdings).backlog).toEqual({ reports: 3, hazardous: 1, ordinaryBeforeLastHazard: 1, drainedAfterMs: 4_000 })
    expect(reckonDeliveries(sound).backlog).toEqual({ reports: 0, hazardous: 0, ordinaryBeforeLastHazard: 0, drainedAfterMs: null })
  })
})
