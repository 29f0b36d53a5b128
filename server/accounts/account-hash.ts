import type { Account } from '../../domain/account.ts'
import { sha256 } from '../platform/hash.ts'

/** SHA-256 of what an account says, whatever order its fields came in: equal hashes, nothing to change. Without dates it is what it was before there were any. */
export function accountHash(account: Account): string {
  const { movedInOn, movedOutOn, meterSince } = account
  const dates = [movedInOn, movedOutOn, meterSince]
  const { name, phones, email, address, latitude, longitude, medicalEquipment } = account.personal
  return sha256(
    JSON.stringify([
      account.accountNumber,
      account.servicePoint,
      account.meterNumber,
      account.circuit,
      account.transformer,
      account.language,
      [name, phones, email, latitude, longitude, medicalEquipment],
      [address.line1, address.line2, address.city, address.state, address.postalCode],
      ...(dates.some((date) => date !== undefined) ? [dates] : []),
    ]),
  )
}
