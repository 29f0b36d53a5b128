import type { Locale } from '../../../../domain/report-choices.ts'
import type { Translate } from '../../../../domain/text.ts'
import type { DeskMessages } from '../../../../messages/text-in.ts'
import type { SyncRun } from '../../../../server/operations/operations-board.ts'

const KNOWN = [
  'core-unavailable', 'core-answer', 'core-gone', 'core-refused', 'cursor-gone', 'difference-accepted', 'count-differs', 'digest-differs',
  'too-many-rejected', 'too-many-missing', 'column-misshapen', 'column-changed', 'closings-left', 'no-core-system', 'cache-left', 'failed',
] as const

const FIGURES = ['told', 'received', 'rejected', 'unreadable', 'rows', 'missing', 'known', 'wrong', 'changed', 'share', 'most',
  'column', 'kind', 'status', 'reason'] as const
const SHARES = new Set(['share', 'most'])

/** Why a run was refused or failed; of a reason that this version does not know, its code. With its figures. */
export function refusalText(text: Translate<DeskMessages>, locale: Locale, { code, detail }: SyncRun['reasons'][number]): string {
  const known = KNOWN.find((one) => one === code)
  const numbers = new Intl.NumberFormat(locale, { maximumFractionDigits: 4 })
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 2 })
  const figures = Object.entries(detail).map(([name, value]) => {
    const figure = FIGURES.find((one) => one === name)
    const shown = typeof value === 'string' ? value : SHARES.has(name) ? percent.format(value) : numbers.format(value)
    return `${figure ? text(`desk.system.figures.${figure}`) : name} ${shown}`
  })
  const words = known ? text(`desk.system.reasons.${known}`) : code
  return figures.length > 0 ? `${words} (${figures.join(', ')})` : words
}
