import { createHmac, timingSafeEqual } from 'node:crypto'

/** What web shows the search process: both have the secret, and nobody else on the machine may read names from its port. */
export function searchToken(sessionSecret: string): string {
  return createHmac('sha256', sessionSecret).update('stormdoor search').digest('base64url')
}

export function isSearchToken(token: string, sessionSecret: string): boolean {
  const expected = Buffer.from(searchToken(sessionSecret))
  const given = Buffer.from(token)
  return given.length === expected.length && timingSafeEqual(given, expected)
}
