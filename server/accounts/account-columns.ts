import type { Account } from '../../domain/account.ts'

const BYTES = 2

/** What an account says beside its number, column by column. Appended to, never reordered: hashes are kept by place. */
const COLUMNS: readonly [name: string, valueOf: (account: Account) => string | number | boolean | undefined][] = [
  ['name', ({ personal }) => personal.name],
  ['phones', ({ personal }) => personal.phones.join(' ')],
  ['email', ({ personal }) => personal.email],
  ['address.line1', ({ personal }) => personal.address.line1],
  ['address.line2', ({ personal }) => personal.address.line2],
  ['address.city', ({ personal }) => personal.address.city],
  ['address.state', ({ personal }) => personal.address.state],
  ['address.postalCode', ({ personal }) => personal.address.postalCode],
  ['latitude', ({ personal }) => personal.latitude],
  ['longitude', ({ personal }) => personal.longitude],
  ['medicalEquipment', ({ personal }) => personal.medicalEquipment],
  ['servicePoint', (account) => account.servicePoint],
  ['meterNumber', (account) => account.meterNumber],
  ['circuit', (account) => account.circuit],
  ['transformer', (account) => account.transformer],
  ['language', (account) => account.language],
  ['movedInOn', (account) => account.movedInOn],
  ['movedOutOn', (account) => account.movedOutOn],
  ['meterSince', (account) => account.meterSince],
]

/** Two bytes of each column: enough to tell what share of many accounts changed in one, and to tell nothing else. */
export function columnHashes(account: Account): Uint8Array {
  const hashes = Buffer.allocUnsafe(COLUMNS.length * BYTES)
  for (let place = 0; place < COLUMNS.length; place++) hashes.writeUInt16LE(shortHash(String(COLUMNS[place]![1](account) ?? '')), place * BYTES)
  return hashes
}

/** Names of the columns that differ. @param known of the same account, by columnHashes; before there was a column, it held nothing */
export function changedColumns(known: Uint8Array, told: Uint8Array): string[] {
  return COLUMNS.flatMap(([name], place) => {
    const at = place * BYTES
    const was = at < known.length ? known.subarray(at, at + BYTES) : NOTHING
    return was[0] === told[at] && was[1] === told[at + 1] ? [] : [name]
  })
}

/** FNV-1a, folded to 16 bits. */
function shortHash(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return (hash ^ (hash >>> 16)) & 0xffff
}

const NOTHING = Buffer.allocUnsafe(BYTES)
NOTHING.writeUInt16LE(shortHash(''))
