import { z } from 'zod'
import { accessEndedSchema, accessGrantedSchema, erasureRequestedSchema, profileChangedSchema, sessionsRevokedSchema } from './access.ts'
import { accountSchema } from './account.ts'
import { auditRecordedSchema } from './audit.ts'
import { CLOCK_BASES } from './clock-evidence.ts'
import { outageDeliveredSchema, outageDeliveryBegunSchema, outageDeliveryRefusedSchema, outageRedeliveryRequestedSchema } from './delivery.ts'
import { ACCOUNT_FLAGS } from './desk-choices.ts'
import { STILL_OUT_ANSWERS, WITHDRAW_REASONS } from './follow-up-choices.ts'
import { HANDLING_STEPS } from './handling-steps.ts'
import { accountsSyncedSchema, cacheFlippedSchema, dependencyChangedSchema, syncRequestedSchema } from './operations.ts'
import { ANSWERS, CHANNELS, HAZARDS, LOCALES, placeSchema, SCOPES } from './outage-report.ts'

export const TOPICS = ['accounts', 'outages', 'bills', 'payments', 'identity', 'ops'] as const
export type Topic = (typeof TOPICS)[number]

const sha256 = z.string().regex(/^[A-Za-z0-9_-]{43}$/).describe('SHA-256, base64url')
const instant = z.iso.datetime()

/** How a report reached the door: evidence about clocks and retries, never part of the frozen body. */
export const deliverySchema = z.object({
  attempt: z.int().min(1),
  sentAt: instant.optional(),
  elapsedMs: z.number().min(0).optional(),
  clockOffsetMs: z.number().optional(),
  clockErrorMs: z.number().min(0).optional(),
})

export type Delivery = z.infer<typeof deliverySchema>

/** When it was really saved, as the evidence of its first delivery tells; absent in events from before this was kept. */
const occurredSchema = z.object({
  savedAt: instant,
  startedAt: instant.optional(),
  errorMs: z.number().min(0),
  basis: z.enum(CLOCK_BASES),
})
export type Occurred = z.infer<typeof occurredSchema>

export const outageReportedSchema = z.object({
  reportId: z.uuid(),
  reference: z.string(),
  schema: z.literal(1),
  bodyHash: sha256,
  secretHash: sha256,
  acceptedAt: instant,
  savedAt: instant,
  locale: z.enum(LOCALES),
  channel: z.enum(CHANNELS),
  hazards: z.array(z.enum(HAZARDS)),
  scope: z.enum(SCOPES),
  startedAt: instant.optional(),
  heardBang: z.enum(ANSWERS),
  neighborsOut: z.enum(ANSWERS),
  delivery: deliverySchema,
  occurred: occurredSchema.optional(),
  personal: z.object({
    place: placeSchema,
    medicalEquipment: z.boolean(),
    accessNotes: z.string().optional(),
    callbackPhone: z.string().optional(),
  }),
})
export type OutageReported = z.infer<typeof outageReportedSchema>

/** Decided once by the matching reactor and logged, so that every projection agrees. */
const outageMatchedSchema = z.object({
  reportId: z.uuid(),
  accountNumber: z.string(),
  servicePoint: z.string(),
  circuit: z.string(),
  transformer: z.string(),
  matchedBy: z.enum(['account-number', 'phone', 'address', 'location']),
})
export type OutageMatched = z.infer<typeof outageMatchedSchema>

const followUpFields = {
  followUpId: z.uuid(),
  reportId: z.uuid(),
  schema: z.literal(1),
  bodyHash: sha256,
  secretHash: sha256.describe("Counts only when it is the report's"),
  acceptedAt: instant,
  savedAt: instant,
  locale: z.enum(LOCALES),
  channel: z.enum(CHANNELS),
  delivery: deliverySchema,
  occurred: occurredSchema.omit({ startedAt: true }).optional(),
}

