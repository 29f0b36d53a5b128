import type { Locale } from '../../../../domain/report-choices.ts'
import type { Translate } from '../../../../domain/text.ts'
import type { DeskMessages } from '../../../../messages/text-in.ts'
import type { SyncRun } from '../../../../server/operations/operations-board.ts'

const KNOWN = [
  'core-unavailable', 'core-answer', 'core-gone', 'core-refused', 'cursor-gone', 'difference-accepted', 'count-differs', 'digest-differs',
  'too-many-rejected', 'too-many-missing', 'column-misshapen', 'column-changed', 'no-core-system', 'cache-left', 'failed',
] as const

/** Why a run was refused or failed; of a reason that this version does not know, its code. With the figures as they came. */
export function refusalText(text: Translate<DeskMessages>, locale: Locale, { code, detail }: SyncRun['reasons'][number]): string {
  const known = KNOWN.find((one) => one === code)
  const numbers = new Intl.NumberFormat(locale, { maximumFractionDigits: 4 })
  const figures = Object.entries(detail).map(([name, value]) => `${name} ${typeof value === 'number' ? numbers.format(value) : value}`)
  const words = known ? text(`desk.system.reasons.${known}`) : code
  return figures.length > 0 ? `${words} (${figures.join(', ')})` : words
}
