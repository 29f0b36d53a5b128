import { Cron } from 'croner'
import { z } from 'zod'

export const WRONG_KINDS = ['html', 'schema', 'shifted', 'digest', 'fewer'] as const

const MINUTE_MS = 60_000
const instant = z.iso.datetime({ offset: true })
const cron = z.string().refine(isCron, 'A cron expression')

/** How the stand-in behaves; numbers that are not given have their usual values. */
export const coreSimModeSchema = z.discriminatedUnion('mode', [
  z.strictObject({ mode: z.literal('up') }),
  z.strictObject({ mode: z.literal('slow'), ms: z.int().min(0).max(600_000).default(2_000), jitterMs: z.int().min(0).max(600_000).default(500) })
    .describe('Every answer comes late'),
  z.strictObject({ mode: z.literal('flaky'), share: z.number().min(0).max(1).default(0.3) })
    .describe('A share of the calls ends in 500, or in a reset before or after the work was done'),
  z.strictObject({ mode: z.literal('wrong'), kind: z.enum(WRONG_KINDS).default('html') })
    .describe('A page for people, another schema, address columns shifted, a digest that is not right, every tenth account missing'),
  z.strictObject({ mode: z.literal('throttled'), requestsPerSecond: z.number().positive().max(100_000).default(5) }).describe('429 above that'),
  z.strictObject({ mode: z.literal('dead') }).describe('Every connection is reset'),
  z.strictObject({ mode: z.literal('maintenance'), from: instant.optional(), to: instant.optional() })
    .describe('503 within the window, until switched back without one'),
  z.strictObject({ mode: z.literal('windows'), cron, minutes: z.number().positive().max(10_080).default(60) })
    .describe('Maintenance windows that begin by cron, UTC'),
  z.strictObject({ mode: z.literal('acceptedButSilent'), times: z.int().min(1).nullable().default(null) })
    .describe('Takes what is handed over and does not answer, `times` times each; null: never answers'),
  z.strictObject({ mode: z.literal('refusing'), share: z.number().min(0).max(1).default(1) })
    .describe('Refuses a share of what is handed over for good; the same ones at each try'),
])

export type CoreSimMode = z.infer<typeof coreSimModeSchema>
export type CoreSimModeName = CoreSimMode['mode']
export const CORE_SIM_MODES = coreSimModeSchema.options.map((option) => option.shape.mode.value)

/** When the maintenance that is on now ends, milliseconds since the epoch; Infinity for one without an end, null when none is on. */
export function maintenanceUntilMs(mode: CoreSimMode, nowMs: number): number | null {
  if (mode.mode === 'maintenance') {
    const toMs = mode.to === undefined ? Infinity : Date.parse(mode.to)
    return nowMs < toMs && nowMs >= (mode.from === undefined ? 0 : Date.parse(mode.from)) ? toMs : null
  }
  if (mode.mode === 'windows') {
    const lengthMs = mode.minutes * MINUTE_MS
    const begunMs = new Cron(mode.cron, { timezone: 'UTC', paused: true }).nextRun(new Date(nowMs - lengthMs))?.getTime()
    return begunMs !== undefined && begunMs <= nowMs ? begunMs + lengthMs : null
  }
  return null
}

function isCron(text: string): boolean {
  try {
    return new Cron(text, { paused: true }).nextRun() !== null
  } catch {
    return false
  }
}
