import { z } from 'zod'
import { STILL_OUT_ANSWERS, WITHDRAW_REASONS } from './follow-up-choices.ts'
import { CHANNELS, HAZARDS, LOCALES, SCOPES } from './report-choices.ts'
import { REPORT_LIMITS as limits } from './report-limits.ts'

export * from './follow-up-choices.ts'

const commandId = z.uuid({ version: 'v7' }).toLowerCase()

const common = {
  schema: z.literal(1),
  id: commandId.describe('Of this follow-up; made on the phone before the first send'),
  reportId: commandId.describe('The report that this refers to'),
  savedAt: z.iso.datetime({ offset: false, precision: 3 }).describe("The phone's clock when the customer pressed send: UTC, milliseconds"),
  locale: z.enum(LOCALES),
  channel: z.enum(CHANNELS),
}

const withdrawSchema = z.strictObject({
  ...common,
  kind: z.literal('withdraw'),
  reason: z.enum(WITHDRAW_REASONS),
})

const addSchema = z
  .strictObject({
    ...common,
    kind: z.literal('add'),
    hazards: z.array(z.enum(HAZARDS)).min(1).max(HAZARDS.length).optional().describe('Seen besides those of the report'),
    scope: z.enum(SCOPES).optional(),
    medicalEquipment: z.boolean().optional().describe('Someone at home depends on powered medical equipment'),
    accessNotes: z.string().trim().min(1).max(limits.accessNotesChars).optional().describe('Dog, gate code, best way in'),
    callbackPhone: z.string().trim().min(1).max(limits.phoneChars).optional(),
  })
  .refine((add) => [add.hazards, add.scope, add.medicalEquipment, add.accessNotes, add.callbackPhone].some((value) => value !== undefined), {
    message: 'Add a hazard, the scope, medical equipment, access notes or a callback phone',
    path: [],
  })

const stillOutSchema = z.strictObject({
  ...common,
  kind: z.literal('still-out'),
  answer: z.enum(STILL_OUT_ANSWERS),
})

/**
 * The frozen body of a follow-up, version 1: a command that refers to a report and is proved by the report's secret.
 * Serialised once on the phone and never changed, like the report.
 */
export const reportFollowUpV1Schema = z
  .discriminatedUnion('kind', [withdrawSchema, addSchema, stillOutSchema])
  .refine(({ id, reportId }) => id !== reportId, { message: 'A follow-up has an id of its own, not its report’s', path: ['id'] })
  .meta({
  example: {
    schema: 1,
    id: '01980f70-1b2c-7d3e-8f40-5a6b7c8d9e0f',
    reportId: '01980f6e-7a4c-7cc3-98d5-0a1b2c3d4e5f',
    savedAt: '2026-01-31T06:05:06.789Z',
    locale: 'en',
    channel: 'web',
    kind: 'withdraw',
    reason: 'power-back',
  },
})

/** Every released version by its number. */
export const reportFollowUpSchemas = { 1: reportFollowUpV1Schema } as const
export type ReportFollowUp = z.infer<(typeof reportFollowUpSchemas)[1]>

/** Sent first and refused last, as a hazard report is. */
export function isHazardousFollowUp(followUp: ReportFollowUp): boolean {
  return followUp.kind === 'add' && followUp.hazards !== undefined
}
