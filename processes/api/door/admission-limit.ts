const WINDOW_MS = 250
/** However slow the log is: so many share a commit, and a single hiccup of a calm door refuses nobody. */
const LEAST = 100
/** An append that takes longer is queueing, unless this log has never been quicker. */
const CALM_LATENCY_MS = 400
const SLOWEST_CALM_MS = 2_000
/** How many times its least latency a log may take before it counts as queueing. */
const TOLERANCE = 3
/** By which the least latency that is remembered rises in each window, so that a log which has become slower is learnt: twice in six minutes. */
const FORGETTING = 1.0005
const GROWTH = 1.1
const HARDEST_CUT = 0.5

/**
 * How many reports may be in the log at once: as many as it takes while its latency stays what it is when calm.
 * Falls in proportion to the latency, at most by half and then not before the cut can have shown; grows by a tenth
 * four times a second. Reports that are still in the log count with their age, so a log that hangs is slow too.
 */
export class AdmissionLimit {
  #limit: number
  #inLog = 0
  #sumOfStartsMs = 0
  #window = { fromMs: 0, ended: 0, sumMs: 0, mostInLog: 0 }
  #leastMs = Infinity
  #cutAtMs = -Infinity
  #cutForMs = 0
  readonly #most: number

  /**
   * @param most the limit of a log that is never slow
   * @param perSecond what the log is believed to take: the limit begins with as many as it takes before it is slow
   */
  constructor(most: number, perSecond: number, nowMs: number) {
    this.#most = most
    this.#limit = Math.min(most, Math.max(LEAST, (perSecond * CALM_LATENCY_MS) / 1_000))
    this.#window.fromMs = nowMs
  }

  /** Reports. */
  get now(): number {
    return this.#limit
  }

  /** Reports handed to the log and not answered. */
  get inLog(): number {
    return this.#inLog
  }

  /** @param nowMs by a monotonic clock, here as everywhere */
  started(nowMs: number): void {
    this.#inLog++
    this.#sumOfStartsMs += nowMs
    if (this.#inLog > this.#window.mostInLog) this.#window.mostInLog = this.#inLog
  }

  ended(startedMs: number, nowMs: number): void {
    this.#inLog--
    this.#sumOfStartsMs = this.#inLog === 0 ? 0 : this.#sumOfStartsMs - startedMs
    this.#window.ended++
    this.#window.sumMs += nowMs - startedMs
  }

  /** Ends a window when it is time, which may be long past; called with every report. */
  tick(nowMs: number): void {
    const passedMs = nowMs - this.#window.fromMs
    if (passedMs < WINDOW_MS) return
    const { ended, sumMs, mostInLog } = this.#window
    const meanMs = ended > 0 ? sumMs / ended : 0
    const ageMs = this.#inLog > 0 ? nowMs - this.#sumOfStartsMs / this.#inLog : 0
    this.#window = { fromMs: nowMs, ended: 0, sumMs: 0, mostInLog: this.#inLog }
    if (ended > 0) this.#leastMs = Math.min(this.#leastMs * FORGETTING, meanMs)
    const calmMs = Math.min(SLOWEST_CALM_MS, Math.max(CALM_LATENCY_MS, this.#leastMs * TOLERANCE))
    const latencyMs = Math.max(meanMs, ageMs)
    if (latencyMs > calmMs) this.#cut(nowMs, latencyMs, calmMs, mostInLog)
    else this.#limit = Math.min(this.#most, this.#limit * GROWTH ** Math.floor(passedMs / WINDOW_MS))
  }

  #cut(nowMs: number, latencyMs: number, calmMs: number, mostInLog: number): void {
    if (nowMs - this.#cutAtMs < this.#cutForMs) return
    this.#cutAtMs = nowMs
    this.#cutForMs = Math.min(latencyMs, SLOWEST_CALM_MS)
    const factor = Math.max(HARDEST_CUT, calmMs / latencyMs)
    this.#limit = Math.max(Math.min(LEAST, this.#most), Math.min(this.#limit, mostInLog) * factor)
  }
}
