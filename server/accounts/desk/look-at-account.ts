import { type Account, accountNumberKey, type Known } from '../../../domain/account.ts'
import type { AccountFlags } from '../../../domain/account-flags.ts'
import type { AccessRole } from '../../../domain/access.ts'
import type { Clock } from '../../../domain/clock.ts'
import type { Utility } from '../../../domain/utility.ts'
import { listPeopleOf } from '../../access/list-people-of.ts'
import type { AuditTrail } from '../../audit/record-acts.ts'
import { requirePermission } from '../../identity/require-permission.ts'
import type { Staff } from '../../identity/staff.ts'
import { getNearby, type Nearby } from '../../outages/get-outage-status.ts'
import type { ReadSources } from '../../platform/read-sources.ts'
import { type AccountDesk, readAccountDesk } from './account-desk.ts'
import { listTimeline, type Timeline } from './list-timeline.ts'
import { maskDetails, type MaskedDetails, maskEmail } from './mask-details.ts'
import { requireAccount } from './require-account.ts'
import { unlessUnavailable } from './unless-unavailable.ts'

export interface LookContext {
  sources: ReadSources
  audit: Pick<AuditTrail, 'check' | 'take'>
  clock: Clock
  utility: Utility
}

/** A login with access, as staff see it. */
export interface PersonAtDesk {
  loginId: string
  role: AccessRole
  from: string
  /** Masked; null when it cannot be read now. */
  email: string | null
}

type Network = Pick<Account, 'servicePoint' | 'meterNumber' | 'circuit' | 'transformer' | 'movedInOn' | 'movedOutOn' | 'meterSince'>

/** An account as the desk shows it before anything is revealed. What is null cannot be read now. */
export interface DeskAccount extends Pick<Known<Account>, 'asOf' | 'source'> {
  accountNumber: string
  name: string
  language: Account['language']
  medicalEquipment: boolean
  masked: MaskedDetails
  network: Network
  nearby: Nearby | null
  people: PersonAtDesk[] | null
  flags: AccountFlags | null
  timeline: Timeline
}

/**
 * Opens an account: who looked is told to the trail before anything is shown, found or not.
 * @throws ForbiddenError NotFoundError ReadsUnavailableError AuditUnavailableError
 */
export async function lookAtAccount(context: LookContext, staff: Staff, accountNumber: string): Promise<DeskAccount> {
  const { sources } = context
  const { asOf, source, value: account } = await openAccount(context, staff, accountNumber)
  const { servicePoint, meterNumber, circuit, transformer, movedInOn, movedOutOn, meterSince, personal } = account
  const desk = await deskOf(sources, account)
  const [nearby, people, timeline] = await Promise.all([
    getNearby(sources, circuit, context.clock, context.utility).catch(unlessUnavailable),
    peopleAtDesk(context, account.accountNumber),
    listTimeline(sources, account.accountNumber, desk, null),
  ])
  return {
    accountNumber: account.accountNumber, name: personal.name, language: account.language, medicalEquipment: personal.medicalEquipment,
    masked: maskDetails(personal), network: { servicePoint, meterNumber, circuit, transformer, movedInOn, movedOutOn, meterSince },
    nearby, people, flags: desk?.flags ?? null, timeline, asOf, source,
  }
}

/** What goes on at an account, without its details. Also a look, but not one more while the page stays open. Throws like lookAtAccount. */
export async function followAccount(context: LookContext, staff: Staff, accountNumber: string, before: string | null): Promise<Pick<DeskAccount, 'flags' | 'timeline'>> {
  const { value: account } = await openAccount(context, staff, accountNumber, { staysOpen: true })
  const desk = await deskOf(context.sources, account)
  return { flags: desk?.flags ?? null, timeline: await listTimeline(context.sources, account.accountNumber, desk, before) }
}

const PAGE_OPEN_MS = 15 * 60_000
const MOST_OPEN = 10_000
const openedAtMs = new Map<string, number>()

async function openAccount({ sources, audit, clock }: LookContext, staff: Staff, accountNumber: string, { staysOpen = false } = {}): Promise<Known<Account>> {
  requirePermission(staff, 'account.read')
  audit.check()
  const accountKey = accountNumberKey(accountNumber).slice(0, 32)
  const opening = `${staff.staffId} ${accountKey}`
  const wasOpened = (openedAtMs.get(opening) ?? -Infinity) > clock.monotonicMs() - PAGE_OPEN_MS
  if (!staysOpen || !wasOpened) {
    audit.take({ actor: { kind: 'staff', id: staff.staffId, role: staff.role }, act: 'account.looked-at', subject: { kind: 'account', id: accountKey } })
    if (openedAtMs.size >= MOST_OPEN) openedAtMs.clear()
    openedAtMs.set(opening, clock.monotonicMs())
  }
  return requireAccount(sources, accountNumber)
}

async function deskOf(sources: ReadSources, { accountNumber }: Account): Promise<AccountDesk | null> {
  return (await readAccountDesk(sources, accountNumberKey(accountNumber)).catch(unlessUnavailable))?.value ?? null
}

async function peopleAtDesk({ sources, clock, utility }: LookContext, accountNumber: string): Promise<PersonAtDesk[] | null> {
  const people = await listPeopleOf({ sources, clock, utility }, accountNumber).catch(unlessUnavailable)
  if (!people || people.length === 0) return people && []
  const logins = await sources.prisma
    .use((database) => database.customerLogin.findMany({ where: { id: { in: people.map(({ loginId }) => loginId) } }, select: { id: true, email: true } }))
    .catch(unlessUnavailable)
  const emails = new Map(logins?.map(({ id, email }) => [id, maskEmail(email)]))
  return people.map(({ loginId, role, from }) => ({ loginId, role, from, email: emails.get(loginId) ?? null }))
}
