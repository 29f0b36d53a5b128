import type { ServerResponse } from 'node:http'
import type { Random } from '../../../domain/clock.ts'
import type { Problem } from '../../../domain/problem.ts'
import { OverloadedError } from '../../../server/platform/errors.ts'
import type { DoorLimits } from './limits.ts'

type Bounds = Pick<DoorLimits, 'normalInFlight' | 'hazardInFlight' | 'normalLoopDelayMs' | 'hazardLoopDelayMs'>

/** Spread, so that refused phones do not come back together. */
const NORMAL_RETRY_SECONDS = { from: 5, to: 30 }
const HAZARD_RETRY_SECONDS = { from: 1, to: 4 }

/** A place among the reports in work, given back once. */
export interface Place {
  /** The handler runs: the place is kept until it is done, even when the client has gone. */
  begin(): void
  end(): void
  /** Whether it was given as a hazard's, while ordinary reports were being refused. */
  readonly onlyForHazard: boolean
}

/**
 * Decides before a body is read or the log is touched. Ordinary reports are refused first,
 * hazards last. A refusal is made beforehand: it costs no more than the writing of its bytes.
 */
export class Admission {
  #inFlight = 0
  readonly #bounds: Bounds
  readonly #loopDelay: { readonly ms: number }
  readonly #random: Random

  constructor(bounds: Bounds, loopDelay: { readonly ms: number }, random: Random) {
    this.#bounds = bounds
    this.#loopDelay = loopDelay
    this.#random = random
  }

  get inFlight(): number {
    return this.#inFlight
  }

  /** A place, or null: refuse. It is given back when the response has closed or the handler ended, whichever is later. */
  enter(saysHazard: boolean, response: ServerResponse): Place | null {
    const full = this.#full()
    if (full && (!saysHazard || this.#fullForHazards())) return null
    this.#inFlight++
    let holders = 1
    const leave = () => {
      if (--holders === 0) this.#inFlight--
    }
    response.once('close', leave)
    return { begin: () => void holders++, end: leave, onlyForHazard: full }
  }

  /** Prepared refusal with its own waiting time. */
  refusal(saysHazard: boolean): Refusal {
    const ready = saysHazard ? HAZARD_REFUSALS : NORMAL_REFUSALS
    return ready[Math.floor(this.#random.fraction() * ready.length)]!
  }

  overloaded(): OverloadedError {
    return new OverloadedError(this.refusal(false).retryAfterSeconds)
  }

  #full(): boolean {
    return this.#inFlight >= this.#bounds.normalInFlight || this.#loopDelay.ms > this.#bounds.normalLoopDelayMs
  }

  #fullForHazards(): boolean {
    return this.#inFlight >= this.#bounds.hazardInFlight || this.#loopDelay.ms > this.#bounds.hazardLoopDelayMs
  }
}

interface Refusal {
  retryAfterSeconds: number
  body: Buffer
}

const NORMAL_REFUSALS = prepare(NORMAL_RETRY_SECONDS)
const HAZARD_REFUSALS = prepare(HAZARD_RETRY_SECONDS)

function prepare({ from, to }: { from: number; to: number }): Refusal[] {
  return Array.from({ length: to - from + 1 }, (_, index) => {
    const problem: Problem = {
      type: 'urn:stormdoor:problem:overloaded',
      title: 'Too busy just now',
      status: 503,
      detail: 'Nothing was written. Keep the id and send the same bytes again.',
      retryAfterSeconds: from + index,
    }
    return { retryAfterSeconds: from + index, body: Buffer.from(JSON.stringify(problem)) }
  })
}
