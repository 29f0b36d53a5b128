import { z } from 'zod'
import { LOCALES } from './outage-report.ts'

const text = (max: number) => z.string().trim().min(1).max(max)

const addressSchema = z.strictObject({
  line1: text(120),
  line2: text(120).optional(),
  city: text(80),
  state: text(40).optional(),
  postalCode: text(16),
})

/** What is known of a person: kept together so that it can be sealed with a key per person. */
const accountPersonalSchema = z.strictObject({
  name: text(160),
  phones: z.array(z.string().regex(/^\+[1-9]\d{6,14}$/)).max(8).describe('E.164'),
  email: z.email().max(254).toLowerCase().optional(),
  address: addressSchema,
  latitude: z.number().min(-90).max(90).optional().describe('WGS84'),
  longitude: z.number().min(-180).max(180).optional().describe('WGS84'),
  medicalEquipment: z.boolean(),
})

const localDate = z.iso.date()

/** One account with its premise, service point and meter, as the core system or a file tells it. */
export const accountSchema = z.strictObject({
  accountNumber: text(32),
  servicePoint: text(32),
  meterNumber: text(32),
  circuit: text(32),
  transformer: text(32),
  language: z.enum(LOCALES),
  movedInOn: localDate.optional().describe('Since when it is at this premise; a local date'),
  movedOutOn: localDate.optional().describe('Its last day there'),
  meterSince: localDate.optional().describe('Since when it has this meter'),
  personal: accountPersonalSchema,
})

export type Account = z.infer<typeof accountSchema>
export type Address = z.infer<typeof addressSchema>

/** A value with the moment of its source: everything read from a cache carries both. */
export interface Known<T> {
  value: T
  /** Order of the event that it was folded from: a later one is greater as text. */
  version: string
  /** ISO 8601 UTC of that event. */
  asOf: string
  source: 'redis' | 'postgres'
}

/** Account numbers as compared: no spaces or dashes, upper case. */
export function accountNumberKey(accountNumber: string): string {
  return accountNumber.replace(/[\s-]/g, '').toUpperCase()
}
