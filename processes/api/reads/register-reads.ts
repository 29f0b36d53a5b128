import type { FastifyInstance } from 'fastify'
import type { Clock } from '../../../domain/clock.ts'
import type { Utility } from '../../../domain/utility.ts'
import type { LookAudit } from '../../../server/accounts/audit-looks.ts'
import type { AuditTrail } from '../../../server/audit/record-acts.ts'
import type { CustomerSessions } from '../../../server/identity/customers/customer-sessions.ts'
import { lookUpAccounts } from '../../../server/accounts/look-up-accounts.ts'
import type { StaffTokens } from '../../../server/identity/staff-token.ts'
import { getNearby, getOutageStatus } from '../../../server/outages/get-outage-status.ts'
import { withDeadline } from '../../../server/platform/deadline.ts'
import type { EventLog } from '../../../server/platform/event-log/event-log.ts'
import type { ReadSources } from '../../../server/platform/read-sources.ts'
import { changeProfile } from '../../../server/profile/change-profile.ts'
import { downloadOf } from '../../../server/profile/download-of.ts'
import { getMe, getMyPremises } from '../../../server/profile/get-me.ts'
import { requestErasure } from '../../../server/profile/request-erasure.ts'
import { accounts } from './accounts.ts'
import { guestLookUps } from './guest-look-ups.ts'
import { createLookUpLimit } from './look-up-limit.ts'
import { me } from './me.ts'
import { outageStatus } from './outage-status.ts'

/** For all that one answer reads: after that whoever asked has better things to do than to wait. */
export const READ_WITHIN_MS = 2_000

export interface ReadsContext {
  sources: ReadSources
  clock: Clock
  utility: Utility
  tokens: StaffTokens
  audit: LookAudit
  /** What people do that is not a look of many a second. */
  acts: AuditTrail
  log: Pick<EventLog, 'append'>
  customers: CustomerSessions
  publicUrl: string
  /** Takes a login out of the identity store; again is harmless. */
  eraseLogin: (loginId: string) => Promise<void>
  /** For the name of a guest in the audit: see guestActorKeyOf. */
  guestActorKey: Uint8Array
}

/** The look-ups of `/api/v1`, each within its deadline. They may fail; the door beside them does not. */
export function registerReads(api: FastifyInstance, context: ReadsContext): void {
  const { sources, clock, utility, tokens, audit, acts, guestActorKey, log, customers, publicUrl } = context
  void api.register((reads, _options, registered) => {
    reads.addHook('preHandler', (_request, _reply, next) => withDeadline(READ_WITHIN_MS, next))
    outageStatus(reads, { clock, getOutageStatus: () => getOutageStatus(sources, clock, utility) })
    accounts(reads, { lookUpAccounts: (by) => lookUpAccounts(sources, by), tokens, audit, clock, country: utility.defaultCountry })
    guestLookUps(reads, {
      audit,
      actorKey: guestActorKey,
      lookUpAccounts: (by) => lookUpAccounts(sources, by),
      getNearby: (circuit) => getNearby(sources, circuit, clock, utility),
      limit: createLookUpLimit(sources.redis.client),
      clock,
      country: utility.defaultCountry,
    })
    me(reads, {
      customers, publicUrl, acts,
      getMe: (customer) => getMe({ sources, clock, utility }, customer),
      getMyPremises: (customer) => getMyPremises({ sources, clock, utility }, customer),
      downloadOf: (customer) => downloadOf({ sources, clock, utility }, customer),
      changeProfile: (customer, input) => changeProfile({ log, utility }, customer, input),
      requestErasure: (customer, input) => requestErasure({ log, sources, clock, eraseLogin: context.eraseLogin }, customer, input),
    })
    registered()
  })
}
