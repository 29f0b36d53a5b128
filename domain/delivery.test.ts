import { expect, it } from 'vitest'
import { deliveryState, type DeliveryFact } from './delivery.ts'

const [deliveryId, reportId] = ['019aa000-0000-7000-8000-000000000001', '019aa000-0000-7000-8000-000000000002']
const at = (minute: number) => `2026-01-31T04:0${minute}:00.000Z`
const delivered: DeliveryFact = { type: 'outage.delivered.v1', data: { deliveryId, reportId, deliveredAt: at(9), coreReference: 'OMS-1', attempts: 1 } }
const refused = (round: number): DeliveryFact => ({
  type: 'outage.delivery-refused.v1', data: { deliveryId, reportId, refusedAt: at(round), status: 422, reason: `refusal ${round}`, attempts: 1, round },
})
const requested = (round: number): DeliveryFact => ({ type: 'outage.redelivery-requested.v1', data: { deliveryId, reportId, requestedAt: at(5 + round), round, staffId: 'staff' } })

it.each([
  ['waiting', [], { since: null, round: 0 }],
  ['delivered', [delivered], { since: at(9), coreReference: 'OMS-1', round: 0 }],
  ['refused', [refused(1)], { since: at(1), round: 1, status: 422, reason: 'refusal 1' }],
  ['requested', [refused(1), requested(1)], { since: at(6), round: 1 }],
  ['refused', [refused(1), requested(1), refused(2)], { since: at(2), round: 2, reason: 'refusal 2' }],
  ['requested', [refused(1), requested(1), refused(2), requested(2)], { since: at(7), round: 2 }],
  ['delivered', [refused(1), requested(1), refused(2), delivered], { since: at(9), coreReference: 'OMS-1', round: 2 }],
] as const)('a delivery is %s after %j, in whatever order they come', (state, facts, told) => {
  expect(deliveryState(facts)).toMatchObject({ state, ...told })
  expect(deliveryState(facts.toReversed())).toEqual(deliveryState(facts))
})
