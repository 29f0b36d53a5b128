import { answerOf } from '../../worker/outbox/classify-answer.ts'
import type { Transport } from '../../worker/outbox/outbox.ts'

/** The public API as a phone reaches it. @param url of the portal, such as http://127.0.0.1:3000 */
export function httpTransport(url: string): Transport {
  return {
    post: async (path, body, headers, signal) => {
      const response = await fetch(new URL(path, url), {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body,
        signal,
        redirect: 'manual',
      })
      const status = response.status >= 300 && response.status < 400 ? 0 : response.status
      return answerOf(status, (name) => response.headers.get(name), await response.text())
    },
    fetchKeys: async (signal) => {
      const response = await fetch(new URL('/.well-known/jwks.json', url), { signal })
      return answerOf(response.status, (name) => response.headers.get(name), await response.text())
    },
  }
}
