import { type IncomingMessage, request } from 'node:http'
import { type Answer, answerOf } from '../../worker/outbox/classify-answer.ts'
import type { Transport } from '../../worker/outbox/outbox.ts'
import type { Attempt } from './timeline.ts'

/** A receipt as a door answered it, whoever asked and whatever became of the asker. */
export interface AnsweredReceipt {
  id: string
  bodyHash: string
  receipt: string
}

/** Everything that was sent and answered, in the order of the ends. */
export interface Correspondence {
  attempts: Attempt[]
  receipts: AnsweredReceipt[]
}

/**
 * The public API over a connection of its own for every send, as from many phones, so that the kernel spreads them over
 * the doors that listen. The keys are fetched once, as the worker keeps them.
 * @param kept is added to
 */
export function doorTransport(url: string, kept: Correspondence): Transport {
  let keys: Promise<Answer> | null = null
  return {
    post: async (path, body, headers, signal) => {
      const { id } = JSON.parse(new TextDecoder().decode(body)) as { id: string }
      const attempt: Attempt = { id, startedMs: performance.now(), endedMs: 0, status: 0 }
      try {
        const answer = await exchange(new URL(path, url), { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body, signal })
        attempt.status = answer.status
        keepReceipt(kept, answer)
        return answer
      } finally {
        attempt.endedMs = performance.now()
        kept.attempts.push(attempt)
      }
    },
    fetchKeys: async (signal) => {
      keys ??= exchange(new URL('/.well-known/jwks.json', url), { method: 'GET', headers: {}, signal })
      try {
        return await keys
      } catch (error) {
        keys = null
        throw error
      }
    },
  }
}

/** An answer that is none of the door's is left to the phone to judge. */
function keepReceipt(kept: Correspondence, { status, text }: Answer): void {
  if (status !== 200 && status !== 201) return
  const { id, bodyHash, receipt } = JSON.parse(text) as AnsweredReceipt
  kept.receipts.push({ id, bodyHash, receipt })
}

interface Question {
  method: string
  headers: Record<string, string>
  body?: Uint8Array
  signal: AbortSignal
}

function headerOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value[0] : value
}

function exchange(url: URL, { method, headers, body, signal }: Question): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = body ? { 'content-length': String(body.byteLength) } : {}
    const asked = request(url, { method, headers: { ...headers, ...length }, agent: false, signal }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.once('error', reject)
      response.once('end', () =>
        resolve(answerOf(response.statusCode ?? 0, (name) => headerOf(response, name), Buffer.concat(chunks).toString('utf8'))),
      )
    })
    asked.once('error', reject)
    asked.end(body)
  })
}
