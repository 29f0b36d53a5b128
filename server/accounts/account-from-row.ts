import type { Account, Known } from '../../domain/account.ts'
import type { Account as AccountRow } from '../../prisma/client/client.ts'

/** A row of the projection as the account that it was folded from: the projector wrote it from a validated event. */
export function accountFromRow(row: AccountRow): Known<Account> {
  const { accountNumber, servicePoint, meterNumber, circuit, transformer, version, asOf } = row
  const language = row.language as Account['language']
  const personal = row.personal as Account['personal']
  return {
    value: { accountNumber, servicePoint, meterNumber, circuit, transformer, language, ...datesOf(row), personal },
    version,
    asOf: asOf.toISOString(),
    source: 'postgres',
  }
}

function datesOf({ movedInOn, movedOutOn, meterSince }: AccountRow): Pick<Account, 'movedInOn' | 'movedOutOn' | 'meterSince'> {
  return { ...(movedInOn === null ? {} : { movedInOn }), ...(movedOutOn === null ? {} : { movedOutOn }), ...(meterSince === null ? {} : { meterSince }) }
}
