import { z } from 'zod'
import { ACCESS_ROLES, NEWS_CHANNELS, profileChangedSchema } from './access.ts'
import { LOCALES } from './outage-report.ts'

const instant = z.iso.datetime()

/** Of a report, as whoever may see the account is told. */
const ACCOUNT_REPORT_STATES = ['received', 'matched', 'withdrawn'] as const
const accountReportSchema = z.object({
  reportId: z.uuid(),
  reference: z.string().describe('For reading aloud; opens nothing'),
  acceptedAt: instant,
  state: z.enum(ACCOUNT_REPORT_STATES),
})
export type AccountReport = z.infer<typeof accountReportSchema>

const premiseSchema = z.object({ line1: z.string(), line2: z.string().optional(), city: z.string(), postalCode: z.string() })

const myAccountSchema = z.object({
  accountNumber: z.string(),
  role: z.enum(ACCESS_ROLES),
  premise: premiseSchema,
  servicePoint: z.string(),
  meterNumber: z.string(),
  outage: z.object({
    state: z.enum(['reported', 'nearby', 'none-known']).describe('reported: by a report at this account that stands; nearby: by enough neighbors'),
    asOf: instant,
  }),
  reports: z.array(accountReportSchema).describe('The newest first, 20 at the most'),
  asOf: instant.describe('When the account was last told'),
})
export type MyAccount = z.infer<typeof myAccountSchema>

const { language, channels, quietHours, personal } = profileChangedSchema.shape

export const profileSchema = z.object({
  version: z.uuid().nullable().describe('What a change is based on; null when it was never changed'),
  language, channels, quietHours,
  ...personal.shape,
})
export type Profile = z.infer<typeof profileSchema>

/** How a person wants to be reached, as they want it changed: the whole of it. */
export const profileChangeSchema = z.strictObject({
  changeId: z.uuid().describe('UUIDv7 of this change, made once: sent again it is the same change'),
  basedOn: z.uuid().toLowerCase().nullable().describe('The version that was changed'),
  language: z.enum(LOCALES),
  channels: z.array(z.enum(NEWS_CHANNELS)).max(NEWS_CHANNELS.length),
  quietHours,
  name: z.string().trim().min(1).max(160).optional(),
  phone: z.string().trim().min(1).max(40).optional().describe('As typed; without a country code it is one of the utility’s own country'),
  email: z.email().max(254).optional(),
}).meta({
  example: {
    changeId: '019c0000-0000-7000-8000-000000000001', basedOn: null, language: 'en', channels: ['sms', 'email'], quietHours: { from: '22:00', until: '07:00' }, phone: '(707) 555-0142',
  },
})
export type ProfileChange = z.infer<typeof profileChangeSchema>

/** What a signed-in customer sees: as last told, with its age. */
export const meSchema = z.object({
  loginId: z.uuid(),
  email: z.string().describe('By which they sign in'),
  name: z.string().optional(),
  language: z.enum(LOCALES),
  accounts: z.array(myAccountSchema),
  profile: profileSchema,
  erasureRequestedAt: instant.nullable(),
  asOf: instant,
  ageSeconds: z.number().min(0),
})
export type Me = z.infer<typeof meSchema>

/** The little that a report needs of it. */
export const myPremisesSchema = z.object({
  loginId: z.uuid(),
  premises: z.array(z.object({ accountNumber: z.string(), line1: z.string(), line2: z.string().optional(), city: z.string() })),
  asOf: instant,
})
export type MyPremises = z.infer<typeof myPremisesSchema>

export const erasureRequestSchema = z.strictObject({
  requestId: z.uuid().describe('UUIDv7 of this request, made once'),
  email: z.string().max(254).describe('By which they sign in, typed again: it cannot be taken back'),
}).meta({ example: { requestId: '019c0000-0000-7000-8000-000000000002', email: 'customer@example.com' } })
