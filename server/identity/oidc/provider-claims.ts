import { z } from 'zod'
import type { StaffRole } from '../staff.ts'
import type { ProviderSettings } from './provider-settings.ts'

const WITHIN_MS = 3_000
const claimsSchema = z.looseObject({ sub: z.string().min(1).max(255), email: z.string().optional(), email_verified: z.union([z.boolean(), z.string()]).optional(), name: z.string().optional() })

export interface ProviderClaims {
  /** Who they are at the provider, for good. */
  subject: string
  email: string
  name: string
  /** Null when nothing that the provider says is mapped to one. */
  role: StaffRole | null
}

/**
 * What the provider says of whoever signed in: by its ID token, and by its user info where that says more.
 * Null without an ID token, or without an address, or with one that the provider calls unproved. The caller has checked the token.
 */
export async function claimsOf(tokens: { idToken?: string; accessToken?: string }, settings: Pick<ProviderSettings, 'roleClaim' | 'roles'>, userInfoUrl: string | null): Promise<ProviderClaims | null> {
  const payload = tokens.idToken?.split('.')[1]
  if (!payload) return null
  const ofToken = claimsSchema.parse(JSON.parse(Buffer.from(payload, 'base64url').toString()))
  const isWhole = ofToken.email !== undefined && ofToken[settings.roleClaim] !== undefined
  const more = isWhole || !userInfoUrl || !tokens.accessToken ? {} : await userInfo(userInfoUrl, tokens.accessToken, ofToken.sub)
  const claims = claimsSchema.parse({ ...more, ...ofToken })
  const email = z.email().max(254).safeParse(claims.email?.trim().toLowerCase())
  // Many providers of an organisation say nothing of it; what one calls unproved may be anybody's.
  if (!email.success || String(claims.email_verified) === 'false') return null
  return { subject: claims.sub, email: email.data, name: claims.name?.slice(0, 160) || email.data, role: roleOf(claims[settings.roleClaim], settings.roles) }
}

/** A list, one value, or several with spaces. The first of the mapping that fits counts. */
function roleOf(claim: unknown, roles: ProviderSettings['roles']): StaffRole | null {
  const values = new Set(Array.isArray(claim) ? claim : typeof claim === 'string' ? [claim, ...claim.split(' ')] : [])
  return roles.find(({ value }) => values.has(value))?.role ?? null
}

async function userInfo(url: string, accessToken: string, subject: string): Promise<Record<string, unknown>> {
  const answer = await fetch(url, { headers: { authorization: `Bearer ${accessToken}` }, signal: AbortSignal.timeout(WITHIN_MS) })
  if (!answer.ok) return {}
  const claims = claimsSchema.safeParse(await answer.json())
  // Of somebody else: what OpenID Connect Core 5.3.2 says to refuse.
  return claims.success && claims.data.sub === subject ? claims.data : {}
}
