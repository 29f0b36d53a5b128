import { type Environment, EnvironmentError } from '../../platform/environment.ts'
import { STAFF_ROLES, type StaffRole } from '../staff.ts'

export interface ProviderSettings {
  issuer: string
  clientId: string
  clientSecret: string
  scopes: string[]
  /** Claim that names what somebody is. */
  roleClaim: string
  roles: { value: string; role: StaffRole }[]
}

type ProviderEnvironment = Environment<'STAFF_OIDC_ISSUER' | 'STAFF_OIDC_CLIENT_ID' | 'STAFF_OIDC_CLIENT_SECRET' | 'STAFF_OIDC_ROLE_CLAIM' | 'STAFF_OIDC_ROLES'>

/** Null where the utility has no provider. Throws EnvironmentError that names what is missing or wrong. */
export function providerSettings(environment: ProviderEnvironment): ProviderSettings | null {
  const { STAFF_OIDC_ISSUER: issuer, STAFF_OIDC_CLIENT_ID: clientId, STAFF_OIDC_CLIENT_SECRET: clientSecret } = environment
  if (!issuer) return null
  if (!clientId || !clientSecret) throw new EnvironmentError('STAFF_OIDC_ISSUER is set: STAFF_OIDC_CLIENT_ID and STAFF_OIDC_CLIENT_SECRET are needed too')
  if (!issuer.startsWith('https:') && !/^http:\/\/(localhost|127\.0\.0\.1)[:/]/.test(`${issuer}/`)) throw new EnvironmentError('STAFF_OIDC_ISSUER must be https')
  const entries = environment.STAFF_OIDC_ROLES.split(',').map((entry) => entry.trim()).filter(Boolean)
  const roles = entries.map((entry, place) => {
    const cut = entry.lastIndexOf(':')
    const role = STAFF_ROLES.find((one) => one === entry.slice(cut + 1))
    if (cut < 1 || !role) throw new EnvironmentError(`STAFF_OIDC_ROLES: entry ${place + 1} is not value:role; roles: ${STAFF_ROLES.join(', ')}`)
    return { value: entry.slice(0, cut), role }
  })
  if (roles.length === 0) throw new EnvironmentError('STAFF_OIDC_ISSUER is set: STAFF_OIDC_ROLES must say who has which role')
  return { issuer, clientId, clientSecret, scopes: ['openid', 'email', 'profile'], roleClaim: environment.STAFF_OIDC_ROLE_CLAIM, roles }
}
