import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { generateKeyPair, exportJWK, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { freshDatabase } from '../../../bin/test-support/fresh-database.ts'
import { type OpenIdProvider, startOpenIdProvider } from '../../../bin/test-support/open-id-provider.ts'
import { systemClock } from '../../../domain/clock.ts'
import type { NewEvent } from '../../../domain/event.ts'
import type { Act } from '../../audit/record-acts.ts'
import { EnvironmentError } from '../../platform/environment.ts'
import { ForbiddenError, NotSignedInError, ReadsUnavailableError } from '../../platform/errors.ts'
import { requireStaff } from '../require-staff.ts'
import { createStaffAuth, type StaffAuth } from '../staff-auth.ts'
import { requestWith, signInContext } from '../staff-sign-in.fixture.ts'
import { type ProviderSettings, providerSettings } from './provider-settings.ts'
import { signInWithProvider } from './sign-in-with-provider.ts'
import { staffProvider } from './staff-provider.ts'

const publicUrl = 'http://localhost:3000'
const sessionSecret = 'a secret of the test, long enough to be one'
const redirectUri = `${publicUrl}/sign-in/oidc/callback`

let auth: StaffAuth
let idp: OpenIdProvider

beforeAll(async () => {
  auth = createStaffAuth({ databaseUrl: await freshDatabase(), sessionSecret, publicUrl })
  idp = await startOpenIdProvider({ redirectUri, people: { lead: { email: 'lead@example.com', name: 'A lead', groups: ['staff', 'desk-leads'] }, guest: { email: 'guest@example.com', name: 'A guest', groups: ['staff'] } } })
})

afterAll(async () => {
  await Promise.all([auth.close(), idp.close()])
})

const settings = (more: Partial<ProviderSettings> = {}): ProviderSettings => ({
  issuer: idp.issuer, clientId: idp.clientId, clientSecret: idp.clientSecret, scopes: ['openid', 'email', 'profile'], roleClaim: 'groups',
  roles: [{ value: 'desk-leads', role: 'supervisor' }, { value: 'desk-agents', role: 'agent' }], ...more,
})

function context(provider = staffProvider(settings(), auth)) {
  const acts: Act[] = []
  const appended: NewEvent[] = []
  const { audit } = signInContext(auth)
  return {
    auth, provider, clock: systemClock, acts, appended,
    audit: { take: (act: Act) => void acts.push(act), append: (act: Act) => (acts.push(act), audit.append(act)) },
    log: { append: (events: readonly NewEvent[]) => (appended.push(...events), Promise.resolve([])) },
  }
}

/** As a browser does: to the provider, through its sign-in page, and back. @returns the address it is sent back to */
async function throughProvider(url: string, login: string): Promise<URL> {
  const jar = new Map<string, string>()
  const go = async (to: string, init: { method?: string; headers?: Record<string, string>; body?: string } = {}): Promise<URL> => {
    const answer = await fetch(to, { ...init, redirect: 'manual', headers: { ...init.headers, cookie: Array.from(jar, ([name, value]) => `${name}=${value}`).join('; ') } })
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      jar.set(name, value)
    }
    const next = answer.headers.get('location')
    if (next === null) return new URL(to)
    const target = new URL(next, to)
    return target.origin === new URL(publicUrl).origin ? target : go(target.href)
  }
  const page = await go(url)
  const form = { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams({ prompt: 'login', login, password: 'anything' }) }
  return go(page.href, { ...form, body: form.body.toString() })
}

async function signIn(login: string, ctx = context()) {
  const { url, cookies } = await ctx.provider.begin(new Headers())
  const back = await throughProvider(url, login)
  return { ctx, back, begun: requestWith(cookies), finish: () => signInWithProvider(ctx, { query: back.searchParams, headers: requestWith(cookies) }) }
}

