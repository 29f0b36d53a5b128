import type { OutageDeliveryBegun } from '../../domain/delivery.ts'
import type { OutageMatched, OutageReported } from '../../domain/event.ts'
import type { FollowUpFact } from '../../domain/followed-report.ts'
import type { CoreFollowUp, CoreReport } from '../core-system/core-delivery.ts'
import { matchedAccount } from './delivery-events.ts'

/** The bytes of a report for the core system: a function of two records of the log, so that each try sends the same. */
export function reportBody(report: OutageReported, { account, withdrawn }: OutageDeliveryBegun): Uint8Array {
  const { reportId, reference, acceptedAt, channel, hazards, scope, heardBang, neighborsOut } = report
  const { place, medicalEquipment, accessNotes, callbackPhone } = report.personal
  const { savedAt, startedAt } = report.occurred ?? report
  const body: CoreReport = {
    reportId, reference, acceptedAt, savedAt, channel, hazards, scope, startedAt, heardBang, neighborsOut,
    medicalEquipment, place, accessNotes, callbackPhone, account, withdrawn,
  }
  return bytesOf(body)
}

/** The bytes of what a customer said later. */
export function followUpBody({ type, data }: FollowUpFact): Uint8Array {
  const { followUpId, reportId, acceptedAt } = data
  const common = { followUpId, reportId, acceptedAt, savedAt: data.occurred?.savedAt ?? data.savedAt }
  switch (type) {
    case 'outage.withdrawn.v1':
      return bytesOf({ ...common, kind: 'withdrawn', reason: data.reason })
    case 'outage.added-to.v1':
      return bytesOf({ ...common, kind: 'added-to', hazards: data.hazards, scope: data.scope, ...data.personal })
    case 'outage.confirmed.v1':
      return bytesOf({ ...common, kind: 'confirmed', stillOut: data.stillOut })
  }
}

/** The bytes of a match that came after its report was handed over without one. @param matchedAt ISO 8601 UTC, of its record */
export function matchBody(followUpId: string, match: OutageMatched, matchedAt: string): Uint8Array {
  return bytesOf({ followUpId, reportId: match.reportId, acceptedAt: matchedAt, savedAt: matchedAt, kind: 'matched', account: matchedAccount(match) })
}

function bytesOf(body: CoreReport | CoreFollowUp): Uint8Array {
  return Buffer.from(JSON.stringify(body))
}
