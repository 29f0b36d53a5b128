import type { AccountsSynced } from '../../../domain/operations.ts'
import type { Utility } from '../../../domain/utility.ts'
import type { LoadDifference } from './compare-load.ts'
import type { LoadProgress } from './load-stage.ts'

/** So few are a handful, whatever share of a small utility they are. */
export const FEWEST_REFUSED = 5

export type Reason = AccountsSynced['reasons'][number]
type Bounds = Pick<Utility['coreSystem'], 'mostMissing' | 'mostChangedInOneColumn' | 'mostRejected'>

/** What is wrong with a load whatever was known before; empty when it is whole, as it was sent, and of the right shape. */
export function faultsOf({ snapshot, rows, digest, rejected, misshaped }: LoadProgress, { mostRejected }: Pick<Bounds, 'mostRejected'>): Reason[] {
  const reasons: Reason[] = []
  if (rows !== snapshot.accounts) reasons.push({ code: 'count-differs', detail: { told: snapshot.accounts, received: rows } })
  if (digest !== snapshot.digest) reasons.push({ code: 'digest-differs', detail: { told: snapshot.digest, received: digest } })
  if (isTooMany(rejected, rows, mostRejected)) reasons.push(tooMany('too-many-rejected', 'rejected', rejected, 'rows', rows, mostRejected))
  return [...reasons, ...misshapenReasons(misshaped, rows, mostRejected)]
}

/** @param misshaped rows by column */
export function misshapenReasons(misshaped: Readonly<Record<string, number>>, rows: number, most: number): Reason[] {
  return Object.entries(misshaped)
    .filter(([, wrong]) => isTooMany(wrong, rows, most))
    .map(([column, wrong]) => withColumn(column, tooMany('column-misshapen', 'wrong', wrong, 'rows', rows, most)))
}

/** How far a load is from what is known, where that is too far to be believed. */
export function leapsOf({ known, missing, columns }: LoadDifference, { mostMissing, mostChangedInOneColumn }: Omit<Bounds, 'mostRejected'>): Reason[] {
  const reasons: Reason[] = []
  // Of a handful of accounts, too: a core system without any is one that was set up wrong.
  const allMissing = missing > 0 && missing === known
  if (allMissing || isTooMany(missing, known, mostMissing)) reasons.push(tooMany('too-many-missing', 'missing', missing, 'known', known, mostMissing))
  for (const [column, changed] of Object.entries(columns)) {
    if (isTooMany(changed, known, mostChangedInOneColumn)) reasons.push(withColumn(column, tooMany('column-changed', 'changed', changed, 'known', known, mostChangedInOneColumn)))
  }
  return reasons
}

/** Of a load with rows that do not say which account they are about: any of those that are missing may be in them. */
export function closingsLeft({ unreadable }: Pick<LoadProgress, 'unreadable'>, { missing }: Pick<LoadDifference, 'missing'>): Reason[] {
  return unreadable > 0 && missing > 0 ? [{ code: 'closings-left', detail: { unreadable, missing } }] : []
}

/** @param partName what is too many, e.g. `rejected`. @param wholeName of what, e.g. `rows` */
export function tooMany(code: string, partName: string, part: number, wholeName: string, whole: number, most: number): Reason {
  return { code, detail: { [partName]: part, [wholeName]: whole, share: share(part, whole), most } }
}

export function isTooMany(part: number, whole: number, most: number): boolean {
  return part >= FEWEST_REFUSED && part > most * whole
}

function withColumn(column: string, { code, detail }: Reason): Reason {
  return { code, detail: { column, ...detail } }
}

function share(part: number, whole: number): number {
  return whole === 0 ? 1 : Math.round((part / whole) * 10_000) / 10_000
}
