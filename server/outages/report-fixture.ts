import { randomBytes } from 'node:crypto'
import { systemClock, systemRandom } from '../../domain/clock.ts'
import type { OutageReport } from '../../domain/outage-report.ts'
import type { ReportFollowUp } from '../../domain/report-follow-up.ts'
import { uuidV7 } from '../../domain/uuid.ts'

/** A valid report with a new id, for tests. */
export function someReport(changes: Partial<OutageReport> = {}): OutageReport {
  return {
    schema: 1,
    id: uuidV7(systemClock, systemRandom),
    savedAt: new Date().toISOString(),
    locale: 'en',
    channel: 'web',
    place: { accountNumber: '4100 0000 17' },
    hazards: [],
    scope: 'whole-home',
    heardBang: 'no',
    neighborsOut: 'unknown',
    medicalEquipment: false,
    ...changes,
  }
}

type FollowUpWords = ReportFollowUp extends infer F ? (F extends ReportFollowUp ? Omit<F, 'schema' | 'id' | 'reportId' | 'savedAt' | 'locale' | 'channel'> : never) : never

/** A valid follow-up with a new id, for tests. */
export function someFollowUp(reportId: string, words: FollowUpWords = { kind: 'withdraw', reason: 'power-back' }): ReportFollowUp {
  return { schema: 1, id: uuidV7(systemClock, systemRandom), reportId, savedAt: new Date().toISOString(), locale: 'en', channel: 'web', ...words }
}

/** The frozen bytes of a report or follow-up. */
export function bytesOf(report: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(report))
}

export function someSecret(): string {
  return randomBytes(16).toString('base64url')
}
