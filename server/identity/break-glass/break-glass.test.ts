import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { freshDatabase } from '../../../bin/test-support/fresh-database.ts'
import { temporaryFolder } from '../../../bin/test-support/temporary-folder.ts'
import { quickPasswords } from '../../../bin/test-support/quick-passwords.ts'
import { systemClock } from '../../../domain/clock.ts'
import { InvalidInputError, LogUnavailableError, NotSignedInError, ReadsUnavailableError, TooManyRequestsError } from '../../platform/errors.ts'
import { confirmCode } from '../confirm-code.ts'
import { requireStaff } from '../require-staff.ts'
import { type DemoLogin, seedDemoStaff } from '../seed-demo-staff.ts'
import { signInStaff } from '../sign-in-staff.ts'
import { createStaffAuth, type StaffAuth } from '../staff-auth.ts'
import { requestWith, signInContext, signInFully } from '../staff-sign-in.fixture.ts'
import { totpAt } from '../totp.ts'
import { BREAK_GLASS_SECONDS } from './break-glass-cookie.ts'
import { BREAK_GLASS_DAYS_MOST, type BreakGlassCopy, breakGlassCopy } from './break-glass-copy.ts'
import { renewBreakGlassCopy } from './keep-break-glass-copy.ts'

const sessionSecret = 'a secret of the test, long enough to be one'
const publicUrl = 'http://localhost:3000'
const DEAD_DATABASE = 'postgresql://nobody@127.0.0.1:1/none'
const key = 'ab'.repeat(32)

let auth: StaffAuth
let path: string
let copy: BreakGlassCopy
let agent: DemoLogin
let revoked: { personId: string; beforeMs: number }[] = []
let deadAuth: StaffAuth
const revocations = { isRevoked: (_of: string, personId: string, _session: string, issuedAtMs: number) => revoked.some((one) => one.personId === personId && issuedAtMs < one.beforeMs), ready: () => Promise.resolve(true), take: () => undefined }

beforeAll(async () => {
  vi.stubEnv('STORMDOOR_ENV', 'test')
  const databaseUrl = await freshDatabase()
  const [first] = await seedDemoStaff({ databaseUrl, sessionSecret, passwords: quickPasswords })
  agent = first!
  auth = createStaffAuth({ databaseUrl, sessionSecret, publicUrl, revocations, passwords: quickPasswords })
  deadAuth = createStaffAuth({ databaseUrl: DEAD_DATABASE, sessionSecret, publicUrl, revocations, passwords: quickPasswords })
  path = join(temporaryFolder(), 'break-glass.enc')
  copy = breakGlassCopy(path, key)
})

beforeEach(async () => {
  revoked = []
  await renewBreakGlassCopy(auth, copy, systemClock)
})

afterAll(async () => {
  vi.unstubAllEnvs()
  await Promise.all([auth.close(), deadAuth.close()])
})

const dead = () => signInContext(deadAuth, { breakGlass: copy })
const source = '192.0.2.11'

