/** What every answer has, by header name; an answer that is a page has a policy from content-security-policy.ts as well. */
export function securityHeaders(publicUrl: string): Record<string, string> {
  return {
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'strict-origin-when-cross-origin',
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'geolocation=(self), camera=(), microphone=(), payment=(), usb=()',
    ...(isHttps(publicUrl) ? { 'strict-transport-security': 'max-age=63072000; includeSubDomains' } : {}),
  }
}

/** For answers that are no page: nothing may be loaded or framed. */
export const NO_PAGE_POLICY = "default-src 'none'; frame-ancestors 'none'"

export function isHttps(publicUrl: string): boolean {
  return publicUrl.startsWith('https:')
}
