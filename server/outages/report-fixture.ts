import { randomBytes } from 'node:crypto'
import { systemClock, systemRandom } from '../../domain/clock.ts'
import type { OutageReport } from '../../domain/outage-report.ts'
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

/** The frozen bytes of a report. */
export function bytesOf(report: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(report))
}

export function someSecret(): string {
  return randomBytes(16).toString('base64url')
}
