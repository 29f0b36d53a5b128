import type { Me, MyAccount, MyPremises } from '../../domain/me.ts'
import type { Utility } from '../../domain/utility.ts'
import { type AccessReads, permittedAccounts, type Permitted } from '../access/require-access.ts'
import { getNearby } from '../outages/get-outage-status.ts'
import { accountReport, reportsAtAccount } from '../outages/list-account-reports.ts'
import { getErasure } from './list-erasures.ts'
import { getProfile } from './get-profile.ts'

export interface MeReads extends AccessReads {
  utility: Utility
}

const MOST_REPORTS = 20
/** An outage that was reported longer ago is over, or was reported again. */
const REPORT_STANDS_MS = 24 * 60 * 60_000

/** All that a signed-in customer sees of themselves and their premises, with its age. Throws ReadsUnavailableError. */
export async function getMe(reads: MeReads, customer: { loginId: string; email: string }): Promise<Me> {
  const { loginId, email } = customer
  const [permitted, profile, erasure] = await Promise.all([permittedAccounts(reads, loginId), getProfile(reads.sources, loginId), getErasure(reads.sources, loginId)])
  const accounts = await Promise.all(permitted.value.map((one) => myAccount(reads, one)))
  const asOf = oldest([permitted.asOf, profile.asOf, ...accounts.map(({ outage }) => outage.asOf)])
  const { value: told } = profile
  const language = told.version === null ? (permitted.value[0]?.account.value.language ?? told.language) : told.language
  return {
    loginId, email, ...(told.name === undefined ? {} : { name: told.name }), language, accounts, profile: { ...told, language },
    erasureRequestedAt: erasure.value?.asOf ?? null,
    asOf, ageSeconds: Math.max(0, Math.floor((reads.clock.nowMs() - Date.parse(asOf)) / 1_000)),
  }
}

/** The premises that a signed-in customer may report an outage at. Throws ReadsUnavailableError. */
export async function getMyPremises(reads: AccessReads, { loginId }: { loginId: string }): Promise<MyPremises> {
  const { value, asOf } = await permittedAccounts(reads, loginId)
  const premises = value.map(({ access, account }) => {
    const { line1, line2, city } = account.value.personal.address
    return { accountNumber: access.accountNumber, line1, ...(line2 === undefined ? {} : { line2 }), city }
  })
  return { loginId, premises, asOf }
}

async function myAccount({ sources, clock, utility }: MeReads, { access, account, span }: Permitted): Promise<MyAccount> {
  const { servicePoint, meterNumber, circuit, personal } = account.value
  const [nearby, known] = await Promise.all([getNearby(sources, circuit, clock, utility), reportsAtAccount(sources, access.accountNumber, span, MOST_REPORTS)])
  const told = known.value.map(accountReport)
  const stands = told.some(({ state, confirmation, acceptedAt }) => state !== 'withdrawn' && confirmation !== 'back' && Date.parse(acceptedAt) > clock.nowMs() - REPORT_STANDS_MS)
  const { line1, line2, city, postalCode } = personal.address
  return {
    accountNumber: access.accountNumber, role: access.role, servicePoint, meterNumber,
    premise: { line1, ...(line2 === undefined ? {} : { line2 }), city, postalCode },
    outage: { state: stands ? 'reported' : nearby.nearby === 'reported' ? 'nearby' : 'none-known', asOf: oldest([nearby.asOf, known.currentAt ?? nearby.asOf]) },
    reports: told.map(({ confirmation: _inside, ...report }) => report),
    asOf: account.asOf,
  }
}

function oldest(instants: readonly string[]): string {
  return instants.reduce((held, instant) => (instant < held ? instant : held))
}
