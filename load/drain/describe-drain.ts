import type { DrainFigures } from './drain-figures.ts'

const ROWS: readonly [keyof DrainFigures, string][] = [
  ['peakOverCapacity', 'most requests in a second / capacity'],
  ['lastOverMinimum', 'until the last report / physical minimum'],
  ['hazardP99Seconds', 'hazards: 99 of 100 received within, s'],
  ['refusalsPerReport', 'refusals per report'],
  ['ordinaryP50Seconds', 'others: half received within, s'],
  ['ordinaryP99Seconds', 'others: 99 of 100 received within, s'],
  ['lastSeconds', 'until the last report, s'],
  ['missing', 'never received'],
]

/** Both policies side by side, for people. */
export function describeDrain(kind: DrainFigures, plain: DrainFigures): string {
  const line = (name: string, left: string, right: string) => `  ${name.padEnd(42)}${left.padStart(12)}${right.padStart(12)}`
  return [line('', 'Stormdoor', 'plain'), ...ROWS.map(([key, name]) => line(name, String(kind[key]), String(plain[key])))].join('\n')
}
