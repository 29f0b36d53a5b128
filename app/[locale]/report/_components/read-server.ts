import { REPORT_HEADERS } from '../../../../domain/report-limits.ts'
import type { ReportStanding } from '../../../../domain/report-standing.ts'
import { isProblem, parseJson } from '../../../../worker/outbox/classify-answer.ts'
import type { ReportRecord } from '../../../../worker/outbox/report-record.ts'
import { type KnownCustomer, knownCustomer } from './who-is-here.ts'

const TIMEOUT_MS = 8_000

export interface OutageStatus {
  level: 'calm' | 'elevated' | 'storm'
  asOf: string
}

/** The area's level. @throws when it cannot be had: what was read before then stays, with its age */
export async function readOutageStatus({ signal }: { signal: AbortSignal }): Promise<OutageStatus> {
  const status = (await readJson('/api/v1/outage-status', {}, signal)) as Partial<OutageStatus>
  if (!['calm', 'elevated', 'storm'].includes(status.level ?? '') || typeof status.asOf !== 'string') throw new TypeError('Not an outage status')
  return status as OutageStatus
}

/** What the utility says of a report. A door of an earlier version leaves out what it does not know. */
export type OwnStanding = Pick<ReportStanding, 'state' | 'confirmation' | 'additions' | 'corrected' | 'asOf'>

/** @throws when it cannot be had, or the answer is about something else */
export async function readReportStanding(record: ReportRecord, signal: AbortSignal): Promise<OwnStanding> {
  const answer = (await readJson(`/api/v1/outage-reports/${record.id}`, { [REPORT_HEADERS.secret]: record.secret }, signal)) as Partial<ReportStanding>
  if (answer.id !== record.id) throw new TypeError('Not this report')
  const { state, confirmation, additions, corrected, asOf } = answer
  return {
    state: state === 'matched' || state === 'withdrawn' ? state : 'received',
    confirmation,
    additions,
    corrected,
    asOf: typeof asOf === 'string' ? asOf : new Date().toISOString(),
  }
}

/**
 * The customer who is signed in, with their places; null when nobody is.
 * @throws when that cannot be had: a sign-in page of another network says nothing about ours
 */
export async function readKnownCustomer(): Promise<KnownCustomer | null> {
  const response = await fetch('/api/v1/me/premises', { headers: { accept: 'application/json' }, cache: 'no-store', signal: AbortSignal.timeout(TIMEOUT_MS) })
  const answer = parseJson({ contentType: response.headers.get('content-type'), text: await response.text() })
  if (response.status === 401 && isProblem(answer)) return null
  const customer = response.ok ? knownCustomer(answer) : null
  if (!customer) throw new Error(`/api/v1/me/premises answered ${response.status}`)
  return customer
}

async function readJson(path: string, headers: Record<string, string>, signal: AbortSignal): Promise<unknown> {
  const response = await fetch(path, { headers: { accept: 'application/json', ...headers }, signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]) })
  if (!response.ok) throw new Error(`${path} answered ${response.status}`)
  return response.json()
}
