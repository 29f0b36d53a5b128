import { expect, it } from 'vitest'
import { guardCell, unguardCell } from './formula-guard.ts'

it('what a spreadsheet would run is text, and comes back as it was', () => {
  for (const risky of ['=1+1', '@SUM(A1)', '+cmd|x', '-2+3=x', '\t=1', '\r=1', "'=1"]) {
    expect(guardCell(risky)).toBe(`'${risky}`)
    expect(unguardCell(guardCell(risky))).toBe(risky)
  }
  for (const harmless of ['', 'Main Street 4', '+1 (707) 555-0142', '-12.5', "O'Hara"]) {
    expect(guardCell(harmless)).toBe(harmless)
    expect(unguardCell(harmless)).toBe(harmless)
  }
})
