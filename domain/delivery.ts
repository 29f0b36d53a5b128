import { z } from 'zod'

const instant = z.iso.datetime()

/** What is handed to the core system: a report, or what was said of it later. Its id is the report's or the follow-up's own. */
const deliveryFields = { deliveryId: z.uuid(), reportId: z.uuid() }

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
