import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { freshDatabase } from '../../bin/test-support/fresh-database.ts'
import { quickPasswords } from '../../bin/test-support/quick-passwords.ts'
import { systemClock } from '../../domain/clock.ts'
import { trackDependency } from '../platform/dependency-states.ts'
import { InvalidInputError, NotSignedInError, ReadsUnavailableError, TooManyRequestsError } from '../platform/errors.ts'
import { requireStaff } from './require-staff.ts'
import { type DemoLogin, seedDemoStaff } from './seed-demo-staff.ts'
import type { SessionCookie } from './session-cookie.ts'
import { signInStaff } from './sign-in-staff.ts'
import { signOutStaff } from './sign-out-staff.ts'
import { createStaffAuth, type StaffAuth } from './staff-auth.ts'
import { SESSION_SECONDS } from './staff-library.ts'
import { forgetCodes, requestWith, signInContext, signInFully } from './staff-sign-in.fixture.ts'

const sessionSecret = 'a secret of the test, long enough to be one'
const publicUrl = 'http://localhost:3000'
/** Nothing listens on port 1: what a dead Postgres looks like from here. */
const DEAD_DATABASE = 'postgresql://nobody@127.0.0.1:1/none'

let databaseUrl: string
let auth: StaffAuth
let deadAuth: StaffAuth
let agent: DemoLogin

beforeAll(async () => {
  vi.stubEnv('STORMDOOR_ENV', 'test')
  databaseUrl = await freshDatabase()
  const [first] = await seedDemoStaff({ databaseUrl, sessionSecret, passwords: quickPasswords })
  agent = first!
  auth = createStaffAuth({ databaseUrl, sessionSecret, publicUrl, passwords: quickPasswords })
  deadAuth = createStaffAuth({ databaseUrl: DEAD_DATABASE, sessionSecret, publicUrl, passwords: quickPasswords })
})

afterAll(async () => {
  vi.unstubAllEnvs()
  await Promise.all([auth.close(), deadAuth.close()])
})

async function signIn(login: DemoLogin, through = auth): Promise<SessionCookie[]> {
  await forgetCodes(through)
  return signInFully(signInContext(through), login)
}

const signOut = (through: StaffAuth, headers: Headers) =>
  signOutStaff({ auth: through, clock: systemClock, audit: { take: () => undefined }, log: () => Promise.reject(new Error('no log here')) }, headers)

async function query(sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    return (await client.query(sql)).rows as Record<string, unknown>[]
  } finally {
    await client.end()
  }
}

describe('a staff session', () => {
  test('tells who it is, with Postgres and without', async () => {
    const headers = requestWith(await signIn(agent))
    const staff = await requireStaff(auth, headers)
    expect(staff).toEqual({ staffId: expect.any(String), name: 'Demo agent', role: 'agent' })
    expect(await requireStaff(deadAuth, headers)).toEqual(staff)
  })

  test('is not asked for in a Postgres that is known to be dead, and is when it is back', async () => {
    const headers = requestWith(await signIn(agent))
    await query('DELETE FROM identity.staff_session')
    const postgres = trackDependency('postgres')
    try {
      postgres.changed('open', 'time-out')
      expect(await requireStaff(auth, headers)).toMatchObject({ role: 'agent' })
      postgres.changed('closed', null)
      await expect(requireStaff(auth, headers)).rejects.toThrow(NotSignedInError)
    } finally {
      postgres.release()
    }
  })

  test('lasts twelve hours in both cookies, which no script can read', async () => {
    const cookies = await signIn(agent)
    const kept = cookies.filter(({ value }) => value !== '')
    expect(kept.map(({ name }) => name)).toEqual(['stormdoor-staff.session_token', 'stormdoor-staff.session_data'])
    for (const { options } of kept) expect(options).toMatchObject({ maxAge: SESSION_SECONDS, httpOnly: true, sameSite: 'lax' })
  })

  test('is refused after its end while Postgres is dead', async () => {
    const headers = requestWith(await signIn(agent))
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + (SESSION_SECONDS - 60) * 1000 })
    try {
      expect(await requireStaff(deadAuth, headers)).toMatchObject({ role: 'agent' })
      vi.setSystemTime(Date.now() + 120_000)
      await expect(requireStaff(deadAuth, headers)).rejects.toThrow(NotSignedInError)
    } finally {
      vi.useRealTimers()
    }
  })

  test('is refused when one character of a cookie was changed', async () => {
    const cookies = await signIn(agent)
    for (const changed of [0, 1]) {
      const tampered = cookies.map((cookie, index) => {
        const middle = Math.floor(cookie.value.length / 3)
        const other = cookie.value[middle] === 'A' ? 'B' : 'A'
        return index === changed ? { ...cookie, value: cookie.value.slice(0, middle) + other + cookie.value.slice(middle + 1) } : cookie
      })
      await expect(requireStaff(deadAuth, requestWith(tampered))).rejects.toThrow(NotSignedInError)
    }
  })

  test('cannot promote itself: the role in the cookie is signed', async () => {
    const cookies = await signIn(agent)
    const promoted = cookies.map((cookie) => {
      if (!cookie.name.endsWith('session_data')) return cookie
      const content = Buffer.from(cookie.value, 'base64url').toString().replace('"role":"agent"', '"role":"dispatcher"')
      expect(content).toContain('dispatcher')
      return { ...cookie, value: Buffer.from(content).toString('base64url') }
    })
    await expect(requireStaff(deadAuth, requestWith(promoted))).rejects.toThrow(NotSignedInError)
  })

  test('signed by another secret, or by none, is refused', async () => {
    const headers = requestWith(await signIn(agent))
    const other = createStaffAuth({ databaseUrl: DEAD_DATABASE, sessionSecret: `${sessionSecret}!`, publicUrl })
    await expect(requireStaff(other, headers)).rejects.toThrow(NotSignedInError)
    await expect(requireStaff(auth, new Headers())).rejects.toThrow(NotSignedInError)
    await expect(requireStaff(deadAuth, new Headers())).rejects.toThrow(NotSignedInError)
    await other.close()
  })

  test('ends at once when it is signed out, even for a copy of its cookies', async () => {
    const headers = requestWith(await signIn(agent))
    const cleared = await signOut(auth, headers)
    expect(cleared.map(({ value, options }) => [value, options.maxAge])).toEqual(cleared.map(() => ['', 0]))
    expect(cleared.map(({ name }) => name)).toContain('stormdoor-staff.session_data')
    await expect(requireStaff(auth, headers)).rejects.toThrow(NotSignedInError)
  })

  test('clears its cookies also while Postgres is dead', async () => {
    const headers = requestWith(await signIn(agent))
    const cleared = await signOut(deadAuth, headers)
    expect(cleared.find(({ name }) => name === 'stormdoor-staff.session_token')).toMatchObject({ value: '', options: { maxAge: 0 } })
  })
})

