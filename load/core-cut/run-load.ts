import { createHistogram, performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { REPORT_HEADERS } from '../../domain/report-limits.ts'
import { answerOf } from '../../worker/outbox/classify-answer.ts'
import type { Transport } from '../../worker/outbox/outbox.ts'
import type { AnsweredReceipt } from '../brokers/door-transport.ts'
import { seededRandom } from '../seeded-random.ts'
import { type PhoneEnd, runPhone } from '../storm/phone.ts'
import { createWake } from '../storm/wake.ts'
import { ROUTE_NAMES, type RouteName } from './mix.ts'
import type { LoadPlan } from './plan-load.ts'
import { PortalVisitor } from './portal-visitor.ts'
import { SampleBook, type Samples } from './samples.ts'

const TICK_MS = 2
/** Reports made before the clock runs, so that somebody has one to ask for. */
const FIRST_REPORTS = 20
const FIRST_VISITS = 5
const FIRST_PATIENCE_MS = 30_000
const UTILIZATION_DIGITS = 1_000

export interface LoadJob {
  /** Public URL of the portal. */
  url: string
  plan: LoadPlan
  /** The demo utility's customers that the portal has. */
  accounts: number
  staffToken: string
  seed: number
  /** After the last arrival: how long phones may still try. */
  patienceMs: number
}

/** How punctual the generator itself was; milliseconds from when a request was due to when it was sent. */
export interface Lateness {
  p50Ms: number
  p99Ms: number
  maxMs: number
  /** Busy share of its event loop, 0 to 1. */
  utilization: number
}

export interface LoadResult {
  samples: Samples
  phones: PhoneEnd[]
  receipts: AnsweredReceipt[]
  lateness: Lateness
}

/** The arrivals of one plan against one portal. Nobody waits for anybody else's answer. */
export class Load {
  readonly #job: LoadJob
  readonly #visitor: PortalVisitor
  readonly #book = new SampleBook()
  readonly #receipts: AnsweredReceipt[] = []
  readonly #phones: Promise<PhoneEnd>[] = []
  readonly #visits = new Set<Promise<void>>()
  readonly #wake = createWake()
  readonly #over = new AbortController()
  readonly #lateness = createHistogram({ lowest: 1, highest: 3_600_000_000, figures: 3 })
  readonly #accountNumbers: readonly string[]
  #keys: ReturnType<Transport['fetchKeys']> | null = null
  #originMs = 0

  constructor(job: LoadJob) {
    this.#job = job
    this.#visitor = new PortalVisitor({ ...job, random: seededRandom(job.seed ^ 0x2c1b_3c6d) })
    this.#accountNumbers = this.#visitor.accountNumbers
  }

  /** The first reports, and each route a few times. Throws when the portal does not take them. */
  async prepare(): Promise<void> {
    const first = Array.from({ length: FIRST_REPORTS }, () => this.#pickUp(0))
    const accepted = await Promise.race([Promise.all(first), delay(FIRST_PATIENCE_MS, null, { ref: false })])
    if (!accepted?.every((phone) => phone.accepted)) throw new Error('The portal did not take the first reports')
    const planned = new Set(this.#job.plan.routes)
    for (const [place, route] of ROUTE_NAMES.entries()) {
      if (route === 'report' || !planned.has(place)) continue
      for (let visit = 0; visit < FIRST_VISITS; visit++) {
        const status = await this.#visitor.visit(route)
        if (status < 200 || status >= 400) throw new Error(`${route} was answered ${status === 0 ? 'not at all' : status} before anything was cut`)
      }
    }
  }

  /** @param startAtEpochMs when the plan's time 0 is; the warm-up comes before it */
  async run(startAtEpochMs: number): Promise<LoadResult> {
    const { plan: { dueMs, routes }, patienceMs } = this.#job
    this.#originMs = startAtEpochMs - performance.timeOrigin
    const busy = performance.eventLoopUtilization()
    for (let next = 0; next < dueMs.length; ) {
      const nowMs = this.#nowMs()
      for (; next < dueMs.length && dueMs[next]! <= nowMs; next++) this.#arrive(ROUTE_NAMES[routes[next]!]!, dueMs[next]!)
      await delay(Math.min(Math.max(TICK_MS, (dueMs[next] ?? 0) - nowMs), 1_000))
    }
    const { utilization } = performance.eventLoopUtilization(busy)
    this.#wake.call()
    const patience = setTimeout(() => this.#over.abort(), patienceMs)
    const phones = await Promise.all(this.#phones)
    clearTimeout(patience)
    await Promise.all(this.#visits)
    return { samples: this.#book.taken(), phones, receipts: this.#receipts, lateness: this.#punctuality(utilization) }
  }

  async close(): Promise<void> {
    this.#over.abort()
    await this.#visitor.agent.destroy()
  }

  #nowMs(): number {
    return performance.now() - this.#originMs
  }

  #arrive(route: RouteName, dueMs: number): void {
    if (dueMs >= 0) this.#lateness.record(Math.max(1, Math.round((this.#nowMs() - dueMs) * 1_000)))
    if (route === 'report') {
      // Looked at when all have ended.
      this.#pickUp(dueMs).catch(() => undefined)
      return
    }
    const sentMs = this.#nowMs()
    const visit = this.#visitor.visit(route).then((status) => {
      this.#book.add(route, dueMs, sentMs, this.#nowMs(), status)
      this.#visits.delete(visit)
    })
    this.#visits.add(visit)
  }

  #pickUp(dueMs: number): Promise<PhoneEnd> {
    const end = runPhone({
      seed: (Math.imul(this.#job.seed, 0x9e37_79b1) + this.#phones.length) >>> 0,
      temper: 'plain',
      transport: this.#transport(dueMs),
      accountNumbers: this.#accountNumbers,
      wake: this.#wake,
      signal: this.#over.signal,
      onSaved: () => undefined,
      onReceived: () => undefined,
    })
    this.#phones.push(end)
    return end
  }

  /** One phone's way to the door: its first try was due when the customer was, the others when the phone's rule sends them. */
  #transport(dueMs: number): Transport {
    let tries = 0
    return {
      post: async (path, body, headers, signal) => {
        const again = tries++ > 0
        const sentMs = this.#nowMs()
        let status = 0
        try {
          const answer = await this.#exchange(path, { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body, signal })
          status = answer.status
          if (status === 200 || status === 201) this.#received(answer.text, headers[REPORT_HEADERS.secret] ?? '')
          return answer
        } finally {
          if (this.#originMs !== 0) this.#book.add(again ? 'report-again' : 'report', again ? sentMs : dueMs, sentMs, this.#nowMs(), status)
        }
      },
      fetchKeys: async (signal) => {
        this.#keys ??= this.#exchange('/.well-known/jwks.json', { method: 'GET', headers: {}, signal })
        try {
          return await this.#keys
        } catch (error) {
          this.#keys = null
          throw error
        }
      },
    }
  }

  #received(text: string, secret: string): void {
    const { id, bodyHash, receipt } = JSON.parse(text) as AnsweredReceipt
    this.#receipts.push({ id, bodyHash, receipt })
    this.#visitor.knowReport(id, secret)
  }

  async #exchange(path: string, ask: { method: 'GET' | 'POST'; headers: Record<string, string>; body?: Uint8Array; signal: AbortSignal }) {
    const { statusCode, headers, body } = await this.#visitor.agent.request({ origin: this.#job.url, path, ...ask })
    const read = (name: string) => {
      const value = headers[name]
      return Array.isArray(value) ? value[0] : value
    }
    return answerOf(statusCode >= 300 && statusCode < 400 ? 0 : statusCode, read, await body.text())
  }

  #punctuality(utilization: number): Lateness {
    const ms = (microseconds: number) => Math.round(microseconds) / 1_000
    const nothing = this.#lateness.count === 0
    return {
      p50Ms: nothing ? 0 : ms(this.#lateness.percentile(50)),
      p99Ms: nothing ? 0 : ms(this.#lateness.percentile(99)),
      maxMs: nothing ? 0 : ms(this.#lateness.max),
      utilization: Math.round(utilization * UTILIZATION_DIGITS) / UTILIZATION_DIGITS,
    }
  }
}
