import { hkdfSync } from 'node:crypto'
import { Admission, type Place } from '../../processes/api/door/admission.ts'
import { DOOR_LIMITS } from '../../processes/api/door/limits.ts'
import { seededRandom } from '../seeded-random.ts'
import { DrainCount, type DrainFigures } from './drain-figures.ts'
import { type DoorAnswer, DrainPhone, RECEIVED, REFUSED, refusedAnswer } from './drain-phone.ts'
import { EventQueue } from './event-queue.ts'
import { LogModel, physicalMinimumMs } from './log-model.ts'
import { PlainPhone } from './plain-phone.ts'
import type { Demand, DrainPlan } from './plan-drain.ts'

/** `kind`: the outbox and the door as they are. `plain`: the same door, and phones that back off exponentially and do nothing else. */
export type Policy = 'kind' | 'plain'

/** What a refusal costs the door's machine, of what a report costs it that is taken. */
const REFUSAL_COST = 0.1
/** Round trips of phones: half take 80 ms, one in a hundred 350 ms and more. */
const ROUND_TRIP = { medianMs: 80, spread: 0.63, longestMs: 3_000 }
/** After that the outbox gives an attempt up. */
const SEND_TIMEOUT_MS = 20_000
/** A screen that has been looked at stays on that long, and the phone awake with it. */
const SHORTEST_SLEPT_MS = 15_000
/** A policy that has not brought every report in by then never will. */
const LONGEST_RUN_MS = 12 * 60 * 60_000
const EPOCH_MS = Date.UTC(2030, 0, 1)

const EVENTS = ['back', 'timer', 'door', 'answer'] as const
const KINDS = EVENTS.length
/** The one event that is nobody's. */
const LOG_DONE = -1

/** One phone's attempt under way. */
interface Attempt {
  ticket: string | null
  roundTripMs: number
  answer: DoorAnswer | 'unreachable' | 'timed-out'
}

interface InLog {
  phone: number
  place: Place
  appended: (taken: boolean) => void
  closed: () => void
}

/** All phones of a demand against one door and its log, on a clock of their own. The same plan, demand and policy give the same figures. */
export function runDrain(plan: DrainPlan, demand: Demand, policy: Policy): DrainFigures {
  return new DrainRun(plan, demand, policy).toTheEnd()
}

class DrainRun {
  #nowMs = 0
  readonly #plan: DrainPlan
  readonly #demand: Demand
  readonly #policy: Policy
  readonly #events = new EventQueue()
  readonly #count = new DrainCount()
  readonly #world: ReturnType<typeof seededRandom>
  readonly #ofPhones: ReturnType<typeof seededRandom>
  readonly #admission: Admission
  readonly #toldSpreadMs: number
  readonly #log: LogModel<InLog>
  readonly #phones = new Map<number, DrainPhone | PlainPhone>()
  readonly #attempts = new Map<number, Attempt>()