describe('signing in', () => {
  test('refuses a wrong password and an unknown login in the same way', async () => {
    await expect(signIn({ ...agent, password: 'wrong' })).rejects.toThrow(NotSignedInError)
    await expect(signIn({ ...agent, email: 'nobody@example.com' })).rejects.toThrow(NotSignedInError)
    const context = signInContext(auth)
    await expect(signInFully(context, { ...agent, password: 'wrong' })).rejects.toThrow(NotSignedInError)
    await expect(signInFully(context, { ...agent, email: 'nobody@example.com' })).rejects.toThrow(NotSignedInError)
    const kept = { act: 'staff.sign-in-refused', actor: { kind: 'guest', id: expect.stringMatching(/^[\w-]{43}$/) } }
    expect(context.acts).toMatchObject([{ ...kept, subject: { id: expect.stringMatching(/^[0-9a-f-]{36}$/) } }, { ...kept, subject: { id: 'unknown' } }])
  })

  test('names the fields that are not filled in', async () => {
    const refusal = await signIn({ ...agent, email: 'agent', password: '' }).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(InvalidInputError)
    expect((refusal as InvalidInputError).fields.map(({ field }) => field).sort()).toEqual(['/email', '/password'])
  })

  test('says that it cannot check while Postgres is dead, and does not count the attempt', async () => {
    const context = signInContext(deadAuth)
    for (let attempt = 0; attempt < 10; attempt++) {
      await expect(signInStaff(context, { ...agent, source: '192.0.2.8', headers: new Headers() })).rejects.toThrow(ReadsUnavailableError)
    }
  })

  test('slows a guesser, 50 at once included, and not the same login from elsewhere', async () => {
    const context = signInContext(auth)
    const attempt = (source: string, password: string) => signInStaff(context, { email: agent.email, password, source, headers: new Headers() })
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => attempt('198.51.100.1', 'guess')))
    const tooMany = outcomes.filter((outcome) => outcome.status === 'rejected' && outcome.reason instanceof TooManyRequestsError)
    expect(tooMany).toHaveLength(44)
    await expect(attempt('198.51.100.1', agent.password)).rejects.toThrow(TooManyRequestsError)
    expect(await attempt('198.51.100.2', agent.password)).toMatchObject({ next: 'code' })
  })
})

describe('demo logins', () => {
  test('are made once, the same each time, and stored nowhere in clear', async () => {
    const again = await seedDemoStaff({ databaseUrl, sessionSecret, passwords: quickPasswords })
    expect(again[0]).toMatchObject(agent)
    expect(again.map(({ email }) => email)).toEqual(['agent@example.com', 'dispatcher@example.com', 'supervisor@example.com', 'auditor@example.com'])
    expect(await query('SELECT email FROM identity.staff_member')).toHaveLength(4)
    expect(JSON.stringify(await query('SELECT * FROM identity.staff_credential'))).not.toContain(agent.password)
  })

  test('get their new password when the secret was changed', async () => {
    const other = await freshDatabase()
    await seedDemoStaff({ databaseUrl: other, sessionSecret, passwords: quickPasswords })
    const [changed] = await seedDemoStaff({ databaseUrl: other, sessionSecret: `another ${sessionSecret}`, passwords: quickPasswords })
    const otherAuth = createStaffAuth({ databaseUrl: other, sessionSecret: `another ${sessionSecret}`, publicUrl, passwords: quickPasswords })
    await expect(signIn(agent, otherAuth)).rejects.toThrow(NotSignedInError)
    expect((await signIn(changed!, otherAuth)).map(({ name }) => name)).toContain('stormdoor-staff.session_data')
    await otherAuth.close()
  })

  test('are never made in production', async () => {
    vi.stubEnv('STORMDOOR_ENV', 'production')
    await expect(seedDemoStaff({ databaseUrl, sessionSecret, passwords: quickPasswords })).rejects.toThrow('production')
    vi.stubEnv('STORMDOOR_ENV', '')
    await expect(seedDemoStaff({ databaseUrl, sessionSecret, passwords: quickPasswords })).rejects.toThrow('production')
    vi.stubEnv('STORMDOOR_ENV', 'test')
  })
})