describe('signing staff in with an OpenID provider @identity', () => {
  test('asks with PKCE, state and nonce, and gives the role that the provider says', async () => {
    const { ctx, finish, back } = await signIn('lead')
    const { url } = await ctx.provider.begin(new Headers())
    const asked = new URL(url).searchParams
    expect(Object.fromEntries(asked)).toMatchObject({ code_challenge_method: 'S256', redirect_uri: redirectUri, response_type: 'code' })
    for (const name of ['state', 'nonce', 'code_challenge']) expect(asked.get(name)?.length, name).toBeGreaterThan(20)
    expect(back.pathname).toBe('/sign-in/oidc/callback')
    const cookies = await finish()
    expect(await requireStaff(auth, requestWith(cookies))).toMatchObject({ name: 'A lead', role: 'supervisor' })
    expect(ctx.acts.map(({ act }) => act)).toEqual(['staff.added', 'staff.signed-in'])
    const [credential] = await auth.store.staffCredential.findMany()
    expect(credential).toMatchObject({ providerId: 'oidc', accountId: 'lead', accessToken: null, refreshToken: null, idToken: null })
  })

  test('ends the sessions of before when the role is another one now, and no others', async () => {
    const before = requestWith(await (await signIn('lead')).finish())
    const same = await signIn('lead')
    await same.finish()
    expect(same.ctx.appended).toEqual([])
    expect(await requireStaff(auth, before)).toMatchObject({ role: 'supervisor' })
    idp.people.set('lead', { email: 'lead@example.com', name: 'A lead', groups: ['desk-agents'] })
    const changed = await signIn('lead')
    const cookies = await changed.finish()
    expect(await requireStaff(auth, requestWith(cookies))).toMatchObject({ role: 'agent' })
    await expect(requireStaff(auth, before)).rejects.toThrow(NotSignedInError)
    expect(changed.ctx.appended).toMatchObject([{ type: 'sessions.revoked.v1', data: { of: 'staff', why: 'role-changed', sessionId: null } }])
    expect(changed.ctx.acts[0]).toMatchObject({ act: 'staff.role-changed', before: { role: 'supervisor' }, after: { role: 'agent' } })
  })

  test('lets nobody in without a role, and makes no login', async () => {
    const { finish } = await signIn('guest')
    await expect(finish()).rejects.toThrow(ForbiddenError)
    expect(await auth.store.staffMember.findUnique({ where: { email: 'guest@example.com' } })).toBeNull()
  })

  test('refuses a state that is not of this browser, a changed one, and a code that was used', async () => {
    const { ctx, back, begun, finish } = await signIn('lead')
    const { cookies: others } = await ctx.provider.begin(new Headers())
    await expect(signInWithProvider(ctx, { query: back.searchParams, headers: requestWith(others) })).rejects.toThrow(NotSignedInError)
    const again = await signIn('lead')
    const wrong = new URLSearchParams(again.back.searchParams)
    wrong.set('state', 'x'.repeat(32))
    await expect(signInWithProvider(again.ctx, { query: wrong, headers: again.begun })).rejects.toThrow(NotSignedInError)
    await again.finish()
    await expect(again.finish()).rejects.toThrow(NotSignedInError)
    // The code of one sign-in under the state of another: the provider has given it out already.
    const third = await signIn('lead')
    const mixed = new URLSearchParams(third.back.searchParams)
    mixed.set('code', again.back.searchParams.get('code')!)
    await expect(signInWithProvider(third.ctx, { query: mixed, headers: third.begun })).rejects.toThrow(NotSignedInError)
    // Whoever began it is not held up by what others tried.
    expect(await finish()).not.toEqual([])
    expect(begun.get('cookie')).toContain('stormdoor-staff.state')
  })

  test('refuses who was disabled here', async () => {
    await auth.store.staffMember.update({ where: { email: 'lead@example.com' }, data: { disabledAt: new Date() } })
    await expect((await signIn('lead')).finish()).rejects.toThrow(NotSignedInError)
    await auth.store.staffMember.update({ where: { email: 'lead@example.com' }, data: { disabledAt: null } })
  })

  test('says that the provider is away, and tries it again the next time', async () => {
    const away = staffProvider(settings({ issuer: 'http://127.0.0.1:1' }), auth)
    await expect(away.begin(new Headers())).rejects.toThrow(ReadsUnavailableError)
    const other = staffProvider(settings({ issuer: idp.issuer.replace('127.0.0.1', 'localhost') }), auth)
    await expect(other.begin(new Headers()), 'it says that it is another one').rejects.toThrow(ReadsUnavailableError)
  })
})

