import { setImmediate as nextTurn } from 'node:timers/promises'
import { AccountDigest } from '../../server/core-system/account-digest.ts'
import type { CoreAccount } from '../../server/core-system/core-account.ts'
import type { AccountHistory, TakenSnapshot } from './account-history.ts'
import type { CoreSimMode } from './core-sim-mode.ts'

const ROWS_AT_A_TIME = 500
const EVERY_MISSING = 10
const POSTAL_CODE_LENGTH = 16

/** Ways in which a snapshot is told wrongly, in its id: its pages stay as they are, whatever the mode is later. */
const SNAPSHOT_FAULTS = ['shifted', 'digest', 'fewer'] as const
export type SnapshotFault = (typeof SNAPSHOT_FAULTS)[number]

export interface SnapshotName {
  storeId: string
  number: number
  fault: SnapshotFault | null
}

export function faultOf(mode: CoreSimMode): SnapshotFault | null {
  return mode.mode === 'wrong' ? (SNAPSHOT_FAULTS.find((fault) => fault === mode.kind) ?? null) : null
}

export function snapshotIdOf({ storeId, number, fault }: SnapshotName): string {
  return [storeId, number, ...(fault ? [fault] : [])].join('-')
}

/** Null for what is no snapshot's id. */
export function parseSnapshotId(id: string): SnapshotName | null {
  const [, storeId = '', number, fault] = /^([0-9a-f]+)-(\d{1,15})(?:-([a-z]+))?$/.exec(id) ?? []
  if (number === undefined || (fault !== undefined && !SNAPSHOT_FAULTS.some((known) => known === fault))) return null
  return { storeId, number: Number(number), fault: (fault as SnapshotFault | undefined) ?? null }
}

/** The row as JSON as it is told with that fault; null when it is left out. */
export function toldRow(row: string, number: number, fault: SnapshotFault | null): string | null {
  if (fault === 'fewer' && number % EVERY_MISSING === 0) return null
  return fault === 'shifted' ? JSON.stringify(withShiftedAddress(JSON.parse(row) as CoreAccount)) : row
}

/** Each column holds its neighbor's, cut to its width: nothing about a single row says so. */
function withShiftedAddress(row: CoreAccount): CoreAccount {
  const { line1, city, state, postalCode } = row.address
  return { ...row, address: { line1: city, city: state || postalCode, state: postalCode, postalCode: line1.slice(0, POSTAL_CODE_LENGTH).trim() } }
}

/** Count and digest as they are told with a fault: they agree with the rows, but for the fault `digest`. */
export async function toldManifest(history: AccountHistory, taken: TakenSnapshot, fault: SnapshotFault | null): Promise<Pick<TakenSnapshot, 'accounts' | 'digest'>> {
  const { number, accounts, digest } = taken
  if (fault === null) return { accounts, digest }
  if (fault === 'digest') return { accounts, digest: digest.replaceAll(/./g, (digit) => (15 - Number.parseInt(digit, 16)).toString(16)) }
  const told = { accounts: 0, digest: new AccountDigest() }
  for (let after = 0; ;) {
    const rows = history.page(after, number, ROWS_AT_A_TIME)
    const last = rows.at(-1)
    if (!last) return { accounts: told.accounts, digest: told.digest.toString() }
    for (const { row, number: each } of rows) {
      const text = toldRow(row as string, each, fault)
      if (text === null) continue
      told.accounts++
      told.digest.add(JSON.parse(text))
    }
    after = last.number
    await nextTurn()
  }
}
