import type { Clock, Random } from '../domain/clock.ts'
import { ANSWERS, HAZARDS, type OutageReport, SCOPES } from '../domain/outage-report.ts'
import { uuidV7 } from '../domain/uuid.ts'
import { utility } from '../utility.config.ts'

const STREETS = ['Elm Street', 'Harbor Avenue', 'Mill Road', 'Orchard Lane', 'Ridge Drive', 'Second Street'] as const
const NOTES = ['Dog in the yard', 'Gate code 4471', 'Tree across the drive', 'Ring at the back door'] as const

/** Accounts that a report may name, as customers type them. */
type AccountNumbers = readonly string[]

/** What a customer says; id, version and time of saving are the outbox's own. */
type ReportContent = Omit<OutageReport, 'schema' | 'id' | 'savedAt'>

/**
 * One customer's words in a storm: mostly by account number, some by phone, address or GPS,
 * some without details; one in thirty names a hazard.
 * @param accountNumbers picked from; empty: numbers that no account has
 */
export function syntheticContent(savedAtMs: number, random: Random, accountNumbers: AccountNumbers = []): ReportContent {
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random.fraction() * choices.length)]!
  return {
    locale: random.fraction() < 0.8 ? 'en' : 'es',
    channel: 'web',
    place: placeOf(random, pick, accountNumbers),
    hazards: random.fraction() < 1 / 30 ? [pick(HAZARDS)] : [],
    scope: pick(SCOPES),
    startedAt: random.fraction() < 0.7 ? new Date(savedAtMs - Math.floor(random.fraction() * 3_600_000)).toISOString() : undefined,
    heardBang: pick(ANSWERS),
    neighborsOut: pick(ANSWERS),
    medicalEquipment: random.fraction() < 0.02,
    accessNotes: random.fraction() < 0.3 ? pick(NOTES) : undefined,
    callbackPhone: random.fraction() < 0.4 ? phoneNumber(random) : undefined,
  }
}

/** A whole report of that content, with an id of its own. */
export function syntheticReport(clock: Clock, random: Random, accountNumbers: AccountNumbers = []): OutageReport {
  const savedAtMs = clock.nowMs()
  return { schema: 1, id: uuidV7(clock, random), savedAt: new Date(savedAtMs).toISOString(), ...syntheticContent(savedAtMs, random, accountNumbers) }
}

function placeOf(random: Random, pick: <T>(choices: readonly T[]) => T, accountNumbers: AccountNumbers): OutageReport['place'] {
  const kind = random.fraction()
  if (kind < 0.6) {
    return { accountNumber: accountNumbers.length > 0 ? pick(accountNumbers) : `99${String(Math.floor(random.fraction() * 1e8)).padStart(8, '0')}` }
  }
  if (kind < 0.75) return { phone: phoneNumber(random) }
  if (kind < 0.9) return { address: `${1 + Math.floor(random.fraction() * 400)} ${pick(STREETS)}` }
  const { south, north, west, east } = utility.serviceArea
  return {
    location: {
      latitude: rounded(south + (north - south) * random.fraction()),
      longitude: rounded(west + (east - west) * random.fraction()),
      accuracyMeters: 5 + Math.floor(random.fraction() * 60),
    },
  }
}

function phoneNumber(random: Random): string {
  return `(555) 555-${String(Math.floor(random.fraction() * 10_000)).padStart(4, '0')}`
}

function rounded(degrees: number): number {
  return Math.round(degrees * 1e6) / 1e6
}
