/** What one step of `npm test` came to. */
export interface StepResult {
  passed: number
  failed: number
  skipped: number
  /** Shown when something failed. */
  output: string
  /** Set when the whole step was left out: what it was and why. */
  skippedBecause?: string
}

/** One line for each step that was left out; none is left out in silence. */
export function skippedLines(results: readonly StepResult[]): string[] {
  return results.flatMap(({ skipped, skippedBecause }) => (skippedBecause ? [`SKIPPED ${skipped} tests: ${skippedBecause}`] : []))
}

/** The last line of a run; programs read it. */
export function summaryLine(results: readonly StepResult[]): string {
  const sum = (pick: (result: StepResult) => number) => results.reduce((total, result) => total + pick(result), 0)
  const skipped = sum((result) => result.skipped)
  return `${sum((result) => result.passed)} passed, ${sum((result) => result.failed)} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

/** 1 when anything failed, and also when nothing ran: a run that proves nothing is no success. */
export function exitCodeOf(results: readonly StepResult[]): number {
  const failed = results.some((result) => result.failed > 0)
  return failed || results.every((result) => result.passed === 0) ? 1 : 0
}
