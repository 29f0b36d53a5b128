import { z } from 'zod'
import type { StepResult } from './step-result.ts'

const vitestReport = z.object({
  testResults: z.array(z.object({
    status: z.string(),
    assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })),
  })),
})

const vitestList = z.array(z.object({ name: z.string() }))

const playwrightReport = z.object({
  stats: z.object({ expected: z.number(), unexpected: z.number(), flaky: z.number(), skipped: z.number() }),
  errors: z.array(z.unknown()),
})

type Counts = Omit<StepResult, 'output'>

/**
 * Counts of Vitest's JSON report. A file that could not be loaded is one failure; a test that the name pattern left
 * out is none of ours, whereas one that was switched off is skipped.
 * @param report parsed JSON, or null when there is none
 * @param exitCode a run that failed without a failed test (an unhandled error) counts as one failure
 */
export function countVitest(report: unknown, exitCode: number, pattern: RegExp | null): Counts {
  const parsed = vitestReport.safeParse(report)
  if (!parsed.success) return { passed: 0, failed: 1, skipped: 0 }
  const counts = { passed: 0, failed: 0, skipped: 0 }
  for (const file of parsed.data.testResults) {
    const mine = file.assertionResults.filter((test) => pattern?.test(test.fullName) ?? true)
    const failed = mine.filter((test) => test.status === 'failed').length
    counts.passed += mine.filter((test) => test.status === 'passed').length
    counts.failed += failed === 0 && file.status === 'failed' ? 1 : failed
    counts.skipped += mine.filter((test) => test.status !== 'passed' && test.status !== 'failed').length
  }
  return unexplained(counts, exitCode)
}

/**
 * How many tests of Vitest's list the pattern chooses.
 * @param json what `vitest list --json` printed
 */
export function countListed(json: string, pattern: string | null): number {
  const chosen = new RegExp(pattern ?? '')
  return vitestList.parse(JSON.parse(json)).filter(({ name }) => chosen.test(name)).length
}

/** Counts of Playwright's JSON report; a test that passed only on a second try has failed. */
export function countPlaywright(report: unknown, exitCode: number): Counts {
  const parsed = playwrightReport.safeParse(report)
  if (!parsed.success) return { passed: 0, failed: 1, skipped: 0 }
  const { stats, errors } = parsed.data
  return unexplained({ passed: stats.expected, failed: stats.unexpected + stats.flaky + errors.length, skipped: stats.skipped }, exitCode)
}

/** @param printed by `playwright test --list` */
export function countPlaywrightList(printed: string): number {
  return Number(/^Total: (\d+) tests? /m.exec(printed)?.[1] ?? 0)
}

function unexplained(counts: Counts, exitCode: number): Counts {
  return exitCode !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts
}
