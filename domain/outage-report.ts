import { z } from 'zod'
import { ANSWERS, CHANNELS, type Hazard, HAZARDS, LOCALES, SCOPES } from './report-choices.ts'
import { REPORT_LIMITS as limits } from './report-limits.ts'

export * from './report-choices.ts'

const instant = z.iso.datetime({ offset: false, precision: 3 }).describe('UTC, milliseconds: 2026-01-31T04:05:06.789Z')
const line = (max: number) => z.string().trim().min(1).max(max)

export const placeSchema = z
  .strictObject({
    accountNumber: line(limits.accountNumberChars).optional(),
    phone: line(limits.phoneChars).optional().describe('As typed; matched after normalising'),
    address: line(limits.addressChars).optional().describe('One line, as typed'),
    location: z
      .strictObject({
        latitude: z.number().min(-90).max(90),
        longitude: z.number().min(-180).max(180),
        accuracyMeters: z.number().min(0).max(limits.accuracyMeters),
      })
      .optional()
      .describe('WGS84, from the phone'),
  })
  .refine((place) => Object.values(place).some((value) => value !== undefined), {
    message: 'Say where: an account number, a phone number, an address or a location',
    path: [],
  })

/**
 * The frozen body of an outage report, version 1: serialised once on the phone and
 * never changed. Every released version stays accepted; a new one is a new schema.
 */
export const outageReportV1Schema = z
  .strictObject({
    schema: z.literal(1),
    id: z.uuid({ version: 'v7' }).toLowerCase().describe('Made on the phone before the first send'),
    savedAt: instant.describe("The phone's clock when the customer pressed send"),
    locale: z.enum(LOCALES),
    channel: z.enum(CHANNELS),
    place: placeSchema,
    hazards: z.array(z.enum(HAZARDS)).max(HAZARDS.length).describe('Empty when nothing dangerous was seen'),
    scope: z.enum(SCOPES),
    startedAt: instant.optional().describe('When the power went; absent when not known'),
    heardBang: z.enum(ANSWERS),
    neighborsOut: z.enum(ANSWERS),
    medicalEquipment: z.boolean().describe('Someone at home depends on powered medical equipment'),
    accessNotes: z.string().max(limits.accessNotesChars).optional().describe('Dog, gate code, best way in'),
    callbackPhone: line(limits.phoneChars).optional(),
  })
  .meta({
    example: {
      schema: 1,
      id: '01980f6e-7a4c-7cc3-98d5-0a1b2c3d4e5f',
      savedAt: '2026-01-31T04:05:06.789Z',
      locale: 'en',
      channel: 'web',
      place: { accountNumber: '4100 0000 17' },
      hazards: [],
      scope: 'whole-home',
      startedAt: '2026-01-31T04:00:00.000Z',
      heardBang: 'yes',
      neighborsOut: 'unknown',
      medicalEquipment: false,
    },
  })

/** Every released version by its number; a phone that was away for months is still understood. */
export const outageReportSchemas = { 1: outageReportV1Schema } as const
export type OutageReport = z.infer<(typeof outageReportSchemas)[1]>

/** A hazard report goes first in every queue and is refused last. */
export function isHazardous(report: { hazards: readonly Hazard[] }): boolean {
  return report.hazards.length > 0
}
