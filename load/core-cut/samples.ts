import { ROUTE_NAMES, type RouteName } from './mix.ts'

/** A phone's second and further tries of a report come on top of the plan. */
export const SAMPLED = [...ROUTE_NAMES, 'report-again'] as const
export type SampledRoute = RouteName | 'report-again'

/** Every request of a run, by column; times in milliseconds from the start of the load. */
export interface Samples {
  count: number
  /** Places in SAMPLED. */
  routes: Uint8Array
  /** When it was due; of a phone's further try when that was sent. Latency counts from here. */
  dueMs: Float64Array
  sentMs: Float64Array
  endedMs: Float64Array
  /** 0: no answer. */
  statuses: Uint16Array
}

const FIRST_ROOM = 65_536

/** Grows without an object per request: the collector has nothing to walk while latencies are measured. */
export class SampleBook {
  #samples: Samples = emptySamples(FIRST_ROOM)

  add(route: SampledRoute, dueMs: number, sentMs: number, endedMs: number, status: number): void {
    const held = this.#samples
    if (held.count === held.routes.length) this.#samples = resized(held, held.count * 2)
    const { routes, dueMs: dues, sentMs: sents, endedMs: ends, statuses } = this.#samples
    const at = this.#samples.count++
    routes[at] = SAMPLED.indexOf(route)
    dues[at] = dueMs
    sents[at] = sentMs
    ends[at] = endedMs
    statuses[at] = status
  }

  /** All so far, in the order of their ends. */
  taken(): Samples {
    return resized(this.#samples, this.#samples.count)
  }
}

function emptySamples(room: number): Samples {
  return { count: 0, routes: new Uint8Array(room), dueMs: new Float64Array(room), sentMs: new Float64Array(room), endedMs: new Float64Array(room), statuses: new Uint16Array(room) }
}

function resized(held: Samples, room: number): Samples {
  const next = emptySamples(room)
  for (const column of ['routes', 'dueMs', 'sentMs', 'endedMs', 'statuses'] as const) next[column].set(held[column].subarray(0, Math.min(held.count, room)))
  next.count = Math.min(held.count, room)
  return next
}
