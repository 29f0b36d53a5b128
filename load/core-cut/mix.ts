import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const MIX_FILE = join(import.meta.dirname, 'mix.json')
export const ROUTE_NAMES = ['home', 'report-page', 'sign-in-page', 'outage-status', 'report-standing', 'guest-look-up', 'account-look-up', 'report'] as const
export const GROUPS = ['pages', 'look-ups', 'reports'] as const
export type RouteName = (typeof ROUTE_NAMES)[number]
export type RouteGroup = (typeof GROUPS)[number]

const mixSchema = z.object({
  routes: z
    .array(
      z.strictObject({
        name: z.enum(ROUTE_NAMES),
        group: z.enum(GROUPS),
        method: z.enum(['GET', 'POST']),
        path: z.string().startsWith('/').describe('What is asked for; {id} and {accountNumber} are filled in'),
        percent: z.int().min(0).max(100),
        logged: z.string().describe('Regular expression: paths of an access log, without their query, that count as this route'),
      }),
    )
    .length(ROUTE_NAMES.length)
    .refine((routes) => new Set(routes.map(({ name }) => name)).size === routes.length, 'Each route once')
    .refine((routes) => routes.reduce((sum, { percent }) => sum + percent, 0) === 100, 'The percentages make 100'),
})

export type MixRoute = z.infer<typeof mixSchema>['routes'][number]

/** Share of each route, 0 to 1, together 1. */
export type Shares = Readonly<Record<RouteName, number>>

/** The routes of the one mix that the drill, the JMeter plan and the k6 script follow. */
export function readMix(): MixRoute[] {
  return mixSchema.parse(JSON.parse(readFileSync(MIX_FILE, 'utf8'))).routes
}

export function sharesOf(routes: readonly MixRoute[]): Shares {
  return sharesOfCounts(Object.fromEntries(routes.map(({ name, percent }) => [name, percent])))
}

/** Throws RangeError when nothing was counted. */
export function sharesOfCounts(counts: Readonly<Partial<Record<RouteName, number>>>): Shares {
  const total = ROUTE_NAMES.reduce((sum, name) => sum + (counts[name] ?? 0), 0)
  if (total === 0) throw new RangeError('No request of a known route')
  return Object.fromEntries(ROUTE_NAMES.map((name) => [name, (counts[name] ?? 0) / total])) as Record<RouteName, number>
}

/** Which route a line of an access log is; null for one that the mix does not know. */
export function routeMatcher(routes: readonly MixRoute[]): (method: string, path: string) => RouteName | null {
  const patterns = routes.map(({ name, method, logged }) => ({ name, method, pattern: new RegExp(logged) }))
  return (method, path) => {
    const [bare = ''] = path.split('?', 1)
    const asked = method === 'HEAD' ? 'GET' : method
    return patterns.find((route) => route.method === asked && route.pattern.test(bare))?.name ?? null
  }
}
