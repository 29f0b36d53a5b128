import type { Me, Profile, ProfileChange } from '../../../../domain/me.ts'
import type { Problem } from '../../../../domain/problem.ts'

const TIMEOUT_MS = 8_000

/** @throws when it cannot be had, or is about another login: what was read before then stays, with its age */
export async function readMe(loginId: string, signal: AbortSignal): Promise<Me> {
  const response = await fetch('/api/v1/me', { headers: { accept: 'application/json' }, cache: 'no-store', signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]) })
  if (!response.ok) throw new Error(`/api/v1/me answered ${response.status}`)
  const me = (await response.json()) as Partial<Me>
  if (me.loginId !== loginId || !Array.isArray(me.accounts)) throw new TypeError('Not this login')
  return me as Me
}

/** What became of a change: `changed-meanwhile` by somebody else, `sign-in-again` for who did so long ago, `unclear` when it may stand all the same. */
export type Outcome<T> = { done: T } | { failed: 'changed-meanwhile' | 'signed-out' | 'sign-in-again' | 'unclear' } | { failed: 'wrong'; fields: string[] }

export function saveProfile(change: ProfileChange): Promise<Outcome<Profile>> {
  return send<Profile>('PUT', '/api/v1/me/profile', change)
}

export function askForErasure(request: { requestId: string; email: string }): Promise<Outcome<unknown>> {
  return send('POST', '/api/v1/me/erasure', request)
}

async function send<T>(method: 'PUT' | 'POST', path: string, body: object): Promise<Outcome<T>> {
  try {
    const response = await fetch(path, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body), signal: AbortSignal.timeout(TIMEOUT_MS) })
    const answer: unknown = await response.json()
    if (response.ok) return { done: answer as T }
    if (response.status === 409) return { failed: 'changed-meanwhile' }
    if (response.status === 401) return { failed: 'signed-out' }
    if (response.status === 403 && (answer as Problem).type.endsWith(':sign-in-again')) return { failed: 'sign-in-again' }
    if (response.status === 422) return { failed: 'wrong', fields: ((answer as Problem).errors ?? []).map(({ field }) => field) }
  } catch {
    // No answer, or another's than ours: it may have arrived.
  }
  return { failed: 'unclear' }
}
