import type { Clock, Random } from '../../../domain/clock.ts'
import { OverloadedError } from '../../../server/platform/errors.ts'
import { AdmissionCapacity } from './admission-capacity.ts'
import { AdmissionLimit } from './admission-limit.ts'
import { hazardRefusal, readingRefusal, type Refusal, slotRefusal } from './admission-refusal.ts'
import type { DoorLimits } from './limits.ts'
import { SlotTickets } from './send-slots-ticket.ts'
import { SendSlots } from './send-slots.ts'

type Bounds = Pick<DoorLimits, 'normalInFlight' | 'hazardInFlight' | 'normalLoopDelayMs' | 'hazardLoopDelayMs'>

/** While phones with a slot are to come, walk-ins get so much of the places. */
const WALK_IN_SHARE = 0.8
/** Of the places in use, at least so many are in the log when it is the log that is busy. */
const AT_WORK_SHARE = 0.5
/** The soonest slot: what is in work then is done. */
const SOONEST_SLOT_MS = 1_000
/** Phones that come back by themselves are asked to come at this share of the capacity: hazards and second sends come on top. */
const SPREAD_LOAD = 0.9
/** A person with a form, who has no ticket and no timer. */
const PERSON_RETRY_SECONDS = { from: 5, to: 30 }

export interface AdmissionOptions {
  bounds: Bounds
  loopDelay: { readonly ms: number }
  clock: Pick<Clock, 'nowMs' | 'monotonicMs'>
  random: Random
  /** Shared by the nodes: see slotKeyOf. */
  slotKey: Uint8Array
  /** This door's share of both. */
  storm: { expectedStormReports: number; stormReportsPerSecond: number }
  /** Told of every ticket that is shown. */
  onTicket?: (outcome: TicketOutcome) => void
  /** Told a few times a second while reports come. */
  onFigures?: (figures: AdmissionFigures) => void
}

/** `refused`: it was its time, and the door was too full even for those. `spent`: shown more often than it was given. */
export type TicketOutcome = 'honoured' | 'refused' | 'missed' | 'spent' | 'forged'

export interface AdmissionFigures {
  /** Reports that may be in the log at once. */
  limit: number
  /** What the log is believed to take, reports per second. */
  capacityPerSecond: number
  /** Until the next free slot. */
  horizonMs: number
}

/** What is known of a report before its body is read. */
export interface Arrival {
  saysHazard: boolean
  /** A question where a report stands: it takes a place, and nothing of what the log takes. */
  reading?: boolean
  /** As the phone sent it. */
  ticket?: string | undefined
}

/** A place among the reports in work, given back once. */
export interface Place {
  /** The handler runs: the place is kept until it is done, even when the client has gone. */
  begin(): void
  end(): void
  /** Whether it was given as a hazard's, while ordinary reports were being refused. */
  readonly onlyForHazard: boolean
}

/**
 * Decides before a body is read or the log is touched. Walk-ins are refused first, then phones with a slot, hazards last: only
 * when memory or the event loop is in danger. A refusal is made beforehand: it costs no more than the writing of its bytes.
 */
export class Admission {
  #inFlight = 0
  readonly #options: AdmissionOptions
  readonly #limit: AdmissionLimit
  readonly #capacity: AdmissionCapacity
  readonly #tickets: SlotTickets
  readonly #slots: SendSlots
  readonly #stormMs: number

  constructor(options: AdmissionOptions) {
    this.#options = options
    const nowMs = options.clock.monotonicMs()
    this.#limit = new AdmissionLimit(options.bounds.normalInFlight, options.storm.stormReportsPerSecond, nowMs)
    this.#capacity = new AdmissionCapacity(options.storm.stormReportsPerSecond, nowMs)
    this.#tickets = new SlotTickets(options.slotKey)
    this.#slots = new SendSlots(options.storm.expectedStormReports)
    const { expectedStormReports, stormReportsPerSecond } = options.storm
    this.#stormMs = (expectedStormReports / stormReportsPerSecond / SPREAD_LOAD) * 1_000
  }

  get inFlight(): number {
    return this.#inFlight
  }

