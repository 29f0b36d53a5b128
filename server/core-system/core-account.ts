import { z } from 'zod'

const text = (max: number) => z.string().trim().min(1).max(max)

/** An account as the core system tells it, described; parseCoreAccount judges it. */
export const coreAccountSchema = z
  .object({
    accountNumber: text(32),
    name: text(160),
    phones: z.array(z.string()).max(8).describe('As people write them, or E.164; without a country code they are of the utility’s country'),
    email: z.string().max(254).nullish(),
    address: z.object({
      line1: text(120),
      line2: z.string().max(120).nullish(),
      city: text(80),
      state: z.string().max(40).nullish(),
      postalCode: text(16),
    }),
    latitude: z.number().min(-90).max(90).nullish().describe('WGS84; both coordinates or none'),
    longitude: z.number().min(-180).max(180).nullish(),
    servicePoint: text(32),
    meterNumber: text(32),
    circuit: text(32),
    transformer: text(32),
    language: z.string().nullish().describe('A language of the portal such as en; without it the portal’s first'),
    medicalEquipment: z.boolean().nullish().describe('Someone at home depends on powered medical equipment'),
    movedInOn: z.string().nullish().describe('Since when the customer is at this premise, a date such as 2026-11-21; what was before is not shown to them'),
    movedOutOn: z.string().nullish().describe('The customer’s last day there; after it nothing of the premise is shown to them'),
    meterSince: z.string().nullish().describe('Since when this meter is there'),
  })
  .meta({
    example: {
      accountNumber: '4100 0000 17',
      name: 'A. Customer',
      phones: ['(707) 555-0142'],
      email: 'customer@example.com',
      address: { line1: '18 Orchard Street', line2: 'Unit 4', city: 'Santa Rosa', state: 'CA', postalCode: '95401' },
      latitude: 38.4405,
      longitude: -122.7144,
      servicePoint: 'SP-000017',
      meterNumber: 'M-000017',
      circuit: 'C-012',
      transformer: 'T-0431',
      language: 'en',
      medicalEquipment: false,
    },
  })
export type CoreAccount = z.infer<typeof coreAccountSchema>
