import type { Account, Known } from '../../domain/account.ts'
import type { OutageMatched, OutageReported } from '../../domain/event.ts'
import { addressQueries, decideMatch } from '../../domain/matching.ts'
import { lookUpAccounts } from '../accounts/look-up-accounts.ts'
import { normalizePhone } from '../accounts/normalize-phone.ts'
import type { ReadSources } from '../platform/read-sources.ts'

/**
 * Which account a report is about, by what is known now; null when that is none or not certain.
 * @param country of phone numbers typed without a country code
 * @throws ReadsUnavailableError when neither store can answer
 */
export async function matchReport(sources: ReadSources, report: OutageReported, country: string): Promise<OutageMatched | null> {
  const { place } = report.personal
  const phone = place.phone === undefined ? null : normalizePhone(place.phone, country)
  const [accountNumber, byPhone, address] = await Promise.all([
    place.accountNumber === undefined ? [] : lookUpAccounts(sources, { accountNumber: place.accountNumber }),
    phone === null ? [] : lookUpAccounts(sources, { phone }),
    place.address === undefined ? [] : atLongestLine(sources, place.address),
  ])
  const match = decideMatch(place, { accountNumber: values(accountNumber), phone: values(byPhone), address: values(address) })
  if (!match) return null
  const { account, matchedBy } = match
  return {
    reportId: report.reportId,
    accountNumber: account.accountNumber,
    servicePoint: account.servicePoint,
    circuit: account.circuit,
    transformer: account.transformer,
    matchedBy,
  }
}

/** A street line may end anywhere before the town: the longest that is known counts. */
async function atLongestLine(sources: ReadSources, typed: string): Promise<Known<Account>[]> {
  const found = await Promise.all(addressQueries(typed).map((address) => lookUpAccounts(sources, { address })))
  return found.find((accounts) => accounts.length > 0) ?? []
}

function values(accounts: readonly Known<Account>[]): Account[] {
  return accounts.map(({ value }) => value)
}