const outageWithdrawnSchema = z.object({ ...followUpFields, reason: z.enum(WITHDRAW_REASONS) })
export type OutageWithdrawn = z.infer<typeof outageWithdrawnSchema>

const outageAddedToSchema = z.object({
  ...followUpFields,
  hazards: z.array(z.enum(HAZARDS)),
  scope: z.enum(SCOPES).optional(),
  personal: z.object({
    medicalEquipment: z.boolean().optional(),
    accessNotes: z.string().optional(),
    callbackPhone: z.string().optional(),
  }),
})
export type OutageAddedTo = z.infer<typeof outageAddedToSchema>

const outageConfirmedSchema = z.object({ ...followUpFields, stillOut: z.enum(STILL_OUT_ANSWERS) })
export type OutageConfirmed = z.infer<typeof outageConfirmedSchema>

/** The core system no longer has the account. */
const accountClosedSchema = z.object({ accountNumber: z.string().min(1).max(32) })

/**
 * Of an account that was known before: what is different in the `account.upserted.v1` that comes after it. For people who want
 * to know what happened; what the account is, the other event says alone.
 */
const accountChangedSchema = z.object({
  accountNumber: z.string().min(1).max(32),
  fields: z.array(z.string().max(64)).describe('Names of what differs: COLUMNS of server/accounts/account-columns.ts'),
  reopened: z.boolean().describe('It had been closed: then no field is named'),
})

const staffActor = z.object({ staffId: z.uuid(), name: z.string().max(160) })
const onDesk = { at: instant, actor: staffActor }


/**
 * What staff did with a report. The event's id is made of the report and `basedOn`, the id of the step that they saw (null for none):
 * so of two that are based on the same one the log's first counts, whoever asks where.
 */
const outageHandledSchema = z.object({
  /** Of the command, made where it was given. */
  handlingId: z.uuid(),
  reportId: z.uuid(),
  step: z.enum(HANDLING_STEPS),
  basedOn: z.uuid().nullable(),
  ...onDesk,
  note: z.string().max(1_000).optional(),
})
export type OutageHandled = z.infer<typeof outageHandledSchema>

/** A note of staff about an account; written once and never changed. */
const accountNotedSchema = z.object({ noteId: z.uuid(), accountNumber: z.string().min(1).max(32), ...onDesk, personal: z.object({ text: z.string().min(1).max(2_000) }) })
export type AccountNoted = z.infer<typeof accountNotedSchema>

/**
 * All flags of an account, as they are from now on. The event's id is made of the account and `basedOn`, the id of the change that was
 * seen (null for none): so of two that are based on the same one the log's first counts, whoever asks where.
 */
const accountFlaggedSchema = z.object({
  /** Of the command, made where it was given. */
  flaggingId: z.uuid(),
  accountNumber: z.string().min(1).max(32),
  basedOn: z.uuid().nullable(),
  flags: z.array(z.enum(ACCOUNT_FLAGS)),
  /** Those that stood before, for whoever reads the trail. */
  was: z.array(z.enum(ACCOUNT_FLAGS)).optional(),
  ...onDesk,
})
export type AccountFlagged = z.infer<typeof accountFlaggedSchema>

/** Who looked at which accounts: one event for the looks of a moment. */
const accountsLookedUpSchema = z.object({
  looks: z.array(z.object({
    at: instant,
    actor: z.string(),
    /** `look-up` by a program of staff, `match` by a guest: then the actor is a hash of where it came from. */
    how: z.enum(['look-up', 'match']),
    by: z.enum(['account-number', 'phone', 'meter', 'email', 'address']),
    accountNumbers: z.array(z.string()),
    traceId: z.string().optional(),
  })).min(1),
})
export type AccountsLookedUp = z.infer<typeof accountsLookedUpSchema>

/**
 * Every event type with its topic and the schema of its data. A breaking change is a new version, never an edit; optional
 * fields may be added, and a process that does not know them yet reads past them.
 */
