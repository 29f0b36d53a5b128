import type { Answer } from '../../worker/outbox/classify-answer.ts'
import type { Transport } from '../../worker/outbox/outbox.ts'

/** The public API as a phone reaches it. @param url of the portal, such as http://127.0.0.1:3000 */
export function httpTransport(url: string): Transport {
  return {
    postReport: async (body, headers, signal): Promise<Answer> => {
      const response = await fetch(new URL('/api/v1/outage-reports', url), {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body,
        signal,
        redirect: 'manual',
      })
      return {
        status: response.status >= 300 && response.status < 400 ? 0 : response.status,
        contentType: response.headers.get('content-type'),
        retryAfter: response.headers.get('retry-after'),
        text: await response.text(),
      }
    },
    fetchKeys: async (signal) => {
      const response = await fetch(new URL('/.well-known/jwks.json', url), { signal })
      return await response.json()
    },
  }
}
