/** Bounds of the door. Tests set their own; a deployment has no reason to. */
export const DOOR_LIMITS = {
  /** Reports in work before ordinary ones are refused. */
  normalInFlight: 2_000,
  /** Reports in work before even hazards are refused. */
  hazardInFlight: 6_000,
  /** Delay of the event loop from which ordinary reports, then hazards, are refused. */
  normalLoopDelayMs: 400,
  hazardLoopDelayMs: 3_000,
  /** A whole request must have arrived within these, however slowly it is dripped. */
  headersTimeoutMs: 15_000,
  requestTimeoutMs: 30_000,
  connectionsCheckMs: 5_000,
  keepAliveTimeoutMs: 65_000,
  maxConnections: 20_000,
  formBytes: 32_768,
  statusOfTimeoutMs: 150,
} as const

export type DoorLimits = { [K in keyof typeof DOOR_LIMITS]: number }
