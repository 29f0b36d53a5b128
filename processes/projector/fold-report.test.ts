import { describe, expect, it } from 'vitest'
import type { ReportRecord } from './fold-batch.ts'
import { foldReport } from './fold-report.ts'
import { sampleHash, sampleReport, seededFraction, shuffled } from './sample-events.ts'

const record = (version: string, body: string, secret: string): ReportRecord => ({
  version,
  asOf: '2026-01-31T04:00:00.000Z',
  report: sampleReport(1, { bodyHash: sampleHash(body), secretHash: sampleHash(secret) }),
})

describe('foldReport', () => {
  it('takes the first record by version and counts each other body under its secret once', () => {
    const folded = foldReport([record('3', 'other', 'mine'), record('1', 'first', 'mine'), record('2', 'other', 'mine'), record('4', 'third', 'mine')])
    expect(folded.first.version).toBe('1')
    expect(folded.conflicts).toBe(2)
    expect(folded.others.map(({ record: { version } }) => version)).toEqual(['2', '4'])
  })

  it('takes a record under another secret for noise, with the same body or another', () => {
    const folded = foldReport([record('1', 'first', 'mine'), record('2', 'first', 'theirs'), record('3', 'other', 'theirs')])
    expect(folded.conflicts).toBe(0)
    expect(folded.others.map(({ conflict }) => conflict)).toEqual([false, false])
  })

  it('turns noise into a conflict when an earlier record with its secret comes late', () => {
    const late = [record('2', 'b', 'theirs'), record('3', 'c', 'mine')]
    expect(foldReport(late).conflicts).toBe(0)
    expect(foldReport([...late, record('1', 'a', 'mine')]).conflicts).toBe(1)
  })

  it('is the same for every order of arrival', () => {
    const records = ['1am', '2bm', '3bt', '4cm', '5am', '6dt', '7bm'].map(([version, body, secret]) => record(version!, body!, secret!))
    const expected = foldReport(records)
    const fraction = seededFraction(7)
    for (let round = 0; round < 50; round++) expect(foldReport(shuffled(records, fraction))).toEqual(expected)
  })
})
