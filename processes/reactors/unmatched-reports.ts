import type { OutageMatched, OutageReported, OutageWithdrawn } from '../../domain/event.ts'
import type { EventLog, Partition, Position } from '../../server/platform/event-log/event-log.ts'

/** Beyond this many the oldest are left to the desk. */
const MAX_REPORTS = 100_000

interface Unmatched {
  acceptedAtMs: number
  secretHash: string
  /** The record before the report: reading after it meets the report again. */
  before: Position | null
}

/**
 * The reports of one partition that have no account yet, oldest first. Memory only repeats what the log says:
 * a cursor in the log stands before the oldest of them, and a new start reads them again from there.
 */
export class UnmatchedReports {
  readonly #reports = new Map<string, Unmatched>()
  readonly #onDropped: () => void

  /** @param onDropped called for each report that is left to the desk because there are too many */
  constructor(onDropped: () => void) {
    this.#onDropped = onDropped
  }

  get size(): number {
    return this.#reports.size
  }

  ids(): string[] {
    return [...this.#reports.keys()]
  }

  add(report: OutageReported, before: Position | null): void {
    this.#reports.set(report.reportId, { acceptedAtMs: Date.parse(report.acceptedAt), secretHash: report.secretHash, before })
    if (this.#reports.size <= MAX_REPORTS) return
    this.#reports.delete(this.#reports.keys().next().value!)
    this.#onDropped()
  }

  remove(reportId: string): void {
    this.#reports.delete(reportId)
  }

  /** Its customer took it back: nobody waits for its account. Under another secret it was not its customer. */
  withdraw({ reportId, secretHash }: OutageWithdrawn): void {
    if (this.#reports.get(reportId)?.secretHash === secretHash) this.remove(reportId)
  }

  /** Takes away what was accepted before, and says how many those were. */
  expire(beforeMs: number): number {
    const old = [...this.#reports].filter(([, { acceptedAtMs }]) => acceptedAtMs < beforeMs)
    for (const [id] of old) this.#reports.delete(id)
    return old.length
  }

  /** Where to read from to meet them all again; null for the start of the log. @param cursor when there is none */
  readFrom(cursor: Position): Position | null {
    const oldest = this.#reports.values().next()
    return oldest.done ? cursor : oldest.value.before
  }

  /** Reads the reports between two cursors again. */
  async derive(log: EventLog, partition: Partition, from: Position | null, to: Position, signal: AbortSignal): Promise<void> {
    if (from === to) return
    let before = from
    for await (const batch of log.read(partition, from, { signal, follow: false })) {
      for (const { position, first, envelope } of batch) {
        // The data of each type: eventTypes in domain/event.ts.
        if (envelope.type === 'outage.matched.v1') this.remove((envelope.data as OutageMatched).reportId)
        if (envelope.type === 'outage.withdrawn.v1' && first) this.withdraw(envelope.data as OutageWithdrawn)
        if (envelope.type === 'outage.reported.v1' && first) this.add(envelope.data as OutageReported, before)
        if (position === to) return
        before = position
      }
    }
  }
}
