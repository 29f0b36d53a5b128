/** What a corrected time rests on, best first. */
export const CLOCK_BASES = ['server-offset', 'elapsed', 'sent-at', 'phone-clock'] as const
type ClockBasis = (typeof CLOCK_BASES)[number]

/** What a phone says of its clocks, in headers at each send; all but the first from outside the frozen body. */
export interface ClockEvidence {
  /** The phone's clock at saving. */
  savedAtMs: number
  /** The same clock at the send that was accepted. */
  sentAtMs?: number
  /** Monotonic time from saving to this send, within one page or worker. Stands still in sleep: at least so long it was. */
  elapsedMs?: number
  /** Server's clock minus the phone's, as known at saving. */
  clockOffsetMs?: number
  /** How far that may be off. */
  clockErrorMs?: number
}

export interface CorrectedTime {
  /** Server's clock at saving, as well as it can be known; never later than the acceptance. */
  atMs: number
  /** How far it may be off to either side, as far as the evidence tells. */
  errorMs: number
  basis: ClockBasis
}

/** Between a phone's reading of its clock for a send and the door's reading of its own, at the most: the phone gives up before. */
const TRANSIT_MS = 30_000
/** No clock of a phone is believed beyond the epoch; it also keeps every time within what ISO 8601 writes in four digits. */
const EARLIEST_MS = 0

/**
 * When a command was really saved. The offset that the phone had measured at saving decides; without it the wall clock's
 * wait is taken from the acceptance, and whatever monotonic time does not vouch for goes into the error, for a phone that
 * comes back into a network sets its clock before it sends. Where two ways contradict each other the error covers both.
 */
export function correctedTime(evidence: ClockEvidence, acceptedAtMs: number): CorrectedTime {
  const estimate = byOffset(evidence, byWait(evidence, acceptedAtMs))
  const latestMs = acceptedAtMs - (evidence.elapsedMs ?? 0)
  const atMs = Math.round(Math.max(EARLIEST_MS, Math.min(estimate.atMs, latestMs)))
  return { atMs, errorMs: Math.ceil(Math.max(estimate.errorMs, Math.abs(estimate.atMs - atMs))), basis: estimate.basis }
}

function byOffset({ savedAtMs, clockOffsetMs, clockErrorMs }: ClockEvidence, other: CorrectedTime): CorrectedTime {
  if (clockOffsetMs === undefined || clockErrorMs === undefined) return other
  const atMs = savedAtMs + clockOffsetMs
  const apartMs = Math.abs(atMs - other.atMs)
  const contradicted = apartMs > clockErrorMs + other.errorMs
  return { atMs, errorMs: contradicted ? apartMs : clockErrorMs, basis: 'server-offset' }
}

function byWait({ savedAtMs, sentAtMs, elapsedMs }: ClockEvidence, acceptedAtMs: number): CorrectedTime {
  const awakeMs = elapsedMs ?? 0
  if (sentAtMs === undefined) {
    const latestMs = acceptedAtMs - awakeMs
    return { atMs: Math.min(savedAtMs, latestMs), errorMs: Math.abs(latestMs - savedAtMs), basis: 'phone-clock' }
  }
  const waitedMs = sentAtMs - savedAtMs
  return {
    atMs: acceptedAtMs - waitedMs,
    errorMs: TRANSIT_MS + Math.abs(waitedMs - awakeMs),
    basis: elapsedMs === undefined ? 'sent-at' : 'elapsed',
  }
}
