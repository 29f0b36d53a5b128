import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type NextRequest, NextResponse } from 'next/server'
import { linkCookie } from './app/account/_session/link-cookie.ts'
import { preferredLocale } from './domain/preferred-locale.ts'
import type { Locale } from './domain/report-choices.ts'
import { policyOfPage, policyWithNonce } from './server/platform/content-security-policy.ts'
import { utility } from './utility.config.ts'

const publicUrl = process.env['PUBLIC_URL'] ?? 'http://localhost:3000'
const development = process.env.NODE_ENV === 'development'
const YEAR_SECONDS = 31_536_000
/** Rendered per request; every other page is fixed at build. */
const DYNAMIC = /^\/(desk|sign-in|account)(\/|$)/
const WITHOUT_LANGUAGE = new Set(['/', '/report', '/reports', '/account'])
const NOT_FOUND_PAGE = '/_not-found'

export const config = { matcher: '/((?!_next/|api/|\\.well-known/|.*\\.[a-z0-9]+$).*)' }

/** Languages and the policy for scripts; who may see a page is decided by the verbs that it calls. */
export function proxy(request: NextRequest): NextResponse {
  const { pathname, searchParams } = request.nextUrl
  const locale = preferredLocale(
    utility.locales,
    [searchParams.get('lang'), request.cookies.get('locale')?.value],
    request.headers.get('accept-language'),
  )
  if (WITHOUT_LANGUAGE.has(pathname)) return toLocale(request, pathname === '/' ? `/${locale}` : `/${locale}${pathname}`)
  if (DYNAMIC.test(pathname)) {
    const kept = linkCookie(pathname, searchParams.get('token'), publicUrl.startsWith('https:'))
    if (kept) return keepToken(request, kept)
    return searchParams.has('lang') ? rememberLocale(request, locale) : withNonce(request)
  }
  if (development) return withNonce(request)
  const response = NextResponse.next()
  response.headers.set('content-security-policy', prerenderedPolicy(pathname))
  return response
}

function toLocale(request: NextRequest, path: string): NextResponse {
  const response = NextResponse.redirect(new URL(path, request.nextUrl))
  response.headers.set('vary', 'accept-language, cookie')
  response.headers.set('cache-control', 'no-store')
  return response
}

/** A chosen language becomes a cookie and leaves the address, so that links and forms need not carry it. */
function rememberLocale(request: NextRequest, locale: Locale): NextResponse {
  const url = new URL(request.nextUrl)
  url.searchParams.delete('lang')
  const response = NextResponse.redirect(url)
  response.cookies.set('locale', locale, { maxAge: YEAR_SECONDS, sameSite: 'lax', path: '/' })
  return response
}

/** The token of a link in a message leaves the address as well. */
function keepToken(request: NextRequest, { name, value, options }: NonNullable<ReturnType<typeof linkCookie>>): NextResponse {
  const url = new URL(request.nextUrl)
  url.searchParams.delete('token')
  const response = NextResponse.redirect(url)
  response.headers.set('cache-control', 'no-store')
  response.cookies.set(name, value, options)
  return response
}

function withNonce(request: NextRequest): NextResponse {
  const policy = policyWithNonce(randomBytes(16).toString('base64'), publicUrl, { development })
  const headers = new Headers(request.headers)
  headers.set('content-security-policy', policy)
  const response = NextResponse.next({ request: { headers } })
  response.headers.set('content-security-policy', policy)
  return response
}

const policies = new Map<string, string>()

/** Of a page as the build wrote it; a page that it did not write is "not found", which it wrote as well. */
function prerenderedPolicy(pathname: string): string {
  const page = isPrerendered(pathname) ? pathname : NOT_FOUND_PAGE
  const known = policies.get(page)
  if (known) return known
  const policy = policyOfPage(prerendered(page) ?? prerendered(NOT_FOUND_PAGE) ?? '', publicUrl)
  policies.set(page, policy)
  return policy
}

/** Only addresses that the utility has: what a visitor types never becomes a path on the disk. */
function isPrerendered(pathname: string): boolean {
  return utility.locales.some((locale) => ['', '/report', '/reports', '/account', '/offline'].some((page) => pathname === `/${locale}${page}`))
}

function prerendered(page: string): string | null {
  try {
    return readFileSync(join(process.cwd(), '.next', 'server', 'app', `${page}.html`), 'utf8')
  } catch {
    return null
  }
}
