import { describe, expect, it } from 'vitest'
import { UNHANDLED } from '../../../domain/handling.ts'
import type { DeskEntry } from '../../../server/outages/desk-entry.ts'
import type { DeskView } from '../desk-view.ts'
import { countChoices, deskQuery, filterReports, parseDeskFilter } from './desk-filter.ts'
import { withLoaded, withRows } from './desk-rows.ts'

const me = { staffId: 'me', name: 'Me' }
const other = { staffId: 'other', name: 'Other' }

function report(id: string, changes: Partial<DeskEntry> = {}): DeskEntry {
  return {
    id, version: '1', reference: '7K3F-92QD-XH', acceptedAt: `2026-01-31T04:00:0${id}.000Z`, hazards: [], open: true, hazardous: false, scope: 'whole-home', where: `${id} Elm Street`,
    accountName: null, matched: true, circuit: 'C1', handling: UNHANDLED, undelivered: false, withdrawn: false, additions: 0, confirmation: 'not-needed', waitedMs: null, conflicts: 0, ...changes,
  }
}
const handled = (state: 'claimed' | 'resolved', by = me): DeskEntry['handling'] => ({ state, stepId: 'step', by, at: '2026-01-31T04:00:00.000Z' })

const reports = [
  report('1', { where: '12 Peña Street', circuit: 'C2' }),
  report('2', { handling: handled('claimed') }),
  report('3', { handling: handled('claimed', other), hazards: ['fire'], hazardous: true }),
  report('4', { handling: handled('resolved'), open: false, reference: 'AAAA-BBBB-CC' }),
  report('5', { withdrawn: true, open: false, conflicts: 1 }),
  report('6', { matched: false, circuit: null, undelivered: true }),
]
const shown = (query: string) => filterReports(reports, parseDeskFilter(new URLSearchParams(query)), 'me').map(({ id }) => id).join('')

describe('the filter of the desk', () => {
  it.each([
    ['', '3621'], ['order=oldest', '3126'], ['state=new', '61'], ['state=mine', '2'], ['state=claimed', '32'], ['state=resolved', '4'], ['state=withdrawn', '5'],
    ['state=all', '362154'], ['mark=hazards', '3'], ['mark=undelivered&mark=unmatched', '6'], ['state=all&mark=conflicts', '5'], ['circuit=C2', '1'],
    ['text=pena', '1'], ['text=aaaabb&state=all', '4'], ['text=AAAA-BB&state=all', '4'], ['state=nonsense&mark=nonsense&order=nonsense', '3621'],
  ])('"%s" shows %s', (query, ids) => {
    expect(shown(query)).toBe(ids)
  })

  it('stands in the address as it was read from there', () => {
    for (const query of ['', '?state=mine&mark=hazards&mark=conflicts&circuit=C+1&text=a%26b&order=oldest']) expect(deskQuery(parseDeskFilter(new URLSearchParams(query)))).toBe(query)
  })

  it('says how many each choice would show', () => {
    const { states, marks, circuits, anyCircuit } = countChoices(reports, parseDeskFilter(new URLSearchParams('circuit=C1')), 'me')
    expect(Object.fromEntries(states.map(({ state, count }) => [state, count]))).toEqual({ open: 2, new: 0, mine: 1, claimed: 2, resolved: 1, withdrawn: 1, all: 4 })
    expect(marks.map(({ count }) => count)).toEqual([1, 0, 0, 0])
    expect([anyCircuit, circuits]).toEqual([4, [{ circuit: 'C1', count: 2 }, { circuit: 'C2', count: 1 }]])
  })
})

describe('the rows of the desk', () => {
  const view: DeskView = { reports, totals: { all: 6, open: 4 }, position: 'p', asOf: null, current: true }

  it('take what is newer, count it, and keep the first of the list when they are too many', () => {
    const rows = [report('1', { version: '2', open: false }), report('2', { version: '0', where: 'old' }), report('7', { hazardous: true }), report('8')]
    const now = withRows(view, rows, { order: 'newest', most: 100 })
    expect(now.totals).toEqual({ all: 8, open: 5 })
    expect(now.reports.map(({ id }) => id).join('')).toBe('12345678')
    expect(now.reports.find(({ id }) => id === '2')?.where).toBe('2 Elm Street')
    const few = withRows(view, rows, { order: 'newest', most: 4 })
    expect(few.reports.map(({ id }) => id).join('')).toBe('7386')
  })

  it('keep what the stream told while a list was loaded', () => {
    const told = withRows(view, [report('1', { version: '3', where: 'newest' })], { order: 'newest', most: 100 })
    expect(withLoaded(told, { ...view, reports: [report('1', { version: '2' }), report('9')] }).reports.map(({ id, where }) => `${id} ${where}`)).toEqual(['1 newest', '9 9 Elm Street'])
  })
})
