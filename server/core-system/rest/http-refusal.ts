import { z } from 'zod'
import { CoreAnswerError, CoreGoneError, CoreRefusedError, CoreUnavailableError } from '../core-errors.ts'
import type { CoreAnswer } from './http-answer.ts'
import { retryAfterMs } from './retry-after.ts'

/** Of our credentials, our pace or a wrong host: mended at our side or theirs, and the same request is then taken. */
const PASSING: ReadonlySet<number> = new Set([401, 403, 407, 408, 421, 425, 429])
const problemSchema = z.object({ title: z.string().optional(), detail: z.string().optional() })

/**
 * What an answer that is not the one asked for means. A refusal for good is believed only in JSON: a gateway in front of
 * a core system in maintenance answers 404 in HTML, and no report may be given up for that.
 */
export function httpRefusal({ status, header, text, isJson }: CoreAnswer, nowMs: number): Error {
  if (status >= 500 || PASSING.has(status)) {
    return new CoreUnavailableError(wordsOf(status), { kind: `http-${status}`, retryAfterMs: retryAfterMs(header('retry-after'), nowMs), throttled: status === 429 })
  }
  if (status >= 300 && status < 400) return new CoreAnswerError(`The core system answered ${status}: redirects are not followed; CORE_SYSTEM_URL must be its own address`)
  if (status < 400) return new CoreAnswerError(`The core system answered ${status}, which was not asked for`)
  if (!isJson) return new CoreAnswerError(`The core system answered ${status} without saying why in JSON`)
  if (status === 410) return new CoreGoneError('The core system no longer keeps what was asked for')
  return new CoreRefusedError(status, reasonOf(text) ?? `It answered ${status}`)
}

function wordsOf(status: number): string {
  if (status === 401 || status === 403) return `The core system does not accept CORE_SYSTEM_TOKEN or CORE_SYSTEM_CERT (${status})`
  return status === 429 ? 'The core system asks for fewer calls' : `The core system answered ${status}`
}

function reasonOf(text: string): string | undefined {
  try {
    const { title, detail } = problemSchema.parse(JSON.parse(text))
    return [title, detail].filter(Boolean).join(': ') || undefined
  } catch {
    return undefined
  }
}
