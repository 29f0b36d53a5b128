import { describe, expect, test } from 'vitest'
import { type Place, samePlace } from './same-place.ts'

const at = (latitude: number, longitude: number, accuracyMeters = 10): Place => ({ location: { latitude, longitude, accuracyMeters } })

describe('one place said in two ways @outbox', () => {
  test.each<[Place, Place]>([
    [{ address: '12 North Elm Street' }, { address: '12 n. elm st, Harbor' }],
    [{ address: '5 Oak Lane, Apt #3' }, { address: '5 oak ln unit 3 Harbor' }],
    [{ accountNumber: '4100 0000 17' }, { accountNumber: '4100000017' }],
    [{ phone: '(707) 555-0123' }, { phone: '+1 707 555 0123' }],
    [at(38.44, -122.71), at(38.4404, -122.7104)],
    [{ address: '12 Elm Street', phone: '707 555 0123' }, { accountNumber: '9', phone: '7075550123' }],
  ])('%j is %j', (one, other) => {
    expect(samePlace(one, other)).toBe(true)
    expect(samePlace(other, one)).toBe(true)
  })

  test.each<[Place, Place]>([
    [{ address: '12 Elm Street' }, { address: '1 Elm Street' }],
    [{ address: '12 Elm St' }, { address: '12 Elm Stream' }],
    [{ address: '12 Elm Street' }, { address: '12 Elm Street Apt 4' }],
    [{ address: '12 Elm Street Apt 4' }, { address: '12 Elm Street Apt 41' }],
    [{ address: '12 Elm' }, { address: '12 Elm Street, Harbor' }],
    [{ address: 'the old mill road' }, { address: 'the old mill road' }],
    [{ phone: '555' }, { phone: '555' }],
    [{ accountNumber: ' - ' }, { accountNumber: '' }],
    [at(38.44, -122.71), at(38.4425, -122.71)],
    [at(38.44, -122.71, 90_000), at(38.46, -122.71, 90_000)],
    [{ address: '12 Elm Street' }, { phone: '7075550123' }],
    [{}, {}],
  ])('%j is not surely %j', (one, other) => {
    expect(samePlace(one, other)).toBe(false)
    expect(samePlace(other, one)).toBe(false)
  })
})
