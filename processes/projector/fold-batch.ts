import { accountNumberKey, type Account } from '../../domain/account.ts'
import { addressKey } from '../../domain/address-key.ts'
import type { DeliveryFact } from '../../domain/delivery.ts'
import { eventTypes, versionOf, type EventData, type OutageHandled, type OutageMatched, type OutageReported } from '../../domain/event.ts'
import type { FollowUpFact } from '../../domain/followed-report.ts'
import type { ProfileRecord } from '../../domain/profile.ts'
import type { AccessRecord } from '../../server/access/access-record.ts'
import type { LogRecord } from '../../server/platform/event-log/event-log.ts'
import type { ErasureRecord } from '../../server/profile/profile.ts'
import { type FoldedDesk, foldDesk } from './fold-desk.ts'
import { foldHandlings, type HandlingRecord, handlingFact } from './fold-handlings.ts'
import { foldIdentity, type IdentityFact } from './fold-identity.ts'
import { storableText } from './storable-text.ts'

/** Where an event stands in the total order, and when it happened (ISO 8601 UTC, milliseconds). */
interface Stamp {
  version: string
  asOf: string
}

interface UpsertedAccount extends Stamp {
  accountKey: string
  account: Account
}

interface ClosedAccount extends Stamp {
  accountKey: string
  accountNumber: string
  closed: true
}

export type AccountRecord = UpsertedAccount | ClosedAccount

export interface ReportRecord extends Stamp {
  /** The record of its id that counts; another one is a conflict or noise. */
  first: boolean
  report: OutageReported
}

export interface MatchRecord extends Stamp {
  match: OutageMatched
}

export interface FollowUpRecord extends Stamp {
  followUp: FollowUpFact
}

export interface DeliveryRecord extends Stamp {
  fact: DeliveryFact
}

interface PremiseRow extends Stamp {
  premiseKey: string
  line1: string
  line2: string | null
  city: string
  state: string | null
  postalCode: string
  latitude: number | null
  longitude: number | null
}

interface ServicePointRow extends Stamp {
  servicePoint: string
  premiseKey: string
  circuit: string
  transformer: string
}

interface MeterRow extends Stamp {
  meterNumber: string
  servicePoint: string
}

/** One batch of events, reduced as far as it can be without a store. Sorted by key, so that two writers lock alike. */
export interface FoldedBatch extends FoldedDesk {
  /** The newest word of each account. */
  accounts: AccountRecord[]
  premises: PremiseRow[]
  servicePoints: ServicePointRow[]
  meters: MeterRow[]
  reports: ReportRecord[]
  matches: MatchRecord[]
  /** Whether each has its report's secret, only the report can tell. */
  followUps: FollowUpRecord[]
  deliveries: DeliveryRecord[]
  /** What staff did, with what came second. */
  handlings: HandlingRecord[]
  /** The newest word about each login and account. */
  access: AccessRecord[]
  profileChanges: ProfileRecord[]
  erasures: ErasureRecord[]
  /** Events of a type or shape that this version does not know. */
  skipped: { unknownType: number; malformed: number }
}

/**
 * The pure part of both projections: the same for any order of `records` with the same members. What an account says,
 * and to which one a report belongs, only the first record of an id can tell; of a report the others are kept to be counted.
 */
export function foldBatch(records: readonly Pick<LogRecord, 'first' | 'envelope'>[]): FoldedBatch {
  const accounts: AccountRecord[] = []
  const reports: ReportRecord[] = []
  const matches: MatchRecord[] = []
  const followUps: FollowUpRecord[] = []
  const deliveries: DeliveryRecord[] = []
  const handlings: HandlingRecord[] = []
  const identity = foldIdentity()
  const desk = foldDesk()
  const skipped = { unknownType: 0, malformed: 0 }
  for (const { first, envelope } of records) {
    const kind = Object.hasOwn(eventTypes, envelope.type) ? eventTypes[envelope.type] : undefined
    if (!kind) {
      skipped.unknownType++
      continue
    }
    const parsed = kind.data.safeParse(envelope.data)
    if (!parsed.success) {
      skipped.malformed++
      continue
    }
    const fact = storableText(parsed.data)
    const stamp = { version: versionOf(envelope), asOf: instant(envelope.time) }
    if (first) desk.take(envelope, fact)
    switch (envelope.type) {
      case 'account.upserted.v1': {
        const account = fact as Account
        if (first) accounts.push({ ...stamp, accountKey: accountNumberKey(account.accountNumber), account })
        break
      }
      case 'account.closed.v1': {
        const { accountNumber } = fact as EventData<'account.closed.v1'>
        if (first) accounts.push({ ...stamp, accountKey: accountNumberKey(accountNumber), accountNumber, closed: true })
        break
      }
      case 'outage.reported.v1':
        reports.push({ ...stamp, first, report: canonicalReport(fact as OutageReported) })
        break
      case 'outage.matched.v1':
        if (first) matches.push({ ...stamp, match: canonicalMatch(fact as OutageMatched) })
        break
      case 'outage.withdrawn.v1':
      case 'outage.added-to.v1':
      case 'outage.confirmed.v1':
        // The schema of each type has parsed the data.
        if (first) followUps.push({ ...stamp, followUp: canonicalFollowUp({ type: envelope.type, data: fact } as FollowUpFact) })
        break
      case 'outage.delivered.v1':
      case 'outage.delivery-refused.v1':
      case 'outage.redelivery-requested.v1':
        if (first) deliveries.push({ ...stamp, fact: canonicalDelivery({ type: envelope.type, data: fact } as DeliveryFact) })
        break
      case 'access.granted.v1':
      case 'access.ended.v1':
      case 'profile.changed.v1':
      case 'erasure.requested.v1':
        // The schema of each type has parsed the data.
        if (first) identity.take({ type: envelope.type, data: fact } as IdentityFact, { ...stamp, eventId: envelope.id })
        break
      case 'outage.handled.v1':
        handlings.push({ ...stamp, fact: handlingFact(envelope.id, !first, fact as OutageHandled) })
        break
      // Of the desk's fold alone, which has taken it.
      case 'account.changed.v1':
      case 'account.noted.v1':
      case 'account.flagged.v1':
      case 'audit.recorded.v1':
      // Nobody reads these from a store, but for what the audit trail keeps of them.
      case 'sessions.revoked.v1':
      case 'outage.delivery-begun.v1':
      case 'accounts.looked-up.v1':
      case 'accounts.synced.v1':
      case 'cache.flipped.v1':
      case 'dependency.changed.v1':
      case 'sync.requested.v1':
        break
    }
  }
  return {
    accounts: newestBy(accounts, (record) => record.accountKey),
    ...networkOf(accounts.filter((record) => 'account' in record)),
    reports,
    matches: oldestBy(matches, (record) => record.match.reportId),
    followUps: oldestBy(followUps, ({ followUp: { data } }) => `${data.reportId} ${data.followUpId}`),
    deliveries: oldestBy(deliveries, ({ fact: { type, data } }) => `${data.reportId} ${data.deliveryId} ${type} ${'round' in data ? data.round : 0}`),
    handlings: foldHandlings(handlings),
    ...identity.folded(),
    ...desk.folded(),
    skipped,
  }
}

