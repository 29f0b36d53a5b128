import { hash } from 'node:crypto'
import { isHttps } from './security-headers.ts'

const INLINE_SCRIPT = /<script(?![^>]*\ssrc[\s=])[^>]*>([\s\S]*?)<\/script>/g
const INLINE_STYLE = /<style[^>]*>([\s\S]*?)<\/style>/g

/**
 * The policy of a page that is rendered per request: its scripts carry the nonce, its styles are files.
 * @param options.development allows what the development server needs and a built page never does
 */
export function policyWithNonce(nonce: string, publicUrl: string, options: { development?: boolean } = {}): string {
  const { development = false } = options
  return policy([`'nonce-${nonce}'`, "'strict-dynamic'", ...(development ? ["'unsafe-eval'"] : [])], development ? ["'unsafe-inline'"] : [], publicUrl)
}

/**
 * The policy of a finished page: its inline scripts and styles are named by their SHA-256, and nothing else inline runs.
 * @param html as it is served, or with placeholders that stand outside of scripts and styles
 */
export function policyOfPage(html: string, publicUrl: string): string {
  return policy(hashesOf(html, INLINE_SCRIPT), hashesOf(html, INLINE_STYLE), publicUrl)
}

function policy(scripts: readonly string[], styles: readonly string[], publicUrl: string): string {
  return [
    "default-src 'self'",
    `script-src ${["'self'", ...scripts].join(' ')}`,
    `style-src ${["'self'", ...styles].join(' ')}`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    ...(isHttps(publicUrl) ? ['upgrade-insecure-requests'] : []),
  ].join('; ')
}

function hashesOf(html: string, element: RegExp): string[] {
  const hashes = Array.from(html.matchAll(element), ([, content]) => content).filter(Boolean)
  return [...new Set(hashes.map((content) => `'sha256-${hash('sha256', content!, 'base64')}'`))]
}
