import { sign } from 'node:crypto'
import { describe, expect, it, vi } from 'vitest'
import { freshDatabase } from '../../bin/test-support/fresh-database.ts'
import { quickPasswords } from '../../bin/test-support/quick-passwords.ts'
import { type Clock, systemClock } from '../../domain/clock.ts'
import { createDatabase } from '../platform/database.ts'
import { ForbiddenError, NotFoundError, NotSignedInError, ReadsUnavailableError } from '../platform/errors.ts'
import { generateSigningKeys, parseSigningKeys } from '../platform/signing-keys.ts'
import { issueStaffToken } from './issue-staff-token.ts'
import { seedDemoStaff } from './seed-demo-staff.ts'
import { createStaffTokens, signStaffToken } from './staff-token.ts'

const keys = parseSigningKeys(generateSigningKeys())
const staff = { staffId: '019c0000-0000-7000-8000-000000000001', role: 'agent' } as const
let nowMs = Date.parse('2026-01-31T04:00:00Z')
const clock: Clock = { ...systemClock, nowMs: () => nowMs }
const bearer = (token: string) => `Bearer ${token}`
const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
/** Signed by our own key, whatever it says. */
const forged = (header: object, claims: object) => {
  const signed = `${encoded(header)}.${encoded(claims)}`
  return `${signed}.${sign('sha256', Buffer.from(signed), { key: keys.first.privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
}
const header = { alg: 'ES256', typ: 'stormdoor-staff+jwt', kid: keys.first.kid }
const claimsNow = () => ({ aud: 'stormdoor:/api/v1', sub: staff.staffId, role: 'agent', scope: 'accounts', iat: nowMs / 1_000, exp: nowMs / 1_000 + 60 })

describe('a staff token @identity', () => {
  it('names the member of staff who shows it until it ends, also where it was seen before', () => {
    const tokens = createStaffTokens(keys, clock)
    const token = signStaffToken(keys, clock, staff, ['accounts'], 1)
    for (let again = 0; again < 2; again++) expect(tokens.require(bearer(token), 'accounts')).toEqual({ ...staff, scopes: ['accounts'] })
    nowMs += 3_599_000
    expect(tokens.require(`bearer ${token}`, 'accounts')).toMatchObject(staff)
    nowMs += 1_000
    expect(() => tokens.require(bearer(token), 'accounts')).toThrow(NotSignedInError)
    expect(() => createStaffTokens(keys, clock).require(bearer(token), 'accounts')).toThrow(NotSignedInError)
  })

  it('is refused for what it is not for', () => {
    const token = signStaffToken(keys, clock, staff, [], 1)
    expect(() => createStaffTokens(keys, clock).require(bearer(token), 'accounts')).toThrow(ForbiddenError)
  })

  it('is not taken before it is known which were taken back', () => {
    let isReady = false
    const tokens = createStaffTokens(keys, clock, { isReady: () => isReady, isRevoked: () => false })
    const token = signStaffToken(keys, clock, staff, ['accounts'], 1)
    expect(() => tokens.require(bearer(token), 'accounts')).toThrow(ReadsUnavailableError)
    isReady = true
    expect(tokens.require(bearer(token), 'accounts')).toMatchObject(staff)
  })

  it('is refused when it was changed, is of other keys, or is another kind of token', () => {
    const tokens = createStaffTokens(keys, clock)
    const token = signStaffToken(keys, clock, staff, ['accounts'], 1)
    const [head, , signature] = token.split('.')
    const wrong = {
      changed: `${head}.${encoded({ ...claimsNow(), sub: '019c0000-0000-7000-8000-000000000002' })}.${signature}`,
      unsigned: `${encoded({ ...header, alg: 'none' })}.${encoded(claimsNow())}.`,
      'of other keys': signStaffToken(parseSigningKeys(generateSigningKeys()), clock, staff, ['accounts'], 1),
      'a receipt': forged({ ...header, typ: 'stormdoor-receipt+jwt' }, claimsNow()),
      'for another audience': forged(header, { ...claimsNow(), aud: 'elsewhere' }),
      'for longer than one may be': forged(header, { ...claimsNow(), exp: nowMs / 1_000 + 12 * 3_600 + 1 }),
      'of no role': forged(header, { ...claimsNow(), role: 'owner' }),
      long: 'x'.repeat(10_000),
    }
    expect(tokens.require(bearer(forged(header, claimsNow())), 'accounts'), 'the same hand, rightly').toMatchObject(staff)
    for (const [name, shown] of Object.entries(wrong)) expect(() => tokens.require(bearer(shown), 'accounts'), name).toThrow(NotSignedInError)
    for (const shown of [undefined, '', 'Bearer', token, `Basic ${token}`]) expect(() => tokens.require(shown, 'accounts')).toThrow(NotSignedInError)
  })

  it('ends with the sessions of whoever shows it, and one of later does not', () => {
    const ended: { personId: string; beforeMs: number }[] = []
    const tokens = createStaffTokens(keys, clock, { isReady: () => true, isRevoked: (of, personId, _session, issuedAtMs) => of === 'staff' && ended.some((one) => one.personId === personId && issuedAtMs < one.beforeMs) })
    const token = signStaffToken(keys, clock, staff, ['accounts'], 1)
    expect(tokens.require(bearer(token), 'accounts')).toMatchObject(staff)
    ended.push({ personId: staff.staffId, beforeMs: nowMs + 1 })
    expect(() => tokens.require(bearer(token), 'accounts')).toThrow(NotSignedInError)
    nowMs += 1_000
    expect(tokens.require(bearer(signStaffToken(keys, clock, staff, ['accounts'], 1)), 'accounts')).toMatchObject(staff)
    expect(tokens.require(bearer(signStaffToken(keys, clock, { ...staff, staffId: '019c0000-0000-7000-8000-000000000009' }, ['accounts'], 1)), 'accounts')).toBeTruthy()
  })

  it('is known from thousands of others @full', () => {
    const tokens = createStaffTokens(keys, clock)
    const shown = Array.from({ length: 1_200 }, (_, index) => forged(header, { ...claimsNow(), exp: nowMs / 1_000 + 60 + index }))
    for (const token of [...shown, shown[0]!]) expect(tokens.require(bearer(token), 'accounts').staffId).toBe(staff.staffId)
  })

  it('is for twelve hours at the most', () => {
    for (const hours of [0, -1, 12.1, Number.NaN]) expect(() => signStaffToken(keys, clock, staff, ['accounts'], hours)).toThrow(RangeError)
  })

  it('is issued to whom Postgres knows as staff, and to nobody else', async () => {
    vi.stubEnv('STORMDOOR_ENV', 'test')
    const databaseUrl = await freshDatabase()
    await seedDemoStaff({ databaseUrl, sessionSecret: 'only-for-this-test-only-for-this-test', passwords: quickPasswords })
    const database = createDatabase(databaseUrl, { connectTimeoutMs: 5_000, queryTimeoutMs: 5_000, connections: 1 })
    const context = { database, keys, clock }
    const { token, staff: issued } = await issueStaffToken(context, ' Dispatcher@example.com', 2)
    expect(issued).toMatchObject({ name: 'Demo dispatcher', role: 'dispatcher' })
    expect(createStaffTokens(keys, clock).require(bearer(token), 'accounts')).toEqual({ staffId: issued.staffId, role: 'dispatcher', scopes: ['accounts'] })
    await expect(issueStaffToken(context, 'nobody@example.com', 2)).rejects.toThrow(NotFoundError)
    await database.$disconnect()
    vi.unstubAllEnvs()
  })
})
