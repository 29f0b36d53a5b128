import type { Account } from '../../domain/account.ts'
import type { CoreAccount } from '../../server/core-system/core-account.ts'

/** The account as a core system tells it. */
export function coreAccountOf({ accountNumber, servicePoint, meterNumber, circuit, transformer, language, movedInOn, movedOutOn, meterSince, personal }: Account): CoreAccount {
  const { name, phones, email, address, latitude, longitude, medicalEquipment } = personal
  return { accountNumber, name, phones, email, address, latitude, longitude, servicePoint, meterNumber, circuit, transformer, language, medicalEquipment, movedInOn, movedOutOn, meterSince }
}