describe('while the identity store is away @identity', () => {
  test('staff sign in from the copy with password and code; the log has it first, and the session is marked', async () => {
    const context = dead()
    const cookies = await signInFully(context, agent, source)
    const headers = requestWith(cookies)
    expect(await requireStaff(deadAuth, headers)).toEqual({ staffId: expect.any(String), name: 'Demo agent', role: 'agent', breakGlass: true })
    expect(context.acts).toMatchObject([{ act: 'staff.break-glass-signed-in', actor: { kind: 'staff', role: 'agent' } }])
    expect(await requireStaff(auth, headers), 'when the store is back').toMatchObject({ breakGlass: true })
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + BREAK_GLASS_SECONDS * 1_000 + 1_000 })
    await expect(requireStaff(deadAuth, headers)).rejects.toThrow(NotSignedInError)
    vi.useRealTimers()
  })

  test('a code counts once, and a session is none without the log', async () => {
    const context = dead()
    const { cookies } = await signInStaff(context, { ...agent, source, headers: new Headers() })
    const code = totpAt(agent.secret, Date.now())
    const input = { code, source, headers: requestWith(cookies) }
    const outcomes = await Promise.allSettled([confirmCode(context, input), confirmCode(context, input)])
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const unkept = { ...dead(), audit: { take: () => undefined, append: () => Promise.reject(new LogUnavailableError('no log')) } }
    await expect(signInFully(unkept, agent, source)).rejects.toThrow(LogUnavailableError)
  })

  test('wrong passwords and codes are refused and counted, 50 at once included', async () => {
    const context = dead()
    await expect(signInStaff(context, { ...agent, password: 'wrong', source, headers: new Headers() })).rejects.toThrow(NotSignedInError)
    await expect(signInStaff(context, { ...agent, email: 'nobody@example.com', source, headers: new Headers() })).rejects.toThrow(NotSignedInError)
    const { cookies } = await signInStaff(context, { ...agent, source, headers: new Headers() })
    const right = totpAt(agent.secret, Date.now())
    const wrong = String((Number(right) + 1) % 1_000_000).padStart(6, '0')
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => confirmCode(context, { code: wrong, source, headers: requestWith(cookies) })))
    const reasons = outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason : null))
    expect(reasons.filter((reason) => reason instanceof InvalidInputError)).toHaveLength(10)
    expect(reasons.filter((reason) => reason instanceof TooManyRequestsError)).toHaveLength(40)
    expect(context.acts.map(({ act }) => act)).toEqual([...Array(2).fill('staff.sign-in-refused'), ...Array(10).fill('staff.code-refused')])
    await expect(confirmCode(context, { code: right, source, headers: requestWith(cookies) })).rejects.toThrow(TooManyRequestsError)
  })

  test('nobody gets in from a copy that was changed, is too old, is of another key, or is not there', async () => {
    const begin = (breakGlass: BreakGlassCopy | undefined) => signInStaff(signInContext(deadAuth, { breakGlass }), { ...agent, source, headers: new Headers() })
    const whole = readFileSync(path)
    expect(whole.toString('latin1')).not.toContain(agent.email)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    await expect(begin(undefined)).rejects.toThrow(ReadsUnavailableError)
    await expect(begin(breakGlassCopy(path, 'cd'.repeat(32)))).rejects.toThrow(ReadsUnavailableError)
    await expect(begin(breakGlassCopy(`${path}.none`, key))).rejects.toThrow(ReadsUnavailableError)
    for (const place of [0, 30, 45, whole.length - 1]) {
      const changed = Buffer.from(whole)
      changed[place]! ^= 1
      writeFileSync(path, changed)
      await expect(begin(copy), `byte ${place}`).rejects.toThrow(ReadsUnavailableError)
    }
    await renewBreakGlassCopy(auth, copy, { nowMs: () => Date.now() - BREAK_GLASS_DAYS_MOST * 86_400_000 - 1_000 })
    await expect(begin(copy)).rejects.toThrow(ReadsUnavailableError)
    await renewBreakGlassCopy(auth, copy, systemClock)
    expect(await begin(copy)).toMatchObject({ next: 'code' })
  })

  test('whoever was changed after the copy was written is not let in by it, and who was revoked is out', async () => {
    const member = await auth.store.staffMember.findUniqueOrThrow({ where: { email: agent.email } })
    const headers = requestWith(await signInFully(dead(), agent, source))
    revoked = [{ personId: member.id, beforeMs: Date.now() + 1_000 }]
    await expect(requireStaff(deadAuth, headers)).rejects.toThrow(NotSignedInError)
    await expect(signInFully(dead(), agent, source)).rejects.toThrow(NotSignedInError)
    revoked = []
    await auth.store.staffMember.update({ where: { id: member.id }, data: { disabledAt: new Date() } })
    await expect(requireStaff(auth, headers), 'the store is back, and knows').rejects.toThrow(NotSignedInError)
    await renewBreakGlassCopy(auth, copy, systemClock)
    await expect(signInFully(dead(), agent, source)).rejects.toThrow(NotSignedInError)
    await auth.store.staffMember.update({ where: { id: member.id }, data: { disabledAt: null } })
  })

  test('the copy opens nothing while the store answers', async () => {
    const { cookies } = await signInStaff(dead(), { ...agent, source, headers: new Headers() })
    const back = signInContext(auth, { breakGlass: copy })
    await expect(confirmCode(back, { code: totpAt(agent.secret, Date.now()), source, headers: requestWith(cookies) })).rejects.toThrow(NotSignedInError)
  })

  test('a cookie that was changed, or signed by another secret, is none', async () => {
    const cookies = await signInFully(dead(), agent, source)
    const promoted = cookies.map((cookie) => {
      const [payload = '', signature] = cookie.value.split('.')
      const content = Buffer.from(payload, 'base64url').toString().replace('"role":"agent"', '"role":"supervisor"')
      return { ...cookie, value: cookie.value && `${Buffer.from(content).toString('base64url')}.${signature}` }
    })
    await expect(requireStaff(deadAuth, requestWith(promoted))).rejects.toThrow(NotSignedInError)
    const other = createStaffAuth({ databaseUrl: DEAD_DATABASE, sessionSecret: `${sessionSecret}!`, publicUrl })
    await expect(requireStaff(other, requestWith(cookies))).rejects.toThrow(NotSignedInError)
    await other.close()
  })
})
