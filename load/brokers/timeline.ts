import { percentile } from '../../bench/percentile.ts'

/** One send of one report, as its phone saw it. Times are monotonic milliseconds. */
export interface Attempt {
  id: string
  startedMs: number
  endedMs: number
  /** 0: no answer came. */
  status: number
}

/** One fault with the quiet before it and the time until the next one's strike. Monotonic milliseconds. */
export interface FaultSpan {
  quietFromMs: number
  struckMs: number
  /** Everything that was hit takes part again. */
  liftedMs: number
  untilMs: number
}

/** Of the sends that began in one phase. */
export interface Phase {
  sends: number
  accepted: number
  /** From send to receipt, of those accepted; null when there were none. */
  p50Ms: number | null
  p99Ms: number | null
}

export interface FaultFigures {
  /** From the strike to the first acceptance of a report that was sent after it; null when none came. */
  acceptedWithinMs: number | null
  /** From the strike until each partition has accepted a report that was sent after it. */
  everyPartitionWithinMs: number | null
  /** From the strike to the next fault. */
  longestGapMs: number
  /** The same within the partition that had to wait the longest. */
  longestPartitionGapMs: number
  before: Phase
  during: Phase
  after: Phase
}

export const isAccepted = ({ status }: Attempt): boolean => status === 200 || status === 201

/** The longest time within [fromMs, untilMs] in which no attempt was accepted. */
export function longestGapMs(attempts: readonly Attempt[], fromMs: number, untilMs: number): number {
  const accepted = attempts.filter(isAccepted).map(({ endedMs }) => endedMs).filter((atMs) => atMs > fromMs && atMs < untilMs).toSorted((a, b) => a - b)
  let longest = 0
  let last = fromMs
  for (const atMs of [...accepted, untilMs]) {
    longest = Math.max(longest, atMs - last)
    last = atMs
  }
  return Math.round(longest)
}

/** Time from `sinceMs` until a report that was sent since then was accepted; null when none was. */
export function acceptedWithinMs(attempts: readonly Attempt[], sinceMs: number): number | null {
  const first = Math.min(...attempts.filter((attempt) => isAccepted(attempt) && attempt.startedMs >= sinceMs).map(({ endedMs }) => endedMs))
  return Number.isFinite(first) ? Math.round(first - sinceMs) : null
}

/** Sends that began within [fromMs, untilMs). */
export function phaseOf(attempts: readonly Attempt[], fromMs: number, untilMs: number): Phase {
  const sends = attempts.filter(({ startedMs }) => startedMs >= fromMs && startedMs < untilMs)
  const took = sends.filter(isAccepted).map(({ startedMs, endedMs }) => endedMs - startedMs)
  const at = (fraction: number) => (took.length === 0 ? null : Math.round(percentile(took, fraction) * 10) / 10)
  return { sends: sends.length, accepted: took.length, p50Ms: at(0.5), p99Ms: at(0.99) }
}

/** @param partitionOf a report's partition, from the log; reports that it does not know count for no partition */
export function figuresOf(attempts: readonly Attempt[], span: FaultSpan, partitionOf: (id: string) => string | undefined): FaultFigures {
  const byPartition = [...Map.groupBy(attempts, ({ id }) => partitionOf(id))].filter(([partition]) => partition !== undefined).map(([, sends]) => sends)
  const within = byPartition.map((sends) => acceptedWithinMs(sends, span.struckMs))
  return {
    acceptedWithinMs: acceptedWithinMs(attempts, span.struckMs),
    everyPartitionWithinMs: within.length === 0 || within.includes(null) ? null : Math.max(...within.map(Number)),
    longestGapMs: longestGapMs(attempts, span.struckMs, span.untilMs),
    longestPartitionGapMs: Math.max(0, ...byPartition.map((sends) => longestGapMs(sends, span.struckMs, span.untilMs))),
    before: phaseOf(attempts, span.quietFromMs, span.struckMs),
    during: phaseOf(attempts, span.struckMs, span.liftedMs),
    after: phaseOf(attempts, span.liftedMs, span.untilMs),
  }
}
