/** A report as the core system holds it, in the order in which it took them. */
export interface HeldReport {
  place: number
  id: string
  receivedAtMs: number
  /** How often it came, with the same bytes. */
  times: number
  hazardous: boolean
}

export interface DeliveryHoldings {
  /** Ids of the reports that were accepted. */
  accepted: readonly string[]
  held: readonly HeldReport[]
  /** Ids of reports that the log says were handed over; one per event, first records only. */
  logged: readonly string[]
  /** Hand-overs of a known id with other bytes. */
  conflicts: number
  /** When the core system was ready again, epoch milliseconds, and when each accepted report was accepted. */
  backAtMs: number
  acceptedAtMs: ReadonlyMap<string, number>
}

/** How what waited for the core system went to it. */
export interface Backlog {
  /** Reports that were accepted before it came back and had not been handed over. */
  reports: number
  hazardous: number
  /** Ordinary ones of them that went before the last hazardous one; those that were under way with it are among them. */
  ordinaryBeforeLastHazard: number
  /** From its return to the last of them; null when nothing waited. */
  drainedAfterMs: number | null
}

export interface DeliveryReckoning {
  /** Accepted reports that the core system holds once and the log says were handed over once. */
  delivered: number
  /** Came again with the same bytes: an answer was lost, and the same id kept it one. */
  repeats: number
  backlog: Backlog
  /** Everything that must not be, in words with an example. */
  faults: string[]
}

/** How long a report may wait for its account before it is handed over: younger ones are no backlog. */
const MATCH_WAIT_MS = 10_000

export function reckonDeliveries({ accepted, held, logged, conflicts, backAtMs, acceptedAtMs }: DeliveryHoldings): DeliveryReckoning {
  const atCore = Map.groupBy(held, ({ id }) => id)
  const inLog = Map.groupBy(logged, (id) => id)
  const faults: string[] = []
  const named = (ids: readonly string[], words: string) => {
    if (ids.length > 0) faults.push(`${words}: ${ids.length}, such as ${ids[0]}`)
  }
  const known = new Set(accepted)
  named(accepted.filter((id) => !atCore.has(id)), 'Accepted reports that the core system does not have')
  named([...atCore].filter(([, rows]) => rows.length > 1).map(([id]) => id), 'Reports that the core system has more than once')
  named([...atCore.keys()].filter((id) => !known.has(id)), 'Reports at the core system that nobody holds a receipt for')
  named(accepted.filter((id) => atCore.has(id) && !inLog.has(id)), 'Delivered reports of which the log does not say so')
  named([...inLog].filter(([, events]) => events.length > 1).map(([id]) => id), 'Reports of which the log says more than once that they were delivered')
  if (conflicts > 0) faults.push(`Hand-overs of a known report with other bytes: ${conflicts}`)
  return {
    delivered: accepted.filter((id) => atCore.get(id)?.length === 1 && inLog.get(id)?.length === 1).length,
    repeats: held.reduce((sum, { times }) => sum + times - 1, 0),
    backlog: backlogOf(held, backAtMs, acceptedAtMs),
    faults,
  }
}

function backlogOf(held: readonly HeldReport[], backAtMs: number, acceptedAtMs: ReadonlyMap<string, number>): Backlog {
  const waited = held.filter(({ id, receivedAtMs }) => receivedAtMs >= backAtMs && (acceptedAtMs.get(id) ?? Infinity) < backAtMs - MATCH_WAIT_MS)
  const lastHazard = Math.max(...waited.filter(({ hazardous }) => hazardous).map(({ place }) => place))
  return {
    reports: waited.length,
    hazardous: waited.filter(({ hazardous }) => hazardous).length,
    ordinaryBeforeLastHazard: waited.filter(({ hazardous, place }) => !hazardous && place < lastHazard).length,
    drainedAfterMs: waited.length === 0 ? null : Math.round(Math.max(...waited.map(({ receivedAtMs }) => receivedAtMs)) - backAtMs),
  }
}
