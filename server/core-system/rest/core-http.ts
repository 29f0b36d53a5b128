import { Agent } from 'undici'
import type { Clock, Random } from '../../../domain/clock.ts'
import { RetryBudget } from '../../platform/retry-budget.ts'
import { currentTrace } from '../../platform/trace-context.ts'
import { CallLimit } from '../call-limit.ts'
import { CoreAnswerError, CoreRefusedError, CoreUnavailableError } from '../core-errors.ts'
import type { CoreCall } from '../core-system.ts'
import { readAnswer, readRefusal, type CoreAnswer } from './http-answer.ts'
import { httpRefusal } from './http-refusal.ts'
import { isTlsFailure, networkFailure } from './network-failure.ts'

const CONNECTIONS = 24
const CONNECT_TIMEOUT_MS = 5_000
const KEEP_ALIVE_MS = 15_000
const RETRY_PAUSE_MS = 200

export interface CoreRequest {
  method: 'GET' | 'PUT'
  /** Under CORE_SYSTEM_URL, with its query. */
  path: string
  /** Asks for an answer only when it is another one. */
  known?: string | undefined
  body?: Uint8Array
  /** A larger answer is not the core system's. */
  mostBytes: number
}

export interface CoreHttpOptions {
  /** http or https; its path is put before every request's. */
  url: URL
  token: string | undefined
  /** PEM. */
  tls: { ca?: Buffer; cert?: Buffer; key?: Buffer }
  /** For a whole call. */
  timeoutMs: number
  /** Believe no stand-in. */
  production: boolean
  clock: Clock
  random: Random
}

/** HTTP with the core system: every request here may be repeated without harm, and is at most once, within a budget. */
export class CoreHttp {
  readonly #options: CoreHttpOptions
  readonly #agent: Agent
  readonly #budget = new RetryBudget()
  readonly #closing = new AbortController()
  readonly #basePath: string

  constructor(options: CoreHttpOptions) {
    this.#options = options
    this.#basePath = options.url.pathname.replace(/\/+$/, '')
    this.#agent = new Agent({
      connections: CONNECTIONS,
      pipelining: 1,
      allowH2: false,
      keepAliveTimeout: KEEP_ALIVE_MS,
      headersTimeout: options.timeoutMs,
      bodyTimeout: options.timeoutMs,
      connect: { ...options.tls, timeout: CONNECT_TIMEOUT_MS },
    })
  }

  /** @param expected statuses that are answers; every other one is thrown as what it means */
  async ask(request: CoreRequest, expected: readonly number[], call: CoreCall): Promise<CoreAnswer> {
    const { clock, timeoutMs } = this.#options
    const limit = new CallLimit(call, timeoutMs, this.#closing.signal, clock)
    this.#budget.called()
    try {
      // A connection that is being made listens to no signal.
      return await limit.within(this.#twice(request, expected, limit.signal))
    } catch (error) {
      // Whatever an abort looks like by the time that it comes up: its reason is what happened.
      throw limit.signal.aborted ? limit.signal.reason : error
    } finally {
      limit.end()
    }
  }

  async close(): Promise<void> {
    this.#closing.abort(new CoreUnavailableError('The connection to the core system was closed', { kind: 'closed' }))
    await this.#agent.destroy()
  }

  async #twice(request: CoreRequest, expected: readonly number[], signal: AbortSignal): Promise<CoreAnswer> {
    try {
      return await this.#try(request, expected, signal)
    } catch (error) {
      if (signal.aborted || !mayHelpAtOnce(error) || !this.#budget.mayRetry()) throw error
      await this.#options.clock.sleep(this.#options.random.fraction() * RETRY_PAUSE_MS, signal)
      return this.#try(request, expected, signal)
    }
  }

  async #try(request: CoreRequest, expected: readonly number[], signal: AbortSignal): Promise<CoreAnswer> {
    signal.throwIfAborted()
    const { url, token, production, clock } = this.#options
    const trace = currentTrace()
    let answer: CoreAnswer
    try {
      const response = await this.#agent.request({
        origin: url.origin,
        method: request.method,
        path: this.#basePath + request.path,
        headers: {
          accept: 'application/json',
          'user-agent': 'stormdoor',
          ...(token && { authorization: `Bearer ${token}` }),
          ...(request.known && { 'if-none-match': request.known }),
          ...(request.body && { 'content-type': 'application/json' }),
          ...(trace && { traceparent: trace.traceparent }),
        },
        body: request.body ?? null,
        signal,
      })
      answer = expected.includes(response.statusCode) ? await readAnswer(response, request.mostBytes) : await readRefusal(response)
    } catch (error) {
      throw error instanceof CoreAnswerError ? error : networkFailure(error, url.protocol === 'https:')
    }
    if (production && answer.header('x-core-sim') !== undefined) {
      throw new CoreRefusedError(0, 'CORE_SYSTEM_URL is the stand-in of a core system, for demonstrations and tests: production does not use it')
    }
    if (!expected.includes(answer.status) || (answer.status === 304 && !request.known)) throw httpRefusal(answer, clock.nowMs())
    if (answer.status !== 304 && !answer.isJson) throw new CoreAnswerError(`The core system answered ${answer.status}, but not in JSON`)
    return answer
  }
}

/** A connection lost, or an error of its own without a time to come back: the next try may meet another of its machines. */
function mayHelpAtOnce(error: unknown): boolean {
  if (!(error instanceof CoreUnavailableError) || error.retryAfterMs !== undefined || error.throttled) return false
  return error.kind.startsWith('http-') ? error.kind.startsWith('http-5') : !isTlsFailure(error.kind)
}
