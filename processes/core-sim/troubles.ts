import { hash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Clock, Random } from '../../domain/clock.ts'
import { type CoreSimMode, maintenanceUntilMs } from './core-sim-mode.ts'
import { sendProblem } from './core-problem.ts'

const RETRY_SECONDS = 30
const FLAKY_WAYS = ['error', 'reset', 'reset-after'] as const

/** What the stand-in does to its callers, as its mode says. */
export class Troubles {
  #mode: CoreSimMode = { mode: 'up' }
  readonly #clock: Clock
  readonly #random: Random
  #tokens = 0
  #countedAtMs = 0
  readonly #closing = new AbortController()
  readonly #resetAfter = new WeakSet<FastifyRequest>()

  constructor(clock: Clock, random: Random) {
    this.#clock = clock
    this.#random = random
  }

  get mode(): CoreSimMode {
    return this.#mode
  }

  set mode(mode: CoreSimMode) {
    this.#mode = mode
    this.#countedAtMs = this.#clock.monotonicMs()
    if (mode.mode === 'throttled') this.#tokens = Math.max(1, mode.requestsPerSecond)
  }

  /** Lets nobody wait any longer. */
  close(): void {
    this.#closing.abort(new Error('the stand-in is stopping'))
  }

  /** Before any work: lets the request through, answers it, or cuts its connection. */
  async before(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | void> {
    const mode = this.#mode
    if (mode.mode === 'dead') return reset(request, reply)
    if (mode.mode === 'slow') await this.#clock.sleep(mode.ms + mode.jitterMs * this.#random.fraction(), this.#closing.signal)
    if (mode.mode === 'flaky' && this.#random.fraction() < mode.share) return this.#failOneWay(request, reply)
    if (mode.mode === 'throttled') {
      const waitSeconds = this.#secondsUntilToken(mode.requestsPerSecond)
      if (waitSeconds > 0) return sendProblem(reply, 429, 'Fewer requests, please', { retryAfterSeconds: Math.ceil(waitSeconds) })
    }
    const untilMs = maintenanceUntilMs(mode, this.#clock.nowMs())
    if (untilMs !== null) {
      const leftSeconds = Math.ceil((untilMs - this.#clock.nowMs()) / 1000)
      return sendProblem(reply, 503, 'Down for maintenance', { retryAfterSeconds: Number.isFinite(leftSeconds) ? leftSeconds : RETRY_SECONDS })
    }
    if (mode.mode === 'wrong' && mode.kind === 'html') return reply.type('text/html; charset=utf-8').send('<!doctype html><title>Maintenance</title><h1>We will be back soon</h1>')
    if (mode.mode === 'wrong' && mode.kind === 'schema') return reply.send({ status: 'OK', result: { items: [], nextToken: 7 } })
  }

  /** When the work is done and the answer is about to go. */
  after(request: FastifyRequest): void {
    if (this.#resetAfter.has(request)) request.raw.socket.resetAndDestroy()
  }

  /** Whether it is taken without an answer. @param times how often it came, this time included */
  staysSilent(times: number): boolean {
    return this.#mode.mode === 'acceptedButSilent' && times <= (this.#mode.times ?? Infinity)
  }

  refuses(id: string): boolean {
    return this.#mode.mode === 'refusing' && hash('sha256', id, 'buffer').readUInt32BE(0) / 2 ** 32 < this.#mode.share
  }

  #failOneWay(request: FastifyRequest, reply: FastifyReply): FastifyReply | void {
    const way = FLAKY_WAYS[Math.floor(this.#random.fraction() * FLAKY_WAYS.length)]
    if (way === 'reset') return reset(request, reply)
    if (way === 'error') return sendProblem(reply, 500, 'Something went wrong')
    this.#resetAfter.add(request)
  }

  #secondsUntilToken(perSecond: number): number {
    const nowMs = this.#clock.monotonicMs()
    this.#tokens = Math.min(Math.max(1, perSecond), this.#tokens + ((nowMs - this.#countedAtMs) / 1000) * perSecond)
    this.#countedAtMs = nowMs
    if (this.#tokens < 1) return (1 - this.#tokens) / perSecond
    this.#tokens -= 1
    return 0
  }
}

function reset(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  request.raw.socket.resetAndDestroy()
  return reply.hijack()
}
