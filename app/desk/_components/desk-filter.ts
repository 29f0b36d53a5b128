import type { DeskEntry } from '../../../server/outages/desk-entry.ts'

const DESK_STATES = ['open', 'new', 'mine', 'claimed', 'resolved', 'withdrawn', 'all'] as const
type DeskState = (typeof DESK_STATES)[number]
const DESK_MARKS = ['hazards', 'undelivered', 'conflicts', 'unmatched'] as const
export type DeskMark = (typeof DESK_MARKS)[number]

/** What of the list is shown, and in which order. Stands in the address. */
export interface DeskFilter {
  state: DeskState
  /** Each must hold. */
  marks: readonly DeskMark[]
  circuit: string | null
  /** In the reference, the address or the name. */
  text: string
  order: 'newest' | 'oldest'
}

export const MOST_TEXT_CHARS = 80

const inState: Record<DeskState, (report: DeskEntry, staffId: string) => boolean> = {
  open: ({ open }) => open,
  new: ({ open, handling }) => open && handling.state === 'new',
  mine: ({ open, handling }, staffId) => open && handling.state === 'claimed' && handling.by?.staffId === staffId,
  claimed: ({ open, handling }) => open && handling.state === 'claimed',
  resolved: ({ handling }) => handling.state === 'resolved',
  withdrawn: ({ withdrawn }) => withdrawn,
  all: () => true,
}

const hasMark: Record<DeskMark, (report: DeskEntry) => boolean> = {
  hazards: ({ hazards }) => hazards.length > 0,
  undelivered: ({ undelivered }) => undelivered,
  conflicts: ({ conflicts }) => conflicts > 0,
  unmatched: ({ matched, withdrawn }) => !matched && !withdrawn,
}

/** Whatever somebody wrote into the address. */
export function parseDeskFilter(query: Pick<URLSearchParams, 'get' | 'getAll'>): DeskFilter {
  const state = query.get('state')
  const marks = query.getAll('mark')
  return {
    state: DESK_STATES.find((known) => known === state) ?? 'open',
    marks: DESK_MARKS.filter((mark) => marks.includes(mark)),
    circuit: query.get('circuit')?.slice(0, MOST_TEXT_CHARS) || null,
    text: query.get('text')?.slice(0, MOST_TEXT_CHARS) ?? '',
    order: query.get('order') === 'oldest' ? 'oldest' : 'newest',
  }
}

/** `?…`, or nothing when all is as it is at first. */
export function deskQuery({ state, marks, circuit, text, order }: DeskFilter): string {
  const query = new URLSearchParams()
  if (state !== 'open') query.set('state', state)
  for (const mark of marks) query.append('mark', mark)
  if (circuit) query.set('circuit', circuit)
  if (text) query.set('text', text)
  if (order !== 'newest') query.set('order', order)
  return query.size > 0 ? `?${query}` : ''
}

/** Those of the reports that are shown, in their order. @param staffId whose `mine` is asked for */
export function filterReports(reports: readonly DeskEntry[], filter: DeskFilter, staffId: string): DeskEntry[] {
  return matching(reports, filter, staffId).sort(byDangerThenAge(filter.order))
}

function matching(reports: readonly DeskEntry[], filter: DeskFilter, staffId: string): DeskEntry[] {
  const words = plain(filter.text)
  const compact = words.replace(/[\s-]/g, '')
  return reports
    .filter((report) => inState[filter.state](report, staffId) && filter.marks.every((mark) => hasMark[mark](report)))
    .filter(({ circuit }) => filter.circuit === null || circuit === filter.circuit)
    .filter((report) => words === '' || plain(report.reference).replaceAll('-', '').includes(compact) || plain(`${report.where} ${report.accountName ?? ''}`).includes(words))
}

/** How many each choice would show, the others left as they are. */
export function countChoices(reports: readonly DeskEntry[], filter: DeskFilter, staffId: string) {
  const count = (changes: Partial<DeskFilter>) => matching(reports, { ...filter, ...changes }, staffId).length
  const inAnyCircuit = matching(reports, { ...filter, circuit: null }, staffId)
  const circuits = new Map<string, number>()
  for (const { circuit } of inAnyCircuit) if (circuit) circuits.set(circuit, (circuits.get(circuit) ?? 0) + 1)
  return {
    states: DESK_STATES.map((state) => ({ state, count: count({ state }) })),
    marks: DESK_MARKS.map((mark) => ({ mark, count: count({ marks: [...new Set([...filter.marks, mark])] }) })),
    anyCircuit: inAnyCircuit.length,
    /** The most first. */
    circuits: [...circuits].map(([circuit, held]) => ({ circuit, count: held })).toSorted((one, other) => other.count - one.count || (one.circuit < other.circuit ? -1 : 1)),
  }
}

/** Hazards first, then what is open, then the rest; each by age. */
export function byDangerThenAge(order: DeskFilter['order']): (one: DeskEntry, other: DeskEntry) => number {
  const sign = order === 'newest' ? -1 : 1
  return (one, other) =>
    Number(other.hazardous) - Number(one.hazardous) || Number(other.open) - Number(one.open) || (one.acceptedAt === other.acceptedAt ? compare(one.id, other.id) : compare(one.acceptedAt, other.acceptedAt)) * sign
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other)
}

/** As it is compared: without case and accents. */
function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim()
}