function premiseKeyOf({ line1, line2, postalCode }: Account['personal']['address']): string {
  return addressKey([line1, line2, postalCode].filter(Boolean).join(' '))
}

/** The network as the newest event of any account tells it: also of accounts that were superseded in this batch. */
function networkOf(accounts: readonly UpsertedAccount[]): Pick<FoldedBatch, 'premises' | 'servicePoints' | 'meters'> {
  const premises: PremiseRow[] = []
  const servicePoints: ServicePointRow[] = []
  const meters: MeterRow[] = []
  for (const { account, version, asOf } of accounts) {
    const { address, latitude, longitude } = account.personal
    const { servicePoint, meterNumber, circuit, transformer } = account
    const premiseKey = premiseKeyOf(address)
    const { line1, line2 = null, city, state = null, postalCode } = address
    premises.push({ premiseKey, line1, line2, city, state, postalCode, latitude: latitude ?? null, longitude: longitude ?? null, version, asOf })
    servicePoints.push({ servicePoint, premiseKey, circuit, transformer, version, asOf })
    meters.push({ meterNumber, servicePoint, version, asOf })
  }
  return {
    premises: newestBy(premises, (row) => row.premiseKey),
    servicePoints: newestBy(servicePoints, (row) => row.servicePoint),
    meters: newestBy(meters, (row) => row.meterNumber),
  }
}

/** One way to write an id and an instant, so that a record read back from a store equals one from the log. */
function canonicalReport(report: OutageReported): OutageReported {
  const { startedAt } = report
  return {
    ...report,
    reportId: report.reportId.toLowerCase(),
    acceptedAt: instant(report.acceptedAt),
    savedAt: instant(report.savedAt),
    ...(startedAt === undefined ? {} : { startedAt: instant(startedAt) }),
  }
}

function canonicalMatch(match: OutageMatched): OutageMatched {
  return { ...match, reportId: match.reportId.toLowerCase() }
}

function canonicalFollowUp(followUp: FollowUpFact): FollowUpFact {
  const { followUpId, reportId, acceptedAt, savedAt } = followUp.data
  const ids = { followUpId: followUpId.toLowerCase(), reportId: reportId.toLowerCase() }
  // Its type and the rest of its data stay together.
  return { ...followUp, data: { ...followUp.data, ...ids, acceptedAt: instant(acceptedAt), savedAt: instant(savedAt) } } as FollowUpFact
}

function canonicalDelivery(fact: DeliveryFact): DeliveryFact {
  const { deliveryId, reportId } = fact.data
  return { ...fact, data: { ...fact.data, deliveryId: deliveryId.toLowerCase(), reportId: reportId.toLowerCase() } } as DeliveryFact
}

function instant(text: string): string {
  return new Date(text).toISOString()
}

function newestBy<R extends Stamp>(records: readonly R[], keyOf: (record: R) => string): R[] {
  return chosenBy(records, keyOf, (candidate, held) => candidate.version > held.version)
}

function oldestBy<R extends Stamp>(records: readonly R[], keyOf: (record: R) => string): R[] {
  return chosenBy(records, keyOf, (candidate, held) => candidate.version < held.version)
}

function chosenBy<R>(records: readonly R[], keyOf: (record: R) => string, isBetter: (candidate: R, held: R) => boolean): R[] {
  const chosen = new Map<string, R>()
  for (const record of records) {
    const key = keyOf(record)
    const held = chosen.get(key)
    if (!held || isBetter(record, held)) chosen.set(key, record)
  }
  return [...chosen].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, record]) => record)
}
