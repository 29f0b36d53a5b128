import type { MessageCarrier } from './message.ts'

const WITHIN_MS = 10_000

/**
 * Text messages by a gateway's webhook: POST of `{ to, text }` as JSON, any 2xx means taken. A password in the URL
 * (`https://:token@host/path`) goes as a bearer token, with a user name as basic authentication.
 */
export function smsGateway(url: string): MessageCarrier {
  const address = new URL(url)
  const [user, password] = [decodeURIComponent(address.username), decodeURIComponent(address.password)]
  address.username = ''
  address.password = ''
  const basic = Buffer.from(`${user}:${password}`).toString('base64')
  const authorization: Record<string, string> = password === '' ? {} : { authorization: user === '' ? `Bearer ${password}` : `Basic ${basic}` }
  return {
    carry: async ({ to, text }) => {
      const answer = await fetch(address, {
        method: 'POST', headers: { 'content-type': 'application/json', ...authorization }, body: JSON.stringify({ to, text }), signal: AbortSignal.timeout(WITHIN_MS), redirect: 'error',
      })
      await answer.body?.cancel()
      if (!answer.ok) throw new Error(`The gateway for text messages answered ${answer.status}`)
    },
    close: () => undefined,
  }
}
