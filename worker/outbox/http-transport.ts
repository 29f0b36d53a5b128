import type { Transport } from './outbox.ts'

/** The door over `fetch`. A redirect is never followed: the door answers none, a captive network does. */
export const httpTransport: Transport = {
  async postReport(body, headers, signal) {
    const response = await fetch('/api/v1/outage-reports', {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
      redirect: 'manual',
      cache: 'no-store',
      credentials: 'same-origin',
      signal,
    })
    return {
      status: response.status,
      contentType: response.headers.get('content-type'),
      retryAfter: response.headers.get('retry-after'),
      text: await response.text(),
    }
  },
  async fetchKeys(signal) {
    const response = await fetch('/.well-known/jwks.json', { redirect: 'error', cache: 'no-cache', signal })
    return response.ok ? ((await response.json()) as unknown) : null
  },
}
