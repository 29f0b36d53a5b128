import { type Answer, answerOf } from './classify-answer.ts'
import type { Transport } from './outbox.ts'

/** The door over `fetch`. A redirect is never followed: the door answers none, a captive network does. */
export const httpTransport: Transport = {
  async post(path, body, headers, signal) {
    const response = await fetch(path, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
      redirect: 'manual',
      cache: 'no-store',
      credentials: 'same-origin',
      signal,
    })
    return read(response)
  },
  async fetchKeys(signal) {
    const response = await fetch('/.well-known/jwks.json', { redirect: 'error', cache: 'no-cache', signal })
    return read(response)
  },
}

async function read(response: Response): Promise<Answer> {
  return answerOf(response.status, (name) => response.headers.get(name), await response.text())
}
