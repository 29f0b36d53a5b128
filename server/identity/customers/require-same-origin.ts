import { ForbiddenError } from '../../platform/errors.ts'

/**
 * For a request that changes something by a customer's cookies: it must come from a page of the portal. Browsers say so in
 * `Sec-Fetch-Site`, older ones in `Origin`; what says neither is no page. Throws ForbiddenError.
 */
export function requireSameOrigin(headers: Headers, publicUrl: string): void {
  const site = headers.get('sec-fetch-site')
  const origin = headers.get('origin')
  const own = origin === null ? site === 'same-origin' : origin === new URL(publicUrl).origin && (site === null || site === 'same-origin')
  if (!own) throw new ForbiddenError('This request does not come from a page of the portal')
}
