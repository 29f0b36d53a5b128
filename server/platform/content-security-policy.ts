import { hash } from 'node:crypto'

const INLINE_SCRIPT = /<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g

/**
 * The policy of one page. Scripts are the page's own files and the inline ones that are named, by nonce or by hash:
 * never `unsafe-inline`. Styles are files alone.
 */
export function contentSecurityPolicy(scripts: { nonce: string } | { hashes: readonly string[] }, options: { development?: boolean } = {}): string {
  const named = 'nonce' in scripts ? [`'nonce-${scripts.nonce}'`, "'strict-dynamic'"] : scripts.hashes.map((hash) => `'sha256-${hash}'`)
  const development = options.development ?? false
  return [
    "default-src 'self'",
    `script-src ${["'self'", ...named, ...(development ? ["'unsafe-eval'"] : [])].join(' ')}`,
    `style-src 'self'${development ? " 'unsafe-inline'" : ''}`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/** base64 SHA-256 of each inline script of a prerendered page, in order, each once. */
export function inlineScriptHashes(html: string): string[] {
  return [...new Set(Array.from(html.matchAll(INLINE_SCRIPT), ([, script]) => hash('sha256', script!, 'base64')))]
}
