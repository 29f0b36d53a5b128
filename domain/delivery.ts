import { z } from 'zod'

const instant = z.iso.datetime()

/** What is handed to the core system: a report, or what was said of it later. Its id is the report's or the follow-up's own. */
const deliveryFields = { deliveryId: z.uuid(), reportId: z.uuid() }

/**
 * With what a report is handed over, logged before its first try: what comes to be known later (its account, that it was
 * taken back) changes no byte of any further try, whoever makes it.
 */
export const outageDeliveryBegunSchema = z.object({
  ...deliveryFields,
  /** Form of the bytes that are made of it. */
  form: z.literal(1),
  begunAt: instant,
  account: z.object({ accountNumber: z.string(), servicePoint: z.string(), circuit: z.string(), transformer: z.string() }).nullable(),
  withdrawn: z.boolean(),
})
export type OutageDeliveryBegun = z.infer<typeof outageDeliveryBegunSchema>

/** The core system has it. */
export const outageDeliveredSchema = z.object({
  ...deliveryFields,
  deliveredAt: instant,
  /** What the core system calls it. */
  coreReference: z.string().max(64),
  attempts: z.int().min(1),
})
export type OutageDelivered = z.infer<typeof outageDeliveredSchema>

/** The core system will never take it as it is: it waits at the desk. */
export const outageDeliveryRefusedSchema = z.object({
  ...deliveryFields,
  refusedAt: instant,
  /** Of its answer; null when it was refused for failing again and again while others went through. */
  status: z.int().nullable(),
  reason: z.string().max(500),
  attempts: z.int().min(1),
  /** Counts from 1: how often it was refused. */
  round: z.int().min(1),
})
export type OutageDeliveryRefused = z.infer<typeof outageDeliveryRefusedSchema>

/** Staff asked that what was refused be handed over once more. */
export const outageRedeliveryRequestedSchema = z.object({ ...deliveryFields, requestedAt: instant, round: z.int().min(1), staffId: z.string() })
export type OutageRedeliveryRequested = z.infer<typeof outageRedeliveryRequestedSchema>

/** What the log says of one delivery after it was begun. */
export type DeliveryFact =
  | { type: 'outage.delivered.v1'; data: OutageDelivered }
  | { type: 'outage.delivery-refused.v1'; data: OutageDeliveryRefused }
  | { type: 'outage.redelivery-requested.v1'; data: OutageRedeliveryRequested }

/** `requested`: it was refused, and staff asked that it be handed over once more. */
type DeliveryState = 'waiting' | 'delivered' | 'refused' | 'requested'

export interface DeliveryStanding {
  state: DeliveryState
  /** ISO 8601 UTC since when it stands so; null while it waits for its first hand-over. */
  since: string | null
  /** What the core system calls it; null until it has it. */
  coreReference: string | null
  /** How often it was refused. */
  round: number
  /** Of the newest refusal; null when there was none, or when it was not for an answer. */
  status: number | null
  reason: string | null
}

/**
 * Where one delivery stands, whatever the order of its facts: what the core system has it has, and a request answers the
 * refusals up to its round.
 */
export function deliveryState(facts: readonly DeliveryFact[]): DeliveryStanding {
  let delivered: OutageDelivered | null = null
  let refused: OutageDeliveryRefused | null = null
  let requested: OutageRedeliveryRequested | null = null
  for (const { type, data } of facts) {
    if (type === 'outage.delivered.v1') delivered = data
    else if (type === 'outage.delivery-refused.v1') refused = later(refused, data)
    else requested = later(requested, data)
  }
  const told = { coreReference: null, round: refused?.round ?? 0, status: refused?.status ?? null, reason: refused?.reason ?? null }
  if (delivered) return { ...told, state: 'delivered', since: delivered.deliveredAt, coreReference: delivered.coreReference }
  if (!refused) return { ...told, state: 'waiting', since: null }
  if (requested && requested.round >= refused.round) return { ...told, state: 'requested', since: requested.requestedAt }
  return { ...told, state: 'refused', since: refused.refusedAt }
}

function later<T extends { round: number }>(held: T | null, other: T): T {
  return held && held.round >= other.round ? held : other
}
