import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { freshDatabase } from '../../bin/test-support/fresh-database.ts'
import { temporaryFolder } from '../../bin/test-support/temporary-folder.ts'
import { quickPasswords } from '../../bin/test-support/quick-passwords.ts'
import { systemClock, systemRandom } from '../../domain/clock.ts'
import { InvalidInputError, NotSignedInError } from '../platform/errors.ts'
import type { EventLog } from '../platform/event-log/event-log.ts'
import { openEventLog } from '../platform/event-log/open-event-log.ts'
import { addStaff } from './administration/add-staff.ts'
import type { AdministrationContext } from './administration/administration-context.ts'
import { confirmCode } from './confirm-code.ts'
import { beginEnrolment, finishEnrolment } from './enrol-factor.ts'
import { requireStaff } from './require-staff.ts'
import { type DemoLogin, seedDemoStaff } from './seed-demo-staff.ts'
import { setPasswordByLink } from './set-password.ts'
import { signInStaff } from './sign-in-staff.ts'
import { createStaffAuth, type StaffAuth } from './staff-auth.ts'
import { writeRecoveryCodes } from './staff-factor.ts'
import { forgetCodes, requestWith, signInContext, signInFully } from './staff-sign-in.fixture.ts'
import { base32, totpAt, totpStep, totpUri } from './totp.ts'

const sessionSecret = 'a secret of the test, long enough to be one'
const publicUrl = 'http://localhost:3000'

let auth: StaffAuth
let log: EventLog
let agent: DemoLogin

beforeAll(async () => {
  vi.stubEnv('STORMDOOR_ENV', 'test')
  const databaseUrl = await freshDatabase()
  const [first] = await seedDemoStaff({ databaseUrl, sessionSecret, passwords: quickPasswords })
  agent = first!
  auth = createStaffAuth({ databaseUrl, sessionSecret, publicUrl, passwords: quickPasswords })
  log = await openEventLog({ url: `sqlite:${join(temporaryFolder(), 'log.sqlite')}`, clock: systemClock, region: 'test', node: 'test' })
})

afterAll(async () => {
  vi.unstubAllEnvs()
  await Promise.all([auth.close(), log.close()])
})

const source = '192.0.2.9'
const password = async (context = signInContext(auth)) => requestWith((await signInStaff(context, { ...agent, source, headers: new Headers() })).cookies)
const code = () => totpAt(agent.secret, Date.now())

test('codes are those of RFC 6238', () => {
  const secret = '12345678901234567890'
  expect([59, 1_111_111_109, 1_234_567_890, 20_000_000_000].map((seconds) => totpAt(secret, seconds * 1_000))).toEqual(['287082', '081804', '005924', '353130'])
  expect(totpStep(secret, '287082', 59_000)).toBe(1)
  expect(totpStep(secret, '287082', 89_000), 'a clock that is one step off').toBe(1)
  expect(totpStep(secret, '287082', 120_000)).toBeNull()
  expect(base32('12345678901234567890')).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ')
  expect(totpUri(secret, { issuer: 'Stormdoor desk', email: 'a@example.com' })).toMatch(/^otpauth:\/\/totp\/Stormdoor%20desk:a%40example\.com\?secret=GEZ/)
})