describe('an ID token that does not count @identity', () => {
  const signing = generateKeyPair('ES256')
  let told: (nonce: string) => Promise<string>
  let issuer = ''
  const server = createServer((request, response) => {
    void answer(request.url ?? '').then((body) => response.setHeader('content-type', 'application/json').end(JSON.stringify(body)))
  })
  let nonce = ''

  async function answer(path: string): Promise<object> {
    if (path.startsWith('/.well-known')) return { issuer, authorization_endpoint: `${issuer}/auth`, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/jwks`, id_token_signing_alg_values_supported: ['ES256', 'none'] }
    if (path === '/jwks') return { keys: [{ ...(await exportJWK((await signing).publicKey)), kid: 'one', alg: 'ES256', use: 'sig' }] }
    return { access_token: 'x', token_type: 'Bearer', expires_in: 60, id_token: await told(nonce) }
  }

  beforeAll(async () => {
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => new Promise((resolve) => {
    server.closeAllConnections()
    server.close(resolve)
  }))

  const claims = (): JWTPayload => ({ iss: issuer, aud: 'stormdoor', sub: 'someone', email: 'someone@example.com', name: 'Someone', groups: ['desk-agents'], nonce })
  const signed = async (payload: JWTPayload, key?: CryptoKey, ends = '5m') =>
    new SignJWT(payload).setProtectedHeader({ alg: 'ES256', kid: 'one' }).setIssuedAt().setExpirationTime(ends).sign(key ?? (await signing).privateKey)
  const finish = async () => {
    const ctx = context(staffProvider(settings({ issuer }), auth))
    const { url, cookies } = await ctx.provider.begin(new Headers())
    nonce = new URL(url).searchParams.get('nonce')!
    const query = new URLSearchParams({ code: 'a code', state: new URL(url).searchParams.get('state')! })
    return signInWithProvider(ctx, { query, headers: requestWith(cookies) })
  }

  test.each<[string, () => Promise<string>]>([
    ['for another audience', () => signed({ ...claims(), aud: 'another' })],
    ['of another issuer', () => signed({ ...claims(), iss: 'https://elsewhere.example' })],
    ['for another sign-in', () => signed({ ...claims(), nonce: 'another nonce' })],
    ['without a nonce', () => signed({ ...claims(), nonce: undefined })],
    ['that is over', () => signed(claims(), undefined, '-1m')],
    ['signed by another key', async () => signed(claims(), (await generateKeyPair('ES256')).privateKey)],
    ['of an address that nobody proved', () => signed({ ...claims(), email_verified: false })],
    ['signed by nobody', () => Promise.resolve(new UnsecuredJWT(claims()).setIssuedAt().setExpirationTime('5m').encode())],
    ['that is none', () => Promise.resolve('')],
  ])('%s opens nothing', async (_what, token) => {
    told = token
    await expect(finish()).rejects.toThrow(NotSignedInError)
    expect(await auth.store.staffMember.findUnique({ where: { email: 'someone@example.com' } })).toBeNull()
  })

  test('and one that does, in the same hand, opens the desk', async () => {
    told = () => signed(claims())
    expect(await requireStaff(auth, requestWith(await finish()))).toMatchObject({ role: 'agent' })
  })
})

test('settings of a provider are read whole or refused', () => {
  vi.stubEnv('STORMDOOR_ENV', 'test')
  const whole = { STAFF_OIDC_ISSUER: 'https://id.example.com', STAFF_OIDC_CLIENT_ID: 'a', STAFF_OIDC_CLIENT_SECRET: 'b', STAFF_OIDC_ROLE_CLAIM: 'groups', STAFF_OIDC_ROLES: 'urn:desk:agents:agent, leads:supervisor' }
  expect(providerSettings(whole)).toMatchObject({ roles: [{ value: 'urn:desk:agents', role: 'agent' }, { value: 'leads', role: 'supervisor' }] })
  expect(providerSettings({ ...whole, STAFF_OIDC_ISSUER: undefined })).toBeNull()
  for (const wrong of [{ STAFF_OIDC_ROLES: '' }, { STAFF_OIDC_ROLES: 'a:owner' }, { STAFF_OIDC_ISSUER: 'http://id.example.com' }, { STAFF_OIDC_CLIENT_SECRET: undefined }]) {
    expect(() => providerSettings({ ...whole, ...wrong }), JSON.stringify(wrong)).toThrow(EnvironmentError)
  }
  vi.unstubAllEnvs()
})
