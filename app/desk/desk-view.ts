import { type DeskEntry, listDeskReports } from '../../server/outages/list-desk-reports.ts'
import { ReadsUnavailableError } from '../../server/platform/errors.ts'
import type { ReadSources } from '../../server/platform/read-sources.ts'

/** Enough for a storm's hour on one screen; hazards stand first, so none of them falls out. */
export const DESK_REPORTS = 300

/** What the desk shows: the page is rendered with it, `/desk/reports` answers it again. */
export interface DeskView {
  reports: DeskEntry[]
  /** ISO 8601 UTC; null when neither store answers and none did before. */
  asOf: string | null
  /** False while neither store answers: this is what was read last. */
  current: boolean
}

/** Kept by the process, for everybody at the desk sees the same. */
let lastRead: Pick<DeskView, 'reports' | 'asOf'> = { reports: [], asOf: null }

export async function readDesk(sources: ReadSources): Promise<DeskView> {
  const list = await listDeskReports(sources, { limit: DESK_REPORTS }).catch(unlessUnavailable)
  if (!list) return { ...lastRead, current: false }
  lastRead = { reports: list.reports, asOf: list.asOf }
  return { ...lastRead, current: true }
}

function unlessUnavailable(error: unknown): null {
  if (error instanceof ReadsUnavailableError) return null
  throw error
}
