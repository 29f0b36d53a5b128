import { describe, expect, test } from 'vitest'
import type { Survival } from '../../e2e/survives/record-survival.ts'
import { summaryOf, survivesPage } from './survives-page.ts'

const row = (changes: Partial<Survival>): Survival => ({
  family: 'Storage', case: 'no room', engine: 'Chromium', engineVersion: '1.2', saved: 1, lost: 0, doubled: 0, sees: ['Saved on this phone'], ...changes,
})
const run = { date: '2026-11-21', version: '0.3.0', seed: 7, failed: [], leftOut: [] }

describe('the page of what a report survives', () => {
  test('counts over all rows, and names each engine once', () => {
    const rows = [row({ lost: 1 }), row({ saved: 50, doubled: 2 }), row({ engine: 'WebKitGTK', engineVersion: '2.5' })]
    expect(summaryOf({ ...run, rows, failed: ['one'] })).toMatchObject({
      cases: 3, saved: 52, lost: 1, doubled: 2, failed: 1, seed: 7, engines: [{ name: 'Chromium', version: '1.2' }, { name: 'WebKitGTK', version: '2.5' }],
    })
  })

  test('has a table per family in a fixed order, whichever ran first', () => {
    const page = survivesPage({ ...run, rows: [row({}), row({ family: 'Network', case: 'black hole' })] })
    expect(page.indexOf('## Network')).toBeGreaterThan(0)
    expect(page.indexOf('## Network')).toBeLessThan(page.indexOf('## Storage'))
    expect(page).not.toContain('## Clock')
  })

  test('keeps a row on one line, whatever the page said', () => {
    const page = survivesPage({ ...run, rows: [row({ sees: ['a | b', 'c\nd'] })] })
    expect(page).toContain('| no room | Chromium | 1 | 0 | 0 | “a \\| b”<br>“c d” |\n')
  })

  test('names what failed and what was left out', () => {
    const page = survivesPage({ ...run, rows: [], failed: ['tabs: five tabs'], leftOut: ['WebKitGTK: no display'] })
    expect(page).toContain('Failed:\n\n- tabs: five tabs')
    expect(page).toContain('Left out:\n\n- WebKitGTK: no display')
  })
})
