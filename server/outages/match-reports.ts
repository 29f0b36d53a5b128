import { accountNumberKey, type Account } from '../../domain/account.ts'
import type { OutageMatched, OutageReported } from '../../domain/event.ts'
import { addressQueries, decideMatch, type MatchEvidence } from '../../domain/matching.ts'
import { AccountsBehindError, completeSources, type Patience } from '../accounts/complete-sources.ts'
import { findAccounts, findNumbers, type ReportedFact } from '../accounts/find-accounts.ts'
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

/** The match; null when there is none or not a certain one; rejected when it could not be decided. */
export type MatchTry = PromiseSettledResult<OutageMatched | null>

const NOTHING: MatchEvidence = { accountNumber: [], phone: [], address: [] }

/**
 * Which account each report is about, in their order. A number that was typed decides as soon as it is known; everything
 * else only over a store that has every account of the log, for one that is missing may be the other one. While no store
 * has them all, what is still open is rejected with AccountsBehindError, and a report that fails by itself fails alone.
 * Throws ReadsUnavailableError when no store can answer, LogUnavailableError.
 */
export async function matchReports({ sources, log, country }: MatchContext, reports: readonly OutageReported[], patience: Patience): Promise<MatchTry[]> {
  const numbers = reports.flatMap(({ personal: { place } }) => (place.accountNumber === undefined ? [] : [place.accountNumber]))
  const known = await findNumbers(sources, numbers)
  const tries = reports.map((report) => settle(() => matchOf(report, { ...NOTHING, accountNumber: accountWith(known, report.personal.place) })))
  const open = [...tries.keys()].filter((index) => isOpen(tries[index]!))
  if (open.length === 0) return tries

  let complete: ReadSources
  try {
    complete = await completeSources(sources, log, patience)
  } catch (error) {
    if (!(error instanceof AccountsBehindError)) throw error
    for (const index of open) tries[index] = { status: 'rejected', reason: error }
    return tries
  }
  const questions = open.map((index) => ({ index, asked: settle(() => questionOf(reports[index]!.personal.place, country)) }))
  const found = await findAccounts(complete, questions.flatMap(({ asked }) => (asked.status === 'fulfilled' ? asked.value.map(({ fact }) => fact) : [])))
  let next = 0
  for (const { index, asked } of questions) {
    if (asked.status === 'rejected') {
      tries[index] = asked
      continue
    }
    const evidence: Record<keyof MatchEvidence, Account[]> = { accountNumber: [], phone: [], address: [] }
    for (const { kind } of asked.value) evidence[kind].push(...found[next++]!)
    tries[index] = settle(() => matchOf(reports[index]!, evidence))
  }
  return tries
}

interface Question {
  kind: keyof MatchEvidence
  fact: ReportedFact
}

/** Everything at each line that the address may begin with: which of them is meant is not decided here. */
function questionOf({ accountNumber, phone, address }: Place, country: string): Question[] {
  const normalized = phone === undefined ? null : normalizePhone(phone, country)
  return [
    ...(accountNumber === undefined ? [] : [{ kind: 'accountNumber' as const, fact: { accountNumber } }]),
    ...(normalized === null ? [] : [{ kind: 'phone' as const, fact: { phone: normalized } }]),
    ...(address === undefined ? [] : addressQueries(address).map((line) => ({ kind: 'address' as const, fact: { address: line } }))),
  ]
}

function accountWith(known: ReadonlyMap<string, Account>, { accountNumber }: Place): Account[] {
  const account = accountNumber === undefined ? undefined : known.get(accountNumberKey(accountNumber))
  return account ? [account] : []
}

function matchOf(report: OutageReported, evidence: MatchEvidence): OutageMatched | null {
  const match = decideMatch(report.personal.place, evidence)
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

function isOpen(tried: MatchTry): boolean {
  return tried.status === 'fulfilled' && tried.value === null
}

function settle<T>(decide: () => T): PromiseSettledResult<T> {
  try {
    return { status: 'fulfilled', value: decide() }
  } catch (reason) {
    return { status: 'rejected', reason }
  }
}
