import { projectFolder } from '../setup/project-folder.ts'
import { type ProgramResult, runProgram } from '../setup/run-program.ts'
import type { StepResult } from './step-result.ts'

/** Asks the package registry which of the locked packages have known faults. */
export async function auditPackages(): Promise<StepResult> {
  return auditOutcome(await runProgram('npm', ['audit', '--json', '--package-lock-only'], { cwd: projectFolder }))
}

/** Any finding fails; a registry that cannot say, as many mirrors cannot, leaves the step out loudly. */
export function auditOutcome({ code, stdout, output }: ProgramResult): StepResult {
  const report = parsed(stdout)
  if (!report?.vulnerabilities) return { passed: 0, failed: 0, skipped: 1, output, skippedBecause: 'known faults of the packages: the package registry does not say' }
  const faulty = Object.keys(report.vulnerabilities)
  if (faulty.length === 0 && code === 0) return { passed: 1, failed: 0, skipped: 0, output: '' }
  return { passed: 0, failed: 1, skipped: 0, output: `Known faults in: ${faulty.join(', ')}\nnpm audit says more.` }
}

function parsed(stdout: string): { vulnerabilities?: Record<string, unknown> } | null {
  try {
    return JSON.parse(stdout) as { vulnerabilities?: Record<string, unknown> }
  } catch {
    return null
  }
}
