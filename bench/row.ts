/** One line of `npm run bench`; what every row has. */
export interface BenchRow {
  name: string
  value: number
  unit: string
  /** At half of `value`, open rate, from when each request was due; of rows that answer requests. */
  p50Ms?: number
  p99Ms?: number
  /** The floors' values in the same unit, of the same run. */
  floors: Record<string, number>
  /** `value` over each floor: the median of the rounds' own ratios, so that a slow minute hurts both sides. */
  ratios: Record<string, number>
  /** What a reader needs to judge the numbers. */
  details: Record<string, unknown>
}

export interface BenchOptions {
  /** An empty folder of the run's own. */
  folder: string
  /** Counted seconds of each measurement. */
  seconds: number
  rounds: number
  /** Events to fold; a row that folds has its own number when it is not given. */
  events?: number
  /** Of the rows about accounts, likewise. */
  accounts?: number
  /** Whether a row that can do without its longest part does. */
  short?: boolean
  /** Calm progress for a person. */
  say: (line: string) => void
  /** Called with what must be ended however the run ends; ended in reverse order. */
  onEnd: (end: () => Promise<void>) => void
  signal: AbortSignal
}

/** A row that cannot be measured here, and why. */
export interface SkippedRow {
  name: string
  skipped: string
}
