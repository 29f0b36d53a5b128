import { expect, test } from 'vitest'
import { failedJourneys } from './failed-journeys.ts'

const report = {
  errors: [],
  suites: [{ title: 'tabs.spec.ts', specs: [], suites: [{ title: 'tabs', specs: [{ title: 'two', ok: true }, { title: 'five', ok: false }] }] }],
}

test('a failed journey is named with its group, however deep it stands', () => {
  expect(failedJourneys(report, 1)).toEqual(['tabs: five'])
})

test('an error outside of any journey counts', () => {
  expect(failedJourneys({ ...report, errors: [{ message: 'no port\nat …' }] }, 1)).toEqual(['tabs: five', 'no port'])
})

test('a run that leaves no report, or fails without saying where, has failed', () => {
  expect(failedJourneys(null, 0)).toEqual(['the run left no report'])
  expect(failedJourneys({ suites: [], errors: [] }, 1)).toEqual(['the run ended with exit code 1'])
  expect(failedJourneys({ suites: [], errors: [] }, 0)).toEqual([])
})
