import { hash, timingSafeEqual } from 'node:crypto'
import { ForbiddenError, NotSignedInError } from '../platform/errors.ts'

const SERVICE_SCOPES = ['preload', 'accept-difference'] as const
export type ServiceScope = (typeof SERVICE_SCOPES)[number]

export interface ServiceToken {
  /** Of the program: shown to staff and kept in the log. */
  name: string
  scopes: readonly ServiceScope[]
  /** SHA-256 of the token. */
  digest: Buffer
}

const TOKEN = /^([a-z0-9-]{1,32}):([a-z+-]+):([0-9a-f]{64})$/

/**
 * @param list STORMDOOR_SERVICE_TOKENS: `name:scope+scope:sha256hex`, with commas
 * @throws TypeError that names the place of a wrong one and none of its characters
 */
export function parseServiceTokens(list: string): ServiceToken[] {
  const entries = list.split(',').map((entry) => entry.trim()).filter(Boolean)
  return entries.map((entry, place) => {
    const [, name, scopes, digest] = TOKEN.exec(entry) ?? []
    const known = (scopes?.split('+') ?? []).map((scope) => SERVICE_SCOPES.find((one) => one === scope))
    if (!name || !digest || known.length === 0 || known.includes(undefined)) {
      throw new TypeError(`STORMDOOR_SERVICE_TOKENS: entry ${place + 1} is not name:scope+scope:SHA-256 in hex; scopes: ${SERVICE_SCOPES.join(', ')}`)
    }
    return { name, scopes: known.filter((scope) => scope !== undefined), digest: Buffer.from(digest, 'hex') }
  })
}

/**
 * The program that shows this Authorization header. Every token is compared, in constant time.
 * Throws NotSignedInError, and ForbiddenError for a program that may not do this.
 */
export function requireService(tokens: readonly ServiceToken[], authorization: string | undefined, scope: ServiceScope): { name: string } {
  const [, shown] = /^Bearer +(\S+)$/i.exec(authorization ?? '') ?? []
  if (shown === undefined) throw new NotSignedInError('A bearer token is needed')
  const digest = hash('sha256', shown, 'buffer')
  let known: ServiceToken | null = null
  for (const token of tokens) if (timingSafeEqual(token.digest, digest)) known = token
  if (!known) throw new NotSignedInError('This token is not known')
  if (!known.scopes.includes(scope)) throw new ForbiddenError(`This token is not for ${scope}`)
  return { name: known.name }
}
