import { z } from 'zod'
import { LOCALES } from './outage-report.ts'

const phone = z.strictObject({ label: z.string(), dial: z.string().regex(/^\+?[0-9]{3,15}$/), shown: z.string() })
const color = z.string().regex(/^#[0-9a-f]{6}$/i)

/** One utility per deployment; everything that differs between cities stands here. */
const utilitySchema = z.strictObject({
  name: z.string().min(1),
  shortName: z.string().min(1).max(12).describe('Under the icon on a phone'),
  timeZone: z.string().refine((zone) => Intl.supportedValuesOf('timeZone').includes(zone) || zone === 'UTC', 'An IANA time zone'),
  currency: z.string().regex(/^[A-Z]{3}$/),
  locales: z.array(z.enum(LOCALES)).min(1),
  defaultCountry: z.string().regex(/^[A-Z]{2}$/).describe('For phone numbers typed without a country code'),
  /** Light and dark of each brand token; text on `accent` is `onAccent`. Contrast is tested. */
  brand: z.strictObject({
    accent: z.strictObject({ light: color, dark: color }),
    onAccent: z.strictObject({ light: color, dark: color }),
  }),
  emergency: phone,
  gasEmergency: phone,
  outageLine: phone,
  serviceArea: z.strictObject({
    south: z.number(),
    west: z.number(),
    north: z.number(),
    east: z.number(),
  }),
  outages: z.strictObject({
    /** Reports on one circuit within this time count as "others nearby reported too". */
    nearbyWindowMinutes: z.int().positive(),
    /** A guest is told of nearby reports from this many on, so that one neighbour is never revealed. */
    nearbyMinimumReports: z.int().min(3),
    /** Reports within that time from which everybody is told of many outages, and of a storm. */
    elevatedReports: z.int().positive(),
    stormReports: z.int().positive(),
    /** How many reports the greatest storm brings, and what all doors together take a second: over their ratio phones that come back are spread. */
    expectedStormReports: z.int().positive(),
    stormReportsPerSecond: z.int().positive(),
  }).refine((outages) => outages.elevatedReports < outages.stormReports, { message: 'More reports than elevatedReports', path: ['stormReports'] }),
  /** How gently the core system is used, and what of it is not believed. */
  coreSystem: z.strictObject({
    /** Cron, in the utility's time zone: when all accounts are fetched anew. */
    fullLoad: z.string(),
    changesEverySeconds: z.int().min(5),
    rowsPerPage: z.int().min(1).max(5_000),
    requestsPerSecond: z.number().positive(),
    /** Of reports handed over: at the most, however fast it answers. */
    deliveriesPerSecond: z.number().positive(),
    deliveriesAtOnce: z.int().positive(),
    /** A full load beyond these shares (0–1) of the accounts known before is refused: fewer, changed in one column, or rejected. */
    mostMissing: z.number().min(0).max(1),
    mostChangedInOneColumn: z.number().min(0).max(1),
    mostRejected: z.number().min(0).max(1),
  }),
})
export type Utility = z.infer<typeof utilitySchema>

/** Checks a configuration at start; the error names each wrong field. */
export function defineUtility(configuration: Utility): Utility {
  const parsed = utilitySchema.safeParse(configuration)
  if (!parsed.success) throw new Error(`utility.config.ts is not valid:\n${z.prettifyError(parsed.error)}`)
  return parsed.data
}
