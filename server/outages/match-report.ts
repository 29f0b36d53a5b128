import type { Account, Known } from '../../domain/account.ts'
import type { OutageMatched, OutageReported } from '../../domain/event.ts'
import { addressQueries, decideMatch, type MatchEvidence } from '../../domain/matching.ts'
import { completeSources, type Patience } from '../accounts/complete-sources.ts'
import { lookUpAccounts } from '../accounts/look-up-accounts.ts'
import { normalizePhone } from '../accounts/normalize-phone.ts'
import type { EventLog } from '../platform/event-log/event-log.ts'
import type { ReadSources } from '../platform/read-sources.ts'

type Place = OutageReported['personal']['place']

export interface MatchContext {
  sources: ReadSources
  log: EventLog
  /** Of phone numbers typed without a country code. */
  country: string
}

const NOTHING: MatchEvidence = { accountNumber: [], phone: [], address: [] }

/**
 * Which account a report is about; null when that is none or not certain. A number that was typed decides as soon as it is
 * known; everything else only over a store that has every account of the log, for one that is missing may be the other one.
 * @throws AccountsBehindError when the stores have not all accounts yet, ReadsUnavailableError when neither can answer
 */
export async function matchReport({ sources, log, country }: MatchContext, report: OutageReported, patience: Patience): Promise<OutageMatched | null> {
  const { place } = report.personal
  const numbered = decideMatch(place, { ...NOTHING, accountNumber: await byNumber(sources, place) })
  const match = numbered ?? decideMatch(place, await gather(await completeSources(sources, log, patience), place, country))
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

async function gather(sources: ReadSources, place: Place, country: string): Promise<MatchEvidence> {
  const phone = place.phone === undefined ? null : normalizePhone(place.phone, country)
  const [accountNumber, byPhone, address] = await Promise.all([
    byNumber(sources, place),
    phone === null ? [] : lookUpAccounts(sources, { phone }),
    place.address === undefined ? [] : atAnyLine(sources, place.address),
  ])
  return { accountNumber, phone: values(byPhone), address: values(address) }
}

async function byNumber(sources: ReadSources, { accountNumber }: Place): Promise<Account[]> {
  return accountNumber === undefined ? [] : values(await lookUpAccounts(sources, { accountNumber }))
}

/** Everything at each line that the address may begin with; which of them is meant is not decided here. */
async function atAnyLine(sources: ReadSources, typed: string): Promise<Known<Account>[]> {
  const found = await Promise.all(addressQueries(typed).map((address) => lookUpAccounts(sources, { address })))
  return found.flat()
}

function values(accounts: readonly Known<Account>[]): Account[] {
  return accounts.map(({ value }) => value)
}
