import { AsyncLocalStorage } from 'node:async_hooks'
import { betterAuth } from 'better-auth'
import { genericOAuth } from 'better-auth/plugins/generic-oauth'
import { ForbiddenError, NotSignedInError, ReadsUnavailableError } from '../../platform/errors.ts'
import { type SessionCookie, sessionCookies, sessionTokenOf } from '../session-cookie.ts'
import type { StaffAuth } from '../staff-auth.ts'
import { staffLibraryOptions } from '../staff-library.ts'
import type { StaffRole } from '../staff.ts'
import { claimsOf, type ProviderClaims } from './provider-claims.ts'
import { discover } from './discover.ts'
import type { ProviderSettings } from './provider-settings.ts'

const PROVIDER_ID = 'oidc'
const AFTER = '/desk'
/** Of the whole exchange: a provider that hangs holds up nobody for longer. */
const WITHIN_MS = 10_000

interface ProviderSignIn {
  cookies: SessionCookie[]
  staffId: string
  role: StaffRole
  /** Of the session that was opened. */
  session: { token: string; createdAtMs: number }
  /** What the role was until now; null for somebody new. */
  roleBefore: StaffRole | null
}

/** The utility's OpenID provider, through the library: discovery, PKCE, state, nonce, and the checks of the ID token. */
export interface StaffProvider {
  /** Where the browser goes, and the cookie that binds what comes back to it. Throws ReadsUnavailableError when the provider or the identity store does not answer. */
  begin(headers: Headers): Promise<{ url: string; cookies: SessionCookie[] }>
  /**
   * What the provider sent the browser back with.
   * Throws NotSignedInError when it does not count, ForbiddenError for who has no role here, ReadsUnavailableError.
   */
  finish(query: URLSearchParams, headers: Headers): Promise<ProviderSignIn>
}

/** Opens nothing by itself: the provider may be away when the portal starts. */
export function staffProvider(settings: ProviderSettings, auth: StaffAuth): StaffProvider {
  let opened: Promise<Library> | null = null
  const library = () => {
    opened ??= openLibrary(settings, auth).catch((error: unknown) => {
      opened = null
      throw new ReadsUnavailableError('The OpenID provider does not answer', { cause: error })
    })
    return within(opened)
  }
  return {
    begin: async (headers) => {
      const { api } = await library()
      const asked = api.signInSocial({ body: { provider: PROVIDER_ID, callbackURL: AFTER, disableRedirect: true }, headers: withoutCookies(headers), returnHeaders: true })
      const { headers: answered, response } = await within(asked).catch((error: unknown) => {
        throw new ReadsUnavailableError('The sign-in could not be begun', { cause: error })
      })
      return { url: response.url ?? '', cookies: sessionCookies(answered) }
    },
    finish: async (query, headers) => {
      const { api, seen } = await library()
      const met: Met = { claims: null, roleBefore: null }
      const answered = await seen.run(met, () =>
        within(api.callbackOAuth({ method: 'GET', params: { id: PROVIDER_ID }, query: Object.fromEntries(query), headers: stateAlone(headers), asResponse: true })),
      )
      const cookies = sessionCookies(answered.headers)
      const token = sessionTokenOf(cookies)
      const to = new URL(answered.headers.get('location') ?? '/', auth.options.publicUrl)
      if (met.claims && !met.claims.role) throw new ForbiddenError('The provider knows no role of this person')
      if (to.pathname !== AFTER || !token || !met.claims?.role) throw new NotSignedInError(`The provider's answer does not count: ${to.searchParams.get('error') ?? answered.status}`)
      const session = await auth.store.staffSession.findUniqueOrThrow({ where: { token }, select: { staffId: true, createdAt: true } })
      return { cookies, staffId: session.staffId, role: met.claims.role, session: { token, createdAtMs: session.createdAt.getTime() }, roleBefore: met.roleBefore }
    },
  }
}

interface Met {
  /** Of an ID token that was found genuine. */
  claims: ProviderClaims | null
  roleBefore: StaffRole | null
}

type Library = Awaited<ReturnType<typeof openLibrary>>

async function openLibrary(settings: ProviderSettings, auth: StaffAuth) {
  const { userInfoUrl, discoveryUrl } = await discover(settings.issuer)
  const seen = new AsyncLocalStorage<Met>()
  const { store, newId, options } = auth
  const base = staffLibraryOptions({ ...options, store, newId, roleOfProfile: true })
  const library = betterAuth({
    ...base,
    emailAndPassword: { enabled: false },
    // The provider is the utility's own: an address that it vouches for is that member of staff.
    account: { ...base.account, accountLinking: { enabled: true, trustedProviders: [PROVIDER_ID], requireLocalEmailVerified: false } },
    onAPIError: { errorURL: `${options.publicUrl}/sign-in` },
    databaseHooks: { ...base.databaseHooks, account: { create: { before: withoutTokens }, update: { before: withoutTokens } } },
    plugins: [
      genericOAuth({
        config: [
          {
            providerId: PROVIDER_ID,
            discoveryUrl,
            clientId: settings.clientId,
            clientSecret: settings.clientSecret,
            scopes: settings.scopes,
            pkce: true,
            requireIdTokenVerification: true,
            redirectURI: `${options.publicUrl}/sign-in/oidc/callback`,
            overrideUserInfo: true,
            // Asked after the library has checked the ID token.
            getUserInfo: async (tokens) => {
              const claims = await claimsOf(tokens, settings, userInfoUrl)
              const met = seen.getStore()
              if (met) met.claims = claims
              if (!claims?.role) return null
              if (met) met.roleBefore = await roleBefore(auth, claims)
              const { subject, email, name, role } = claims
              return { id: subject, sub: subject, email, name, role, emailVerified: true }
            },
            mapProfileToUser: (profile) => ({ role: (profile as { role?: string }).role }),
          },
        ],
      }),
    ],
  })
  const { socialProviders } = await library.$context
  if (!socialProviders.some(({ id }) => id === PROVIDER_ID)) throw new Error('The provider could not be used as it describes itself')
  return { api: library.api, seen }
}

/** Who they are is all that is wanted of the provider: its tokens are not kept. */
function withoutTokens() {
  return Promise.resolve({ data: { accessToken: null, refreshToken: null, idToken: null, accessTokenExpiresAt: null, refreshTokenExpiresAt: null } })
}

async function roleBefore({ store }: StaffAuth, { subject, email }: ProviderClaims): Promise<StaffRole | null> {
  const known = await store.staffCredential.findUnique({ where: { providerId_accountId: { providerId: PROVIDER_ID, accountId: subject } }, select: { staff: { select: { role: true } } } })
  const member = known?.staff ?? (await store.staffMember.findUnique({ where: { email }, select: { role: true } }))
  return (member?.role ?? null) as StaffRole | null
}

function withoutCookies(headers: Headers): Headers {
  const bare = new Headers(headers)
  bare.delete('cookie')
  return bare
}

/** A session that the browser has must have no say in who signs in. */
function stateAlone(headers: Headers): Headers {
  const alone = withoutCookies(headers)
  const kept = (headers.get('cookie') ?? '').split(';').map((one) => one.trim()).filter((one) => /^(__Secure-)?stormdoor-staff\.state=/.test(one))
  alone.set('cookie', kept.join('; '))
  return alone
}

async function within<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new ReadsUnavailableError(`No answer within ${WITHIN_MS} ms`)), WITHIN_MS)
  })
  try {
    return await Promise.race([work, tooLate])
  } finally {
    clearTimeout(timer)
  }
}
