import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Configuration, Provider } from 'oidc-provider'

export interface ProviderPerson {
  email: string
  name: string
  groups: string[]
}

export interface OpenIdProvider {
  issuer: string
  clientId: string
  clientSecret: string
  /** By what they type as their login; the password is anything. May be changed while it runs. */
  people: Map<string, ProviderPerson>
  /** For a portal whose address is known only when it has started. */
  allowRedirect(redirectUri: string): void
  close(): Promise<void>
}

/** A real OpenID provider on 127.0.0.1, with its own pages to sign in on; it asks nobody for consent. */
export async function startOpenIdProvider({ redirectUri, people }: { redirectUri: string; people: Readonly<Record<string, ProviderPerson>> }): Promise<OpenIdProvider> {
  const known = new Map(Object.entries(people))
  const allowed = new Set([redirectUri])
  const clientId = 'stormdoor'
  const clientSecret = 'a secret of the test, long enough to be one'
  const server = createServer()
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const configuration: Configuration = {
    clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri], response_types: ['code'], grant_types: ['authorization_code'] }],
    cookies: { keys: ['a key of the test'] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
    features: { devInteractions: { enabled: true } },
    pkce: { required: () => true },
    findAccount: (_context, login) => {
      const person = known.get(login)
      return person ? { accountId: login, claims: () => ({ sub: login, ...person, email_verified: true }) } : undefined
    },
    loadExistingGrant: async (context) => {
      const { client, session, provider } = context.oidc
      const grant = new provider.Grant({ clientId: client?.clientId, accountId: session?.accountId })
      grant.addOIDCScope('openid email profile')
      await grant.save()
      return grant
    },
  }
  const provider = new Provider(issuer, configuration)
  // The list of a client is fixed when it is made.
  const client = provider.Client.prototype
  const told = Object.getOwnPropertyDescriptor(client, 'redirectUriAllowed')!.value as (this: unknown, uri: string) => boolean
  client.redirectUriAllowed = function allows(uri: string) {
    return allowed.has(uri) || told.call(this, uri)
  }
  const answer = provider.callback()
  server.on('request', (request, response) => void answer(request, response))
  return {
    issuer, clientId, clientSecret, people: known,
    allowRedirect: (uri) => void allowed.add(uri),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
