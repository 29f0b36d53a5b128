import { describe, expect, it } from 'vitest'
import type { OutageReported } from './event.ts'
import { ASK_AFTER_MS, type FollowUpFact, followedReport, needsConfirmation } from './followed-report.ts'

const ACCEPTED_MS = Date.UTC(2026, 0, 31, 14)
const report = (waitedMs: number | null, changes: Partial<OutageReported> = {}): OutageReported => ({
  reportId: '01980f6e-7a4c-7cc3-98d5-0a1b2c3d4e5f', reference: '7K3F-92QD-XH', schema: 1, bodyHash: '', secretHash: '', locale: 'en', channel: 'web',
  acceptedAt: new Date(ACCEPTED_MS).toISOString(), savedAt: new Date(ACCEPTED_MS).toISOString(), hazards: [], scope: 'dim', heardBang: 'no', neighborsOut: 'no',
  delivery: { attempt: 1 }, personal: { place: { phone: '555 0100' }, medicalEquipment: false },
  ...(waitedMs === null ? {} : { occurred: { savedAt: new Date(ACCEPTED_MS - waitedMs).toISOString(), errorMs: 0, basis: 'server-offset' } }),
  ...changes,
})
const said = (type: FollowUpFact['type'], words: object) => ({ type, data: { hazards: [], personal: {}, ...words } }) as unknown as FollowUpFact
const withdrawn = (reason: string) => said('outage.withdrawn.v1', { reason })
const added = (words: object) => said('outage.added-to.v1', words)
const confirmed = (stillOut: string) => said('outage.confirmed.v1', { stillOut })
const after = (waitedMs: number | null, ...followUps: FollowUpFact[]) => followedReport(report(waitedMs), { matched: false, followUps })

describe('a report with all that followed', () => {
  it('asks of what waited over an hour on a phone, and of nothing else', () => {
    expect([ASK_AFTER_MS, ASK_AFTER_MS + 1].map((waitedMs) => needsConfirmation(report(waitedMs)))).toEqual([false, true])
    expect(needsConfirmation(report(null))).toBe(false)
    expect(needsConfirmation(report(ASK_AFTER_MS + 1, { channel: 'agent' }))).toBe(false)
  })

  it.each([
    [[], 'asked'],
    [[confirmed('yes')], 'still-out'],
    [[confirmed('yes'), confirmed('no')], 'back'],
    [[withdrawn('power-back')], 'back'],
    [[withdrawn('mistake')], 'not-needed'],
    [[confirmed('yes'), withdrawn('other')], 'still-out'],
  ] as const)('after %j the question stands at %s', (followUps, confirmation) => {
    expect(after(ASK_AFTER_MS + 1, ...followUps).confirmation).toBe(confirmation)
  })

  it('is withdrawn for good, matched or not', () => {
    for (const matched of [true, false]) {
      const state = (...followUps: FollowUpFact[]) => followedReport(report(0), { matched, followUps }).state
      expect(state(withdrawn('other'), added({ scope: 'dim' }), confirmed('yes'))).toBe('withdrawn')
      expect(state(confirmed('no'))).toBe(matched ? 'matched' : 'received')
    }
  })

  it('takes back a danger by mistake alone, and only what was named before', () => {
    const fire = added({ hazards: ['fire', 'downed-line'] })
    expect(after(0, fire)).toMatchObject({ hazardous: true, hazards: ['downed-line', 'fire'], additions: 1 })
    expect(after(0, fire, withdrawn('power-back')).hazardous).toBe(true)
    expect(after(0, fire, withdrawn('mistake'))).toMatchObject({ hazardous: false, hazards: ['downed-line', 'fire'] })
    expect(after(0, withdrawn('mistake'), fire).hazardous).toBe(true)
  })
})