export const eventTypes = {
  'account.upserted.v1': { topic: 'accounts', data: accountSchema },
  'account.closed.v1': { topic: 'accounts', data: accountClosedSchema },
  'account.changed.v1': { topic: 'accounts', data: accountChangedSchema },
  'outage.reported.v1': { topic: 'outages', data: outageReportedSchema },
  'outage.matched.v1': { topic: 'outages', data: outageMatchedSchema },
  'outage.withdrawn.v1': { topic: 'outages', data: outageWithdrawnSchema },
  'outage.added-to.v1': { topic: 'outages', data: outageAddedToSchema },
  'outage.confirmed.v1': { topic: 'outages', data: outageConfirmedSchema },
  'outage.delivery-begun.v1': { topic: 'outages', data: outageDeliveryBegunSchema },
  'outage.delivered.v1': { topic: 'outages', data: outageDeliveredSchema },
  'outage.delivery-refused.v1': { topic: 'outages', data: outageDeliveryRefusedSchema },
  'outage.redelivery-requested.v1': { topic: 'outages', data: outageRedeliveryRequestedSchema },
  'outage.handled.v1': { topic: 'outages', data: outageHandledSchema },
  'account.noted.v1': { topic: 'accounts', data: accountNotedSchema },
  'account.flagged.v1': { topic: 'accounts', data: accountFlaggedSchema },
  'access.granted.v1': { topic: 'identity', data: accessGrantedSchema },
  'access.ended.v1': { topic: 'identity', data: accessEndedSchema },
  'profile.changed.v1': { topic: 'identity', data: profileChangedSchema },
  'erasure.requested.v1': { topic: 'identity', data: erasureRequestedSchema },
  'audit.recorded.v1': { topic: 'identity', data: auditRecordedSchema },
  'sessions.revoked.v1': { topic: 'ops', data: sessionsRevokedSchema },
  'accounts.looked-up.v1': { topic: 'identity', data: accountsLookedUpSchema },
  'accounts.synced.v1': { topic: 'ops', data: accountsSyncedSchema },
  'sync.requested.v1': { topic: 'ops', data: syncRequestedSchema },
  'cache.flipped.v1': { topic: 'ops', data: cacheFlippedSchema },
  'dependency.changed.v1': { topic: 'ops', data: dependencyChangedSchema },
} as const satisfies Record<string, { topic: Topic; data: z.ZodType }>

export type EventType = keyof typeof eventTypes
export type EventData<T extends EventType> = z.infer<(typeof eventTypes)[T]['data']>

/** What a verb asks the log to keep; the log adds time, order and origin. */
export interface NewEvent<T extends EventType = EventType> {
  /** The command's id (UUIDv7 of a phone or browser, UUIDv5 of a natural key of the server). */
  id: string
  type: T
  /** Partition key: a function of the command alone. */
  key: string
  /** base64url SHA-256 of the command's body: the same id with another one is a conflict. */
  bodyHash: string
  data: EventData<T>
  traceparent?: string
}

/** CloudEvents 1.0 as JSON, with Stormdoor's extensions (lower-case, as the standard asks). */
export interface EventEnvelope<T extends EventType = EventType> {
  specversion: '1.0'
  id: string
  source: string
  type: T
  subject: string
  time: string
  datacontenttype: 'application/json'
  partitionkey: string
  /** Hybrid logical clock: 16 hex digits, 48 bits of milliseconds and a 16-bit counter. Orders as text. */
  hlc: string
  region: string
  /** Process name and a suffix per start: unique among all issuers. */
  node: string
  /** Counts from 1 per node start and partition. */
  seq: number
  bodyhash: string
  /** base64url SHA-256 over the stored bytes of `data`. */
  hash: string
  traceparent?: string
  data: EventData<T>
}

/** Total order of events: by clock, then region, then node. Compares as text. */
export function versionOf(envelope: Pick<EventEnvelope, 'hlc' | 'region' | 'node'>): string {
  return `${envelope.hlc}.${envelope.region}.${envelope.node}`
}