  constructor(plan: DrainPlan, demand: Demand, policy: Policy) {
    this.#plan = plan
    this.#demand = demand
    this.#policy = policy
    this.#world = seededRandom(plan.seed + 1)
    this.#ofPhones = seededRandom(plan.seed + 2)
    this.#log = new LogModel(plan.capacityPerSecond)
    this.#admission = new Admission({
      bounds: DOOR_LIMITS,
      loopDelay: { ms: 0 },
      clock: { nowMs: () => EPOCH_MS + this.#nowMs, monotonicMs: () => this.#nowMs },
      random: seededRandom(plan.seed + 3),
      slotKey: new Uint8Array(hkdfSync('sha256', 'drain', '', '', 32)),
      storm: { expectedStormReports: plan.expectedReports, stormReportsPerSecond: plan.capacityPerSecond },
    })
    this.#toldSpreadMs = this.#admission.spreadMs
  }

  toTheEnd(): DrainFigures {
    const { backAtMs } = this.#demand
    this.#scheduleReturn(0)
    while (this.#events.size > 0 && this.#events.nextAtMs < backAtMs[0]! + LONGEST_RUN_MS + backAtMs.at(-1)!) {
      this.#nowMs = this.#events.nextAtMs
      this.#happen(this.#events.take())
    }
    const { phones, capacityPerSecond } = this.#plan
    return this.#count.figures({ phones, capacityPerSecond, firstBackMs: backAtMs[0]!, minimumMs: physicalMinimumMs(backAtMs, capacityPerSecond) })
  }

  #happen(what: number): void {
    if (what === LOG_DONE) return this.#logDone()
    const phone = Math.floor(what / KINDS)
    const kind = EVENTS[what % KINDS]!
    if (kind === 'back') this.#comeBack(phone)
    else if (kind === 'timer') this.#wake(phone, 'timer')
    else if (kind === 'door') this.#arrive(phone)
    else this.#hear(phone)
  }

  /** Phones come back in order, so one of these waits at a time. */
  #scheduleReturn(phone: number): void {
    if (phone < this.#plan.phones) this.#schedule('back', phone, this.#demand.backAtMs[phone]!)
  }

  #comeBack(number: number): void {
    this.#scheduleReturn(number + 1)
    const { cutOffMs, hazardous, told } = this.#demand
    const phone = this.#policy === 'plain' ? new PlainPhone() : new DrainPhone({
      hazardous: hazardous[number] === 1,
      backAtMs: EPOCH_MS + this.#nowMs,
      cutOffMs: cutOffMs[number]!,
      spreadMs: told[number] === 1 ? this.#toldSpreadMs : null,
      random: this.#ofPhones,
    })
    this.#phones.set(number, phone)
    this.#wake(number, 'return')
  }

  /** What the outbox does at a sign of the network or when a wait is over: a send, or a wait. */
  #wake(number: number, wake: 'return' | 'timer'): void {
    const { send, atMs, ticket } = this.#phones.get(number)!.next(EPOCH_MS + this.#nowMs, wake)
    if (!send) return this.#wakeAt(number, atMs - EPOCH_MS)
    const roundTripMs = this.#roundTripMs()
    this.#attempts.set(number, { ticket, roundTripMs, answer: 'unreachable' })
    this.#schedule('door', number, this.#nowMs + roundTripMs / 2)
  }

  #arrive(number: number): void {
    this.#count.arrived(this.#nowMs)
    const attempt = this.#attempts.get(number)!
    const arrival = { saysHazard: this.#demand.hazardous[number] === 1, ticket: attempt.ticket ?? undefined }
    let closed = () => {}
    const place = this.#admission.enter(arrival, { once: (_close, listener) => void (closed = listener) })
    if (place) {
      place.begin()
      this.#log.append({ phone: number, place, closed, appended: this.#admission.appending() })
      if (!this.#log.busy) this.#beginBatch()
      return
    }
    this.#count.refused()
    this.#log.burden(REFUSAL_COST)
    this.#answer(number, this.#policy === 'plain' ? REFUSED : refusedAnswer(this.#admission.refusal(arrival), this.#admission.spreadMs))
  }

  #beginBatch(): void {
    const ms = this.#log.begin()
    if (ms !== null) this.#events.add(this.#nowMs + ms, LOG_DONE)
  }

  #logDone(): void {
    for (const { phone, place, appended, closed } of this.#log.end()) {
      appended(true)
      place.end()
      closed()
      this.#answer(phone, RECEIVED)
    }
    this.#beginBatch()
  }

  #answer(number: number, answer: DoorAnswer): void {
    const attempt = this.#attempts.get(number)!
    const arrivesAtMs = this.#nowMs + attempt.roundTripMs / 2
    const lost = this.#world.fraction() < this.#plan.lostAnswers
    const silent = lost && this.#world.fraction() < 0.5
    attempt.answer = !lost ? answer : silent ? 'timed-out' : 'unreachable'
    this.#schedule('answer', number, silent ? arrivesAtMs + SEND_TIMEOUT_MS : arrivesAtMs)
  }

  #hear(number: number): void {
    const phone = this.#phones.get(number)!
    const { answer } = this.#attempts.get(number)!
    this.#attempts.delete(number)
    if (typeof answer === 'string') phone.hearNothing(answer, EPOCH_MS + this.#nowMs)
    else phone.hear(answer, EPOCH_MS + this.#nowMs)
    if (!phone.received) return this.#wake(number, 'timer')
    this.#phones.delete(number)
    this.#count.gotThrough(this.#demand.backAtMs[number]!, this.#nowMs, this.#demand.hazardous[number] === 1)
  }

  /** At that time, or later when the phone sleeps then. */
  #wakeAt(number: number, atMs: number): void {
    const sleeps = atMs - this.#nowMs > SHORTEST_SLEPT_MS && this.#world.fraction() < this.#plan.asleep
    this.#schedule('timer', number, atMs + (sleeps ? this.#world.fraction() * this.#plan.sleepSeconds * 1_000 : 0))
  }

  #schedule(kind: (typeof EVENTS)[number], number: number, atMs: number): void {
    this.#events.add(atMs, number * KINDS + EVENTS.indexOf(kind))
  }

  /** Log-normal, by Box and Muller. */
  #roundTripMs(): number {
    const normal = Math.sqrt(-2 * Math.log(1 - this.#world.fraction())) * Math.cos(2 * Math.PI * this.#world.fraction())
    return Math.min(ROUND_TRIP.longestMs, ROUND_TRIP.medianMs * Math.exp(ROUND_TRIP.spread * normal))
  }
}
