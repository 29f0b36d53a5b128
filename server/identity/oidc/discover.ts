import { z } from 'zod'

const WITHIN_MS = 3_000
const documentSchema = z.object({ issuer: z.string(), authorization_endpoint: z.url(), token_endpoint: z.url(), jwks_uri: z.url(), userinfo_endpoint: z.url().optional() })

/**
 * What the provider says of itself. Rejects unless it is who it is asked as: a document of another issuer is none.
 * @param issuer as configured, with or without a slash at its end
 */
export async function discover(issuer: string): Promise<{ discoveryUrl: string; userInfoUrl: string | null }> {
  const discoveryUrl = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const answer = await fetch(discoveryUrl, { signal: AbortSignal.timeout(WITHIN_MS) })
  if (!answer.ok) throw new Error(`The provider's description was answered by ${answer.status}`)
  const document = documentSchema.parse(await answer.json())
  if (document.issuer.replace(/\/$/, '') !== issuer.replace(/\/$/, '')) throw new Error('The provider says that it is another one')
  return { discoveryUrl, userInfoUrl: document.userinfo_endpoint ?? null }
}
