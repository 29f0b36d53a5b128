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
} as const
