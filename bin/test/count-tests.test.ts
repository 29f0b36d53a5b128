import { describe, expect, test } from 'vitest'
import { countListed, countPlaywright, countPlaywrightList, countVitest } from './count-tests.ts'
import { exitCodeOf, skippedLines, summaryLine } from './step-result.ts'
import { namePattern } from './test-steps.ts'

const chosen = (name: string, full: boolean, tag?: string) => new RegExp(namePattern(full, tag) ?? '').test(name)
const outcome = (fullName: string, status: string) => ({ fullName, status })

describe('what a run came to', () => {
  test('the last line counts, and names what was skipped only when something was', () => {
    const result = { passed: 3, failed: 0, skipped: 0, output: '' }
    expect(summaryLine([result, { ...result, failed: 1 }])).toBe('6 passed, 1 failed')
    expect(summaryLine([{ ...result, skipped: 2 }])).toBe('3 passed, 0 failed, 2 skipped')
  })

  test('a step that was left out is told of with its reason', () => {
    const result = { passed: 3, failed: 0, skipped: 1, output: '' }
    expect(skippedLines([result, { ...result, passed: 0, skipped: 12, skippedBecause: 'brokers: no Java' }])).toEqual(['SKIPPED 12 tests: brokers: no Java'])
  })

  test('a list counts what the slice would run', () => {
    const list = JSON.stringify([{ name: 'group @kafka > one' }, { name: 'group @kafka > long @full' }])
    expect(countListed(list, namePattern(false))).toBe(1)
    expect(countListed(list, namePattern(true))).toBe(2)
    expect(countListed(list, namePattern(true, '@door'))).toBe(0)
  })

  test('a list of journeys counts them', () => {
    expect(countPlaywrightList('Listing tests:\n  [webkitgtk] › one\n  [webkitgtk] › two\nTotal: 2 tests in 1 file\n')).toBe(2)
    expect(countPlaywrightList('Listing tests:\n  [webkitgtk] › one\nTotal: 1 test in 1 file\n')).toBe(1)
    expect(countPlaywrightList('Error: No tests found')).toBe(0)
  })

  test('a failure and an empty run are no success', () => {
    expect(exitCodeOf([{ passed: 1, failed: 0, skipped: 0, output: '' }])).toBe(0)
    expect(exitCodeOf([{ passed: 1, failed: 1, skipped: 0, output: '' }])).toBe(1)
    expect(exitCodeOf([])).toBe(1)
  })

  test('tests that the slice leaves out do not count; a switched-off one does', () => {
    const report = { testResults: [{ status: 'passed', assertionResults: [outcome('a', 'passed'), outcome('b @full', 'skipped'), outcome('c', 'skipped')] }] }
    expect(countVitest(report, 0, new RegExp(namePattern(false) ?? ''))).toEqual({ passed: 1, failed: 0, skipped: 1 })
  })

  test('a file that cannot be loaded, a missing report and an unexplained exit code are failures', () => {
    expect(countVitest({ testResults: [{ status: 'failed', assertionResults: [] }] }, 0, null)).toEqual({ passed: 0, failed: 1, skipped: 0 })
    expect(countVitest(null, 0, null).failed).toBe(1)
    expect(countVitest({ testResults: [] }, 1, null).failed).toBe(1)
    expect(countPlaywright(null, 0).failed).toBe(1)
  })

  test('a browser test that passed only on a second try has failed', () => {
    expect(countPlaywright({ stats: { expected: 2, unexpected: 0, flaky: 1, skipped: 1 }, errors: [] }, 0)).toEqual({ passed: 2, failed: 1, skipped: 1 })
  })
})

describe('the choice of tests by name', () => {
  test('@full runs only when all runs', () => {
    expect(chosen('the long one @full', false)).toBe(false)
    expect(chosen('the long one @full', true)).toBe(true)
    expect(chosen('@fuller', false)).toBe(true)
  })

  test('a tag chooses whole words', () => {
    expect(chosen('door @door accepts', false, '@door')).toBe(true)
    expect(chosen('the @doorbell rings', false, '@door')).toBe(false)
    expect(chosen('the @door @full', false, '@door')).toBe(false)
  })
})
