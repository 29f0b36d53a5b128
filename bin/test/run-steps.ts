import { showProgress } from '../setup/progress.ts'
import type { TestStage, TestStep } from './test-steps.ts'
import { exitCodeOf, skippedLines, summaryLine, type StepResult } from './step-result.ts'

/**
 * Runs the stages one after another, the lanes of a stage side by side; a failed step does not stop the rest, except a
 * failed setup: nothing is begun after it. Resolves to the exit code.
 */
export async function runSteps(stages: readonly TestStage[]): Promise<number> {
  const results: StepResult[] = []
  let broken = false
  const runLane = async (lane: readonly TestStep[]) => {
    for (const step of lane) {
      if (broken) return
      const result = await outcomeOf(step)
      if (result) results.push(result)
      if (step.needed && result && result.failed > 0) broken = true
    }
  }
  for (const lanes of stages) await Promise.all(lanes.map(runLane))
  for (const line of skippedLines(results)) console.log(`\n${line}`)
  console.log(`\n${summaryLine(results)}`)
  return exitCodeOf(results)
}

async function outcomeOf(step: TestStep): Promise<StepResult | null> {
  if (step.skip) return leaveOut(step.title, step.skip)
  let result: StepResult | null = null
  try {
    result = await showProgress(step.title, async (say) => {
      const outcome = await step.run(say)
      if (outcome && outcome.failed > 0) throw new StepFailed(outcome)
      return outcome
    })
  } catch (error) {
    result = error instanceof StepFailed ? error.result : { passed: 0, failed: 1, skipped: 0, output: error instanceof Error ? (error.stack ?? error.message) : String(error) }
    console.log(indented(result.output))
  }
  return result
}

async function leaveOut(title: string, { because, count }: NonNullable<TestStep['skip']>): Promise<StepResult> {
  const skipped = await count()
  console.log(`  ! ${title}: SKIPPED, ${skipped} tests: ${because}`)
  return { passed: 0, failed: 0, skipped, output: '', skippedBecause: `${title}: ${because}` }
}

class StepFailed extends Error {
  readonly result: StepResult

  constructor(result: StepResult) {
    super('a step failed')
    this.result = result
  }
}

function indented(output: string): string {
  return output.trimEnd().split('\n').map((line) => `    ${line}`).join('\n')
}
