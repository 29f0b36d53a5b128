import { setTimeout as delay } from 'node:timers/promises'
import type { PreloadRun } from '../../domain/preload.ts'

const LOOK_MS = 250
const ANSWER_WITHIN_MS = 20_000
const PATIENCE_MS = 30 * 60_000

/**
 * Has the portal load all accounts from its core system, as a full load does it, and waits for the end of the run.
 * @param token of a service that may preload
 * Throws when the load was not applied.
 */
export async function loadAccountsFromCore({ url, token, signal }: { url: string; token: string; signal: AbortSignal }): Promise<{ accounts: number; seconds: number }> {
  const fromMs = performance.now()
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const ask = async <T>(path: string, body?: object): Promise<T> => {
    const answer = await fetch(new URL(path, url), { method: body ? 'POST' : 'GET', headers, body: body && JSON.stringify(body), signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]) })
    if (!answer.ok) throw new Error(`${path} was answered ${answer.status}: ${await answer.text()}`)
    return answer.json() as Promise<T>
  }
  const { runId } = await ask<{ runId: string }>('/api/v1/preload', { full: true })
  while (performance.now() - fromMs < PATIENCE_MS) {
    const run = await ask<PreloadRun>(`/api/v1/preload/${runId}`)
    if (run.state === 'ended') {
      if (run.outcome !== 'applied' && run.outcome !== 'unchanged') throw new Error(`The full load was ${run.outcome}: ${JSON.stringify(run.reasons)}`)
      return { accounts: run.rows, seconds: Math.round((performance.now() - fromMs) / 100) / 10 }
    }
    await delay(LOOK_MS, undefined, { signal })
  }
  throw new Error(`The full load did not end within ${PATIENCE_MS / 60_000} minutes`)
}
