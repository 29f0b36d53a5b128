import { type Answer, answerOf } from '../classify-answer.ts'
import type { Transport } from '../outbox.ts'
import type { Choices } from './choices.ts'
import type { Observer, Sent } from './observer.ts'
import type { PhoneContext } from './phone-context.ts'
import type { Scheduler } from './scheduler.ts'
import type { Request, SimulatedDoor, WireAnswer } from './simulated-door.ts'
import type { Trace } from './trace.ts'

interface NetworkParts {
  readonly scheduler: Scheduler
  readonly random: Choices
  readonly trace: Trace
  readonly door: Pick<SimulatedDoor, 'take' | 'publishedKeys' | 'falseReceipt'>
  readonly witness: Observer
}

/** What stands between phone and door. */
export const WEATHERS = { good: 6, lossy: 3, slow: 1, offline: 3, 'black-hole': 1, captive: 2, forging: 1, proxied: 1 } as const
export type Weather = keyof typeof WEATHERS

/** Beyond every time-out of a sender. */
const SLOWEST_MS = 45_000
const LATEST_DOUBLE_MS = 120_000

const HOTEL = '<!doctype html><title>Welcome to the hotel</title>'

/** Lost requests, lost answers, doubled deliveries, delays beyond the time-out, and pages of others in place of the door's answers. */
export class SimulatedNetwork {
  weather: Weather = 'good'
  readonly #device: NetworkParts
  readonly #underWay = new Set<() => void>()

  constructor(device: NetworkParts) {
    this.#device = device
  }

  transportFor(context: PhoneContext): Transport {
    return {
      post: (path, body, headers, signal) => this.#post(context, { path, bytes: body.slice(), headers: { ...headers } }, signal),
      fetchKeys: (signal) => this.#fetchKeys(context, signal),
    }
  }

  /** Every connection is gone; what was on its way to the door may have got there. */
  cut(): void {
    for (const fail of this.#underWay) fail()
  }

  #post(context: PhoneContext, request: Request, signal: AbortSignal): Promise<Answer> {
    const { witness } = this.#device
    const sent = witness.sending(context, request)
    return this.#exchange(context, signal, 'door', () => this.#reach(sent, request), async () => this.#interloper(request)).then(
      (answer) => {
        sent.answered(answer)
        return read(answer)
      },
      (error: unknown) => {
        sent.ended()
        throw error
      },
    )
  }

  #reach(sent: Sent, request: Request): Promise<WireAnswer> {
    sent.arrived()
    return this.#device.door.take(request)
  }

  async #fetchKeys(context: PhoneContext, signal: AbortSignal): Promise<Answer> {
    const { door } = this.#device
    return read(await this.#exchange(context, signal, 'keys', async () => door.publishedKeys(), async () => page(200)))
  }

  /** One request through the weather of its moment. */
  #exchange(context: PhoneContext, signal: AbortSignal, what: string, reach: () => Promise<WireAnswer>, interlope: () => Promise<WireAnswer>): Promise<WireAnswer> {
    const { random } = this.#device
    return new Promise((resolve, reject) => {
      const fail = () => settle(() => reject(new TypeError('Failed to fetch')))
      const settle = (end: () => void) => {
        this.#underWay.delete(fail)
        end()
      }
      if (signal.aborted) return reject(signal.reason as Error)
      this.#underWay.add(fail)
      signal.addEventListener('abort', () => settle(() => reject(signal.reason as Error)), { once: true })
      const answered = (answer: WireAnswer) => settle(() => resolve(answer))
      const backMs = () => (this.weather === 'slow' ? random.between(100, SLOWEST_MS) : random.between(20, 400))

      // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- what is not named gets through
      switch (this.weather) {
        case 'offline':
          return void context.after(random.between(1, 20), `${what} out of reach`, fail)
        case 'black-hole':
          return
        case 'captive':
        case 'proxied':
        case 'forging':
          return void context.after(random.between(5, 200), `${what}: another answers`, async () => answered(await interlope()))
        case 'lossy':
          if (random.chance(0.2)) return void context.after(random.between(20, 5_000), `${what}: request lost`, fail)
          if (random.chance(0.05)) return
          if (random.chance(0.2)) this.#arrive(random.between(50, LATEST_DOUBLE_MS), `${what} reached again`, reach, () => {})
          if (random.chance(0.25)) return this.#arrive(random.between(20, 400), what, reach, () => context.after(random.between(1, 9_000), `${what}: answer lost`, fail))
      }
      this.#arrive(this.weather === 'slow' ? random.between(100, SLOWEST_MS) : random.between(20, 300), what, reach, (answer) => {
        context.after(backMs(), `${what}: answer`, () => answered(answer))
      })
    })
  }

  /** What is on the wire arrives, whether or not its sender still lives. */
  #arrive(durationMs: number, what: string, reach: () => Promise<WireAnswer>, then: (answer: WireAnswer) => void): void {
    const { scheduler, trace } = this.#device
    scheduler.add({
      atMs: scheduler.nowMs + durationMs,
      context: null,
      timer: false,
      label: `wire ${what}`,
      run: () =>
        void reach().then((answer) => {
          trace.add(`${what} answers ${answer.status}`)
          then(answer)
        }),
    })
  }

  /** A portal, a proxy or a liar in place of the door. */
  async #interloper(request: Request): Promise<WireAnswer> {
    const { random, door } = this.#device
    if (this.weather === 'forging') {
      const receipt = await door.falseReceipt(request)
      return { ...page(random.pick([200, 201])), contentType: 'application/json', text: JSON.stringify({ receipt }) }
    }
    if (this.weather === 'proxied') return random.pick([page(502), page(504), page(403), { ...page(503), headers: { 'retry-after': '7' } }])
    return random.pick([page(200), page(200), page(0), page(404), page(511), { ...page(200), contentType: 'application/json', text: '{"ok":true}' }])
  }
}

function page(status: number): WireAnswer {
  return { status, contentType: 'text/html; charset=utf-8', headers: {}, text: status === 0 ? '' : HOTEL }
}

function read({ status, contentType, headers, text }: WireAnswer): Answer {
  return answerOf(status, (name) => (name === 'content-type' ? contentType : headers[name]), text)
}
