import type { DeskEntry } from '../../../server/outages/desk-entry.ts'
import type { DeskView } from '../desk-view.ts'
import { byDangerThenAge, type DeskFilter } from './desk-filter.ts'

/** The view with these rows as they are now: an old row never replaces a newer one. @param most reports that are kept, the first of the list */
export function withRows(view: DeskView, rows: readonly DeskEntry[], { order, most }: Pick<DeskFilter, 'order'> & { most: number }): DeskView {
  const byId = new Map(view.reports.map((report) => [report.id, report]))
  let { all, open } = view.totals
  for (const row of rows) {
    const held = byId.get(row.id)
    if (held && held.version >= row.version) continue
    // One that is not listed may be an old one: then it is counted too often, until the list is loaded again.
    if (!held) all++
    open += Number(row.open) - Number(held?.open ?? false)
    byId.set(row.id, row)
  }
  const reports = [...byId.values()]
  // By the way of the list, so that what falls out would not be in it.
  const kept = reports.length > most ? reports.toSorted(byDangerThenAge(order)).slice(0, most) : reports
  return { ...view, reports: kept, totals: { all, open } }
}

/** A list that was just loaded; what the stream has told meanwhile may be newer. */
export function withLoaded(view: DeskView, loaded: DeskView): DeskView {
  const held = new Map(view.reports.map((report) => [report.id, report]))
  const newer = (report: DeskEntry) => {
    const told = held.get(report.id)
    return told && told.version > report.version ? told : report
  }
  return { ...loaded, reports: loaded.reports.map(newer) }
}
