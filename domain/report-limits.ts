/** Bounds of an outage report, shared by schema, form and door. Characters unless the name says otherwise. */
export const REPORT_LIMITS = {
  bodyBytes: 16_384,
  jsonDepth: 6,
  accountNumberChars: 32,
  phoneChars: 32,
  addressChars: 200,
  accessNotesChars: 500,
  accuracyMeters: 100_000,
  secretBytes: 16,
} as const

/** Header names of a report's send: they may differ at each attempt, the body never does. */
export const REPORT_HEADERS = {
  /** base64url of the 16 secret bytes. */
  secret: 'report-secret',
  /** 1 for the first send. */
  attempt: 'report-attempt',
  /** The phone's clock at this send, ISO 8601 UTC. */
  sentAt: 'report-sent-at',
  /** Milliseconds by the phone's monotonic clock since it was saved, when known. */
  elapsedMs: 'report-elapsed-ms',
  /** `hazard` when the report names one: read before the body is, so that a full door refuses it last. */
  priority: 'report-priority',
  /** The ticket of a send slot, exactly as the door gave it. */
  slot: 'report-slot',
  /** Server clock minus the phone's clock, milliseconds, as the phone knew it at save; may be negative; absent when not known. */
  clockOffsetMs: 'report-clock-offset-ms',
  /** How far that offset may be off, milliseconds, 0 or more. */
  clockErrorMs: 'report-clock-error-ms',
} as const

/** Header names of the door's answers to a report, a follow-up and the keys. */
export const DOOR_HEADERS = {
  /** With a refusal for load: an opaque ticket, to be shown at the slot's time. */
  slot: 'send-slot',
  /** With a refusal for load: milliseconds from this answer to the slot; relative, for the phone's clock may be wrong. */
  slotMs: 'send-slot-ms',
  /** Over how many milliseconds phones that come back after being cut off spread their first send. */
  spreadMs: 'send-spread-ms',
  /** The server's clock at this answer, ISO 8601 UTC with milliseconds. */
  serverTime: 'server-time',
} as const
