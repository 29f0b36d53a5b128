import { z } from 'zod'

const specSchema = z.object({ title: z.string(), ok: z.boolean() })
interface Suite {
  title: string
  specs: z.infer<typeof specSchema>[]
  suites?: Suite[] | undefined
}
const suiteSchema: z.ZodType<Suite> = z.lazy(() => z.object({ title: z.string(), specs: z.array(specSchema), suites: z.array(suiteSchema).optional() }))
const reportSchema = z.object({ suites: z.array(suiteSchema), errors: z.array(z.object({ message: z.string().optional() })) })

/**
 * Titles of what failed in a report of Playwright's.
 * @param report parsed JSON, or null when there is none
 * @param exitCode a run that failed without saying where is one failure
 */
export function failedJourneys(report: unknown, exitCode: number): string[] {
  const parsed = reportSchema.safeParse(report)
  if (!parsed.success) return ['the run left no report']
  const failed = [...parsed.data.suites.flatMap((suite) => failedIn(suite)), ...parsed.data.errors.map(({ message }) => message?.split('\n')[0] ?? 'an error outside of any journey')]
  return failed.length === 0 && exitCode !== 0 ? [`the run ended with exit code ${exitCode}`] : failed
}

function failedIn({ title, specs, suites = [] }: Suite): string[] {
  return [...specs.filter(({ ok }) => !ok).map((spec) => `${title}: ${spec.title}`), ...suites.flatMap((suite) => failedIn(suite))]
}
