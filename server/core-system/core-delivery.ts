import { z } from 'zod'
import { STILL_OUT_ANSWERS, WITHDRAW_REASONS } from '../../domain/follow-up-choices.ts'
import { ANSWERS, CHANNELS, HAZARDS, placeSchema, SCOPES } from '../../domain/outage-report.ts'

const instant = z.iso.datetime()
const accountNumber = z.string().max(32)

const coreMatchSchema = z.object({ accountNumber, servicePoint: z.string(), circuit: z.string(), transformer: z.string() })

/** An outage report as it is handed over; a function of the log alone, so that each try sends the same bytes. */
export const coreReportSchema = z
  .object({
    reportId: z.uuid(),
    reference: z.string().describe('What the customer reads aloud'),
    acceptedAt: instant,
    savedAt: instant.describe('When the customer pressed send, by a corrected clock'),
    channel: z.enum(CHANNELS),
    hazards: z.array(z.enum(HAZARDS)),
    scope: z.enum(SCOPES),
    startedAt: instant.optional(),
    heardBang: z.enum(ANSWERS),
    neighborsOut: z.enum(ANSWERS),
    medicalEquipment: z.boolean(),
    place: placeSchema,
    accessNotes: z.string().optional(),
    callbackPhone: z.string().optional(),
    account: coreMatchSchema
      .nullable()
      .describe('Whom it was matched with; null when with nobody yet'),
    withdrawn: z.boolean().describe('The customer has already taken it back'),
  })
  .meta({
    example: {
      reportId: '01980f6e-7a4c-7cc3-98d5-0a1b2c3d4e5f',
      reference: '7K3F-92QD-XH',
      acceptedAt: '2026-01-31T04:05:07.001Z',
      savedAt: '2026-01-31T04:05:06.789Z',
      channel: 'web',
      hazards: ['downed-line'],
      scope: 'whole-home',
      heardBang: 'yes',
      neighborsOut: 'unknown',
      medicalEquipment: false,
      place: { accountNumber: '4100 0000 17' },
      account: { accountNumber: '4100 0000 17', servicePoint: 'SP-000017', circuit: 'C-012', transformer: 'T-0431' },
      withdrawn: false,
    },
  })
export type CoreReport = z.infer<typeof coreReportSchema>

const followUpFields = { followUpId: z.uuid(), reportId: z.uuid(), acceptedAt: instant, savedAt: instant }

/** What was said of a report later. */
export const coreFollowUpSchema = z
  .discriminatedUnion('kind', [
    z.object({ ...followUpFields, kind: z.literal('withdrawn'), reason: z.enum(WITHDRAW_REASONS) }),
    z.object({
      ...followUpFields,
      kind: z.literal('added-to'),
      hazards: z.array(z.enum(HAZARDS)),
      scope: z.enum(SCOPES).optional(),
      medicalEquipment: z.boolean().optional(),
      accessNotes: z.string().optional(),
      callbackPhone: z.string().optional(),
    }),
    z.object({ ...followUpFields, kind: z.literal('confirmed'), stillOut: z.enum(STILL_OUT_ANSWERS) }),
    z.object({ ...followUpFields, kind: z.literal('matched'), account: coreMatchSchema }).describe('Said by us: an account was found for a report that was handed over without one'),
  ])
  .meta({
    example: {
      followUpId: '01980f70-1b2c-7d3e-8f40-5a6b7c8d9e0f',
      reportId: '01980f6e-7a4c-7cc3-98d5-0a1b2c3d4e5f',
      acceptedAt: '2026-01-31T06:05:07.001Z',
      savedAt: '2026-01-31T06:05:06.789Z',
      kind: 'withdrawn',
      reason: 'power-back',
    },
  })
export type CoreFollowUp = z.infer<typeof coreFollowUpSchema>

export const corePaymentSchema = z
  .object({
    paymentId: z.uuid(),
    accountNumber,
    amountCents: z.int().positive(),
    currency: z.string().regex(/^[A-Z]{3}$/).describe('ISO 4217'),
    capturedAt: instant,
  })
  .meta({
    example: { paymentId: '01980f71-2c3d-7e4f-8a50-6b7c8d9e0f1a', accountNumber: '4100 0000 17', amountCents: 12_345, currency: 'USD', capturedAt: '2026-01-31T06:05:06.789Z' },
  })
export type CorePayment = z.infer<typeof corePaymentSchema>