  get figures(): AdmissionFigures {
    const horizonMs = this.#slots.horizonMs(this.#options.clock.monotonicMs())
    return { limit: Math.floor(this.#limit.now), capacityPerSecond: this.#capacity.perSecond, horizonMs }
  }

  /**
   * Over how many milliseconds phones that were cut off spread their first send: what a whole storm takes, or longer while
   * slots are given further ahead.
   */
  get spreadMs(): number {
    return Math.round(Math.max(this.#stormMs, this.#slots.horizonMs(this.#options.clock.monotonicMs())))
  }

  /** A place, or null: refuse. It is given back when the response has closed or the handler ended, whichever is later. */
  enter({ saysHazard, reading = false, ticket: shown }: Arrival, response: { once(event: 'close', listener: () => void): unknown }): Place | null {
    const nowMs = this.#tick()
    const ticket = shown === undefined ? null : this.#standingOf(shown)
    const holder = ticket === 'due'
    if (!holder && !reading) this.#capacity.walkIn()
    const full = this.#isFull(holder, nowMs)
    if (ticket) this.#options.onTicket?.(ticket !== 'due' ? ticket : full ? 'refused' : 'honoured')
    if (full && (!saysHazard || this.#isFullForHazards())) {
      if (!reading && this.#isAtWork()) this.#capacity.refused()
      return null
    }
    this.#inFlight++
    let holders = 1
    const leave = () => {
      if (--holders === 0) this.#inFlight--
    }
    response.once('close', leave)
    return { begin: () => void holders++, end: leave, onlyForHazard: full }
  }

  /** A report is handed to the log. @returns what to call when the log has answered, with whether it took the report. */
  appending(): (taken: boolean) => void {
    const startedMs = this.#options.clock.monotonicMs()
    this.#limit.started(startedMs)
    return (taken) => {
      this.#limit.ended(startedMs, this.#options.clock.monotonicMs())
      if (taken) this.#capacity.done()
    }
  }

  /**
   * The answer to one that gets no place: a hazard comes back in a moment, a question after a while, any other report at a time of
   * its own. Whoever shows a ticket before its time keeps that time.
   * @param atLeastMs no sooner, for what a moment will not mend
   */
  refusal({ saysHazard, reading = false, ticket }: Arrival, atLeastMs = SOONEST_SLOT_MS): Refusal {
    if (reading) return readingRefusal(this.#options.random)
    if (saysHazard) return hazardRefusal(this.#options.random)
    const nowMs = this.#options.clock.nowMs()
    if (ticket !== undefined) {
      const { standing, slotMs } = this.#tickets.check(ticket, nowMs)
      if (standing === 'early' && slotMs - nowMs >= atLeastMs) return slotRefusal(slotMs - nowMs, ticket)
    }
    const { perSecond, walkInShare } = this.#capacity
    const load = { perSecond, walkInShare, walkInsForMs: this.#stormMs }
    const inMs = this.#slots.book(this.#options.clock.monotonicMs(), load, atLeastMs)
    return slotRefusal(inMs, this.#tickets.issue(nowMs + inMs))
  }

  /** For a form that a person sends by hand. */
  overloaded(): OverloadedError {
    const { from, to } = PERSON_RETRY_SECONDS
    return new OverloadedError(from + Math.floor(this.#options.random.fraction() * (to - from + 1)))
  }

  #standingOf(shown: string): 'due' | Exclude<TicketOutcome, 'honoured' | 'refused'> {
    const { standing, slotMs } = this.#tickets.check(shown, this.#options.clock.nowMs())
    if (standing === 'early' || standing === 'late') return 'missed'
    if (standing !== 'due') return standing
    const perSecond = Math.max(this.#options.storm.stormReportsPerSecond, this.#capacity.perSecond)
    return this.#tickets.use(slotMs, perSecond) ? 'due' : 'spent'
  }

  #tick(): number {
    const nowMs = this.#options.clock.monotonicMs()
    this.#limit.tick(nowMs)
    if (this.#capacity.tick(nowMs)) this.#options.onFigures?.(this.figures)
    return nowMs
  }

  #isFull(holder: boolean, nowMs: number): boolean {
    const { bounds, loopDelay } = this.#options
    if (loopDelay.ms > bounds.normalLoopDelayMs) return true
    const share = holder || !this.#slots.outstanding(nowMs) ? 1 : WALK_IN_SHARE
    return this.#inFlight >= bounds.normalInFlight * share || this.#limit.inLog >= this.#limit.now * share
  }

  /** Places full of requests whose bodies never arrive say nothing of what the log takes. */
  #isAtWork(): boolean {
    const { bounds, loopDelay } = this.#options
    return this.#limit.inLog >= this.#inFlight * AT_WORK_SHARE || loopDelay.ms > bounds.normalLoopDelayMs
  }

  #isFullForHazards(): boolean {
    const { bounds, loopDelay } = this.#options
    return this.#inFlight >= bounds.hazardInFlight || loopDelay.ms > bounds.hazardLoopDelayMs
  }
}