describe('the second factor of staff @identity', () => {
  beforeEach(async () => {
    await forgetCodes(auth)
    await auth.store.staffTwoFactor.updateMany({ data: { failedVerificationCount: 0, lockedUntil: null } })
  })
  afterEach(() => vi.useRealTimers())

  test('is asked for: a password alone opens nothing', async () => {
    const { cookies, next } = await signInStaff(signInContext(auth), { ...agent, source, headers: new Headers() })
    expect(next).toBe('code')
    await expect(requireStaff(auth, requestWith(cookies))).rejects.toThrow(NotSignedInError)
    await expect(beginEnrolment({ auth, random: systemRandom }, requestWith(cookies))).rejects.toThrow(NotSignedInError)
  })

  test('counts a code once, also when two show it at the same moment', async () => {
    const contexts = [signInContext(auth), signInContext(auth)]
    const headers = await Promise.all(contexts.map((context) => password(context)))
    const shown = code()
    const outcomes = await Promise.allSettled(contexts.map((context, index) => confirmCode(context, { code: shown, source, headers: headers[index]! })))
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    await expect(confirmCode(signInContext(auth), { code: shown, source, headers: await password() })).rejects.toThrow(InvalidInputError)
    expect(await auth.store.staffSession.count({ where: { signedInBy: 'two-factor' } }), 'no session is left of one that was refused').toBe(1)
  })

  test('gives 50 wrong codes at once no more than five tries, and then not even the right one counts', async () => {
    const context = signInContext(auth)
    const headers = await password(context)
    const right = code()
    const guesses = Array.from({ length: 50 }, (_, index) => String((Number(right) + 1 + index) % 1_000_000).padStart(6, '0'))
    const outcomes = await Promise.allSettled(guesses.map((guess) => confirmCode(context, { code: guess, source, headers })))
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true)
    const tried = await auth.store.staffTwoFactor.findFirst({ where: { failedVerificationCount: { gt: 0 } }, select: { failedVerificationCount: true } })
    expect(tried?.failedVerificationCount).toBeLessThanOrEqual(5)
    for (let attempt = 0; attempt < 6; attempt++) await confirmCode(context, { code: '000000', source, headers }).catch(() => undefined)
    await expect(confirmCode(context, { code: right, source, headers })).rejects.toThrow()
  })

  test('is refused with a trace: whose it was, and nothing of what was typed', async () => {
    const context = signInContext(auth)
    const headers = await password(context)
    const { id } = await auth.store.staffMember.findUniqueOrThrow({ where: { email: agent.email } })
    const wrong = String((Number(code()) + 1) % 1_000_000).padStart(6, '0')
    await expect(confirmCode(context, { code: wrong, source, headers })).rejects.toThrow(InvalidInputError)
    await expect(confirmCode(context, { code: 'abcde-fghjk', source, headers })).rejects.toThrow(InvalidInputError)
    const refused = { act: 'staff.code-refused', actor: { kind: 'guest', id: expect.stringMatching(/^[\w-]{43}$/) }, subject: { kind: 'staff', id } }
    expect(context.acts).toEqual([refused, refused])
  })

  test('makes a session of its own: what the browser had before is worth nothing', async () => {
    const planted = requestWith([{ name: 'stormdoor-staff.session_token', value: 'planted.by-somebody', options: {} }])
    const { cookies } = await signInStaff(signInContext(auth), { ...agent, source, headers: planted })
    const merged = requestWith(cookies)
    merged.set('cookie', `${merged.get('cookie')}; ${planted.get('cookie')}`)
    const session = await confirmCode(signInContext(auth), { code: code(), source, headers: merged })
    const token = session.find(({ name }) => name === 'stormdoor-staff.session_token')?.value ?? ''
    expect(token).not.toContain('planted')
    await forgetCodes(auth)
    const again = await signInFully(signInContext(auth), agent)
    expect(again.find(({ name }) => name === 'stormdoor-staff.session_token')?.value).not.toBe(token)
  })

  test('is replaced by a recovery code, once', async () => {
    const member = await auth.store.staffMember.findUniqueOrThrow({ where: { email: agent.email } })
    await writeRecoveryCodes(auth, member.id, ['abcde-fghjk', 'mnpqr-stvwx'])
    const context = signInContext(auth)
    const cookies = await confirmCode(context, { code: ' ABCDE-fghjk ', source, headers: await password(context) })
    expect(await requireStaff(auth, requestWith(cookies))).toMatchObject({ role: 'agent' })
    expect(context.acts.at(-1)).toMatchObject({ act: 'staff.signed-in', after: { by: 'recovery-code' } })
    await expect(confirmCode(context, { code: 'abcde-fghjk', source, headers: await password(context) })).rejects.toThrow(InvalidInputError)
  })
})

test('somebody new sets a password by a link, enrols, keeps ten recovery codes, and signs in @identity', async () => {
  const { audit, acts } = signInContext(auth)
  const administration: AdministrationContext = { auth, log, audit, clock: systemClock, random: systemRandom, publicUrl }
  const by = { kind: 'system', id: 'test' } as const
  const { url } = await addStaff(administration, by, { commandId: auth.newId(), email: 'New@example.com', name: 'Somebody new', role: 'agent' })
  const token = url.split('#')[1]!
  expect(JSON.stringify(await auth.store.staffVerification.findMany()), 'whoever reads the store has no link').not.toContain(token)
  await expect(setPasswordByLink(administration, { token, password: 'too short' })).rejects.toThrow(InvalidInputError)
  await setPasswordByLink(administration, { token, password: 'a password of the test' })
  await expect(setPasswordByLink(administration, { token, password: 'another password of it' })).rejects.toThrow(NotSignedInError)

  const context = signInContext(auth)
  const first = await signInStaff(context, { email: 'new@example.com', password: 'a password of the test', source, headers: new Headers() })
  expect(first.next).toBe('enrol')
  const headers = requestWith(first.cookies)
  await expect(requireStaff(auth, headers), 'before the second factor').rejects.toThrow(NotSignedInError)
  const { secret, uri } = await beginEnrolment({ auth, random: systemRandom }, headers)
  expect(await beginEnrolment({ auth, random: systemRandom }, headers), 'the same when the page is loaded again').toEqual({ secret, uri })
  const raw = secretOf(secret)
  await expect(finishEnrolment({ ...context, random: systemRandom }, { code: '000000', source, headers })).rejects.toThrow(InvalidInputError)
  const { cookies, recoveryCodes } = await finishEnrolment({ ...context, random: systemRandom }, { code: totpAt(raw, Date.now()), source, headers })
  expect(new Set(recoveryCodes).size).toBe(10)
  expect(await requireStaff(auth, requestWith(cookies))).toMatchObject({ name: 'Somebody new', role: 'agent' })
  await expect(requireStaff(auth, headers), 'the session that enrolled is over').rejects.toThrow(NotSignedInError)
  expect([...acts, ...context.acts].map(({ act }) => act)).toEqual(['staff.added', 'staff.password-set', 'staff.code-refused', 'staff.factor-enrolled'])
  const kept = JSON.stringify(await auth.store.staffTwoFactor.findMany())
  expect(kept).not.toContain(raw)
  expect(kept).not.toContain(recoveryCodes[0])
  const later = signInContext(auth)
  const again = await signInStaff(later, { email: 'new@example.com', password: 'a password of the test', source, headers: new Headers() })
  expect(again.next).toBe('code')
  expect(await requireStaff(auth, requestWith(await confirmCode(later, { code: recoveryCodes[3]!, source, headers: requestWith(again.cookies) })))).toMatchObject({ role: 'agent' })
})

function secretOf(typed: string): string {
  const bits = Array.from(typed, (letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2))).toString()
}
