import type { DeskEntry } from '../../server/outages/desk-entry.ts'
import { formatDeskPosition } from '../../server/outages/desk-position.ts'
import { type DeskOrder, listDeskReports } from '../../server/outages/list-desk-reports.ts'
import { ReadsUnavailableError } from '../../server/platform/errors.ts'
import type { ReadSources } from '../../server/platform/read-sources.ts'

/** Hazards stand first, then what is open, so none of them falls out before a storm has brought so many. */
export const DESK_REPORTS = 1_000

/** What the desk shows: the page is rendered with it, `/desk/reports` answers it again, the stream changes it row by row. */
export interface DeskView {
  reports: DeskEntry[]
  /** How many there are, listed or not. */
  totals: { all: number; open: number }
  /** Where the stream goes on from this list; null when no store could say. */
  position: string | null
  /** ISO 8601 UTC; null when neither store answers and none did before. */
  asOf: string | null
  /** False while neither store answers: this is what was read last. */
  current: boolean
}

/** The stream goes on from where the list was read, so a list that is a moment old is whole all the same. */
const GOOD_FOR_MS = 500

interface LastRead {
  view: DeskView
  untilMs: number
  reading: Promise<DeskView> | null
}

/** Kept by the process, for everybody at the desk sees the same: one reading for all who ask at once. */
const lastRead = new Map<DeskOrder, LastRead>()

export function readDesk(sources: ReadSources, order: DeskOrder = 'newest'): Promise<DeskView> {
  const held = lastRead.get(order) ?? { view: { reports: [], totals: { all: 0, open: 0 }, position: null, asOf: null, current: false }, untilMs: 0, reading: null }
  lastRead.set(order, held)
  if (performance.now() < held.untilMs) return Promise.resolve(held.view)
  held.reading ??= read(sources, order, held).finally(() => {
    held.reading = null
  })
  return held.reading
}

async function read(sources: ReadSources, order: DeskOrder, held: LastRead): Promise<DeskView> {
  const list = await listDeskReports(sources, { limit: DESK_REPORTS, order }).catch(unlessUnavailable)
  if (!list) return (held.view = { ...held.view, current: false })
  const { reports, totals, position, asOf } = list
  held.view = { reports, totals, position: position && formatDeskPosition(position), asOf, current: true }
  held.untilMs = performance.now() + GOOD_FOR_MS
  return held.view
}

const written = new WeakMap<DeskView, string>()

/** The view as JSON, written once however many ask for it. */
export function deskJson(view: DeskView): string {
  const text = written.get(view) ?? JSON.stringify(view)
  written.set(view, text)
  return text
}

function unlessUnavailable(error: unknown): null {
  if (error instanceof ReadsUnavailableError) return null
  throw error
}
