import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { runSteps } from './run-steps.ts'
import type { StepResult } from './step-result.ts'
import type { TestStep } from './test-steps.ts'

const passed: StepResult = { passed: 1, failed: 0, skipped: 0, output: '' }
let said: string[]

function step(title: string, run: () => Promise<StepResult | null>, needed = false): TestStep {
  return { title, needed, run }
}

beforeEach(() => {
  said = []
  vi.spyOn(console, 'log').mockImplementation((line: string) => void said.push(line))
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => said.push(String(line)) > 0)
})
afterEach(() => {
  vi.restoreAllMocks()
})

describe('the steps of a run', () => {
  test('lanes of a stage run side by side, its steps one after another, and the next stage after all of them', async () => {
    const order: string[] = []
    const met = Promise.withResolvers<null>()
    const lane = [
      step('waits', async () => (order.push('waits'), await met.promise, order.push('met'), passed)),
      step('then', async () => (order.push('then'), passed)),
    ]
    const beside = [step('meets', async () => (order.push('meets'), met.resolve(null), passed))]
    expect(await runSteps([[lane, beside], [[step('last', async () => (order.push('last'), passed))]]])).toBe(0)
    expect(order).toEqual(['waits', 'meets', 'met', 'then', 'last'])
    expect(said.at(-1)).toBe('\n4 passed, 0 failed')
  })

  test('a failed step stops no other one, and is told with what it said', async () => {
    const failing = step('fails', async () => ({ ...passed, passed: 0, failed: 1, output: 'because' }))
    expect(await runSteps([[[failing, step('next', async () => passed)]], [[step('later', async () => passed)]]])).toBe(1)
    expect(said).toContain('    because')
    expect(said.at(-1)).toBe('\n2 passed, 1 failed')
  })

  test('nothing begins after a failed setup, in whichever lane; what runs beside it ends', async () => {
    const begun: string[] = []
    const setup = step('setup', () => Promise.reject(new Error('no room')), true)
    const failed = () => vi.waitFor(() => expect(said.join()).toContain('no room'), { timeout: 20_000 })
    const beside = [step('beside', async () => (await failed(), begun.push('beside'), passed)), step('next', async () => (begun.push('next'), passed))]
    expect(await runSteps([[[setup, step('after', async () => (begun.push('after'), passed))], beside], [[step('later', async () => (begun.push('later'), passed))]]])).toBe(1)
    expect(begun).toEqual(['beside'])
  })
})
