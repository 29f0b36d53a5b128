import type { ReportRecord } from '../../../../worker/outbox/report-record.ts'
import { readReport } from '../../reports/_components/read-body.ts'
import { type Place, samePlace } from './same-place.ts'

/** Older than this, a report of the same place is most likely about another outage. */
const SAME_OUTAGE_MS = 24 * 60 * 60_000

/** This phone's newest report of the place, when it is young enough to be about the same outage. */
export function reportOfPlace(reports: readonly ReportRecord[], place: Place, nowMs: number): ReportRecord | null {
  return newestFirst(reports).find((record) => nowMs - record.savedAtMs < SAME_OUTAGE_MS && samePlace(placeOf(record), place)) ?? null
}

/** Where this phone's newest report was that said so in words: a customer who comes back rarely reports another house. */
export function lastPlace(reports: readonly ReportRecord[]): { place: Place; shown: string } | null {
  const record = newestFirst(reports).find(({ place }) => place !== '')
  return record ? { place: placeOf(record), shown: record.place } : null
}

function newestFirst(reports: readonly ReportRecord[]): ReportRecord[] {
  return [...reports].sort((a, b) => b.savedAtMs - a.savedAtMs)
}

/** A body is frozen, so what was once read of it stays true. */
const places = new WeakMap<Uint8Array, Place>()

function placeOf(record: ReportRecord): Place {
  const known = places.get(record.body)
  if (known) return known
  const place = readReport(record)?.place ?? {}
  places.set(record.body, place)
  return place
}
