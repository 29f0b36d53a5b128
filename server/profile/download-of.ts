import { accountNumberKey } from '../../domain/account.ts'
import { isWithin } from '../../domain/visible-span.ts'
import { type AccessReads, permittedAccounts, type Permitted } from '../access/require-access.ts'
import { accessRecordsOf } from '../access/list-access.ts'
import { readAccountDesk } from '../accounts/desk/account-desk.ts'
import { requireRecentSignIn } from '../identity/customers/require-recent-sign-in.ts'
import { accountReport, reportsAtAccount } from '../outages/list-account-reports.ts'
import type { CachedReport } from '../outages/report-cache.ts'
import { profileRecordsOf } from './get-profile.ts'
import { countLooks } from './count-looks.ts'
import { getErasure } from './list-erasures.ts'

const MOST_REPORTS = 1_000

/**
 * Everything that the portal holds about a person, for themselves: their login, what they said of how they want to be reached,
 * what they have and had access to, the accounts with their reports and what staff noted there as far as their role goes, and how
 * often somebody looked at these. No secret, no hash of one, no name of staff.
 * Throws SignInAgainError for who signed in too long ago, ReadsUnavailableError: half of it would look like all of it.
 */
export async function downloadOf(reads: AccessReads, customer: { loginId: string; email: string; signedInAt: string }): Promise<object> {
  const { sources, clock } = reads
  requireRecentSignIn(customer, clock)
  const { loginId, email, signedInAt } = customer
  const [permitted, records, changes, erasure] = await Promise.all([
    permittedAccounts(reads, loginId), accessRecordsOf(sources, loginId), profileRecordsOf(sources, loginId), getErasure(sources, loginId),
  ])
  return {
    madeAt: new Date(clock.nowMs()).toISOString(),
    asOf: records.asOf,
    login: { loginId, email, signedInAt },
    profileChanges: changes.value.toSorted((one, other) => (one.version < other.version ? -1 : 1)).map(({ asOf, change: { loginId: _own, ...change } }) => ({ at: asOf, ...change })),
    erasureRequestedAt: erasure.value?.asOf ?? null,
    access: records.value.map(({ accountNumber, role, from, how, asOf }) => ({ accountNumber, role: role ?? 'ended', from, how, at: asOf })),
    accounts: await Promise.all(permitted.value.map((one) => accountIn(reads, one))),
    acts: await countLooks(sources, loginId, permitted.value.filter(({ access }) => access.role === 'owner')),
  }
}

async function accountIn({ sources }: AccessReads, { access, account, span }: Permitted): Promise<object> {
  const [{ value: reports }, { value: desk }] = await Promise.all([
    reportsAtAccount(sources, access.accountNumber, span, MOST_REPORTS), readAccountDesk(sources, accountNumberKey(access.accountNumber)),
  ])
  const { role } = access
  const { accountNumber, servicePoint, personal: { address } } = account.value
  if (role !== 'owner') return { accountNumber, servicePoint, role, address, reports: reports.map(shortReport) }
  const notes = desk.notes.filter(({ at }) => isWithin(span, at)).map(({ at, text }) => ({ at, text }))
  return { ...account.value, role, asOf: account.asOf, reports: reports.map(wholeReport), notes, flags: desk.flags.flags }
}

function shortReport(cached: CachedReport): object {
  const { confirmation: _inside, ...report } = accountReport(cached)
  return report
}

function wholeReport(cached: CachedReport): object {
  const { bodyHash: _body, secretHash: _secret, ...report } = cached.report
  const followUps = cached.followUps.map(({ type, data: { bodyHash: _itsBody, secretHash: _itsSecret, ...said } }) => ({ type, ...said }))
  return { ...report, state: accountReport(cached).state, match: cached.match, followUps }
}
