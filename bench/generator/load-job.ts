/** One measurement, sent to the generator's process. */
export interface LoadJob {
  url: string
  connections: number
  /** Sent but not counted: compilers and caches get warm. */
  warmUpSeconds: number
  seconds: number
  /** null: each connection sends as soon as it is answered; else that many sends a second, evenly spaced. */
  ratePerSecond: number | null
  seed: number
  savedAtMs: number
  /** Requests to make before the clock runs. */
  stock: number
  /** Given: paths that are asked for, drawn by the seed, with a bearer token; else reports are sent. */
  lookUps?: LookUps
}

export interface LookUps {
  paths: readonly string[]
  token: string
}

export interface LoadResult {
  /** Answers 201, or 200 to look-ups, within the counted seconds. */
  accepted: number
  /** The same of the whole run, warm-up included: what the target must hold afterwards. */
  acceptedInAll: number
  acceptedPerSecond: number
  /** Answers within the counted seconds by status. */
  statuses: Record<number, number>
  /** Broken connections and time-outs. */
  errors: number
  /** At a fixed rate: due within the counted seconds and not answered 2 s after them. Latencies are of answers only. */
  unanswered: number
  /** At a fixed rate: from when each was due; else from when it was sent. */
  p50Ms: number
  p99Ms: number
  /** Busy share of the generator's own event loop, 0 to 1: near 1 it may be what limits. */
  generatorUtilization: number
  madeLate: number
}
