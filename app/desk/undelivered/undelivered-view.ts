import type { Staff } from '../../../server/identity/staff.ts'
import { listUndelivered, type UndeliveredEntry } from '../../../server/outages/list-undelivered.ts'
import { ReadsUnavailableError } from '../../../server/platform/errors.ts'
import type { ReadSources } from '../../../server/platform/read-sources.ts'

/** More dead letters than that are one fault, and mended as one. */
const SHOWN_REPORTS = 200

/** What the page of the undelivered shows: it is rendered with it, `/desk/undelivered/list` answers it again. */
export interface UndeliveredView {
  deliveries: UndeliveredEntry[]
  reports: number
  /** False while neither store answers: this is what was read last, or null when nothing ever was. */
  current: boolean | null
}

/** Kept by the process, for everybody at the desk sees the same. */
let lastRead: UndeliveredView = { deliveries: [], reports: 0, current: null }

export async function readUndelivered(services: { sources: ReadSources }, staff: Staff): Promise<UndeliveredView> {
  try {
    lastRead = { ...(await listUndelivered(services, staff, { limit: SHOWN_REPORTS })), current: true }
    return lastRead
  } catch (error) {
    if (!(error instanceof ReadsUnavailableError)) throw error
    return lastRead.current === null ? lastRead : { ...lastRead, current: false }
  }
}

/** How many reports wait there; null while nobody can say. */
export async function countUndeliveredReports(services: { sources: ReadSources }, staff: Staff): Promise<number | null> {
  try {
    return (await listUndelivered(services, staff, { limit: 0 })).reports
  } catch (error) {
    if (error instanceof ReadsUnavailableError) return null
    throw error
  }
}
