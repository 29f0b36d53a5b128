import { NO_PAGE_POLICY } from '../../../server/platform/security-headers.ts'

/** Made for one person, or open to one: kept by no cache. */
const PERSONAL = /^\/(desk|sign-in|account|api\/v1\/(me|accounts|outage-reports|guest-look-ups|preload))(\/|$)/
const OUR_COOKIES = /^(__Secure-)?stormdoor-(customer|staff)\./
const LANGUAGE_COOKIE = 'locale'
/** Tells a page's own script that somebody is signed in, and opens nothing. */
const READABLE = /^(__Secure-)?stormdoor-customer\.here$/
/** What they tell other sites of where somebody was. */
const REFERRER_POLICIES = new Set(['strict-origin-when-cross-origin', 'no-referrer'])

/** What an answer's headers leave open, in words; nothing when all is as it must be. */
export function headerFaults(path: string, { headers, status }: Response, body: string, { isHttps = false } = {}): string[] {
  const faults: string[] = []
  const expected: Record<string, string> = { 'x-content-type-options': 'nosniff', 'cross-origin-opener-policy': 'same-origin' }
  for (const [name, value] of Object.entries(expected)) if (headers.get(name) !== value) faults.push(`${name}: ${headers.get(name)}`)
  if (!REFERRER_POLICIES.has(headers.get('referrer-policy') ?? '')) faults.push(`referrer-policy: ${headers.get('referrer-policy')}`)
  for (const name of ['x-powered-by', 'server', 'access-control-allow-origin']) if (headers.has(name)) faults.push(`${name} is told`)
  if (isHttps !== headers.has('strict-transport-security')) faults.push(`strict-transport-security: ${headers.get('strict-transport-security')}`)
  const tells = body !== '' || status < 400
  if (tells && PERSONAL.test(path) && !headers.get('cache-control')?.includes('no-store')) faults.push(`cache-control: ${headers.get('cache-control')}`)
  if (path.startsWith('/api/v1/me') && headers.get('content-type') === 'application/json' && !headers.get('vary')?.includes('cookie')) faults.push(`vary: ${headers.get('vary')}`)
  if (path.startsWith('/api/') && headers.get('content-security-policy') !== NO_PAGE_POLICY) faults.push(`content-security-policy: ${headers.get('content-security-policy')}`)
  if (headers.get('content-type')?.startsWith('text/html') && body !== '') faults.push(...policyFaults(headers.get('content-security-policy') ?? '', body))
  return [...faults, ...headers.getSetCookie().flatMap((cookie) => cookieFaults(cookie, isHttps))]
}

function policyFaults(policy: string, html: string): string[] {
  const directives = new Map(policy.split(/;\s*/).map((directive) => [directive.split(' ')[0]!, directive.split(' ').slice(1)]))
  const faults: string[] = []
  const scripts = directives.get('script-src') ?? []
  for (const [name, value] of [['default-src', "'self'"], ['frame-ancestors', "'none'"], ['object-src', "'none'"], ['base-uri', "'none'"], ['form-action', "'self'"]] as const) {
    if (directives.get(name)?.join(' ') !== value) faults.push(`${name} ${directives.get(name)?.join(' ')}`)
  }
  for (const loose of ["'unsafe-inline'", "'unsafe-eval'", "'unsafe-hashes'", '*', 'https:', 'http:', 'data:']) if (scripts.includes(loose)) faults.push(`script-src ${loose}`)
  if (/\son[a-z]+="/i.test(html.replaceAll(/<script[\s\S]*?<\/script>/g, ''))) faults.push('a handler in an attribute')
  return faults
}

function cookieFaults(cookie: string, isHttps: boolean): string[] {
  const [pair, ...attributes] = cookie.split(/;\s*/)
  const name = pair!.split('=')[0]!
  const has = (wanted: RegExp) => attributes.some((attribute) => wanted.test(attribute))
  if (name === LANGUAGE_COOKIE) return []
  return [
    OUR_COOKIES.test(name) ? null : `the cookie ${name} is none of ours`,
    has(/^httponly$/i) || READABLE.test(name) ? null : `${name} without HttpOnly`,
    has(/^samesite=(lax|strict)$/i) ? null : `${name} without SameSite`,
    has(/^path=\//i) ? null : `${name} without Path`,
    has(/^domain=/i) ? `${name} with Domain` : null,
    has(/^secure$/i) === isHttps ? null : `${name} ${isHttps ? 'without' : 'with'} Secure`,
  ].filter((fault) => fault !== null)
}
