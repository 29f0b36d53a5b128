import type { FastifyInstance } from 'fastify'
import type { Clock } from '../../../domain/clock.ts'
import type { Utility } from '../../../domain/utility.ts'
import { lookUpAccounts } from '../../../server/accounts/look-up-accounts.ts'
import { getNearby, getOutageStatus } from '../../../server/outages/get-outage-status.ts'
import { withDeadline } from '../../../server/platform/deadline.ts'
import type { ReadSources } from '../../../server/platform/read-sources.ts'
import { guestLookUps } from './guest-look-ups.ts'
import { createLookUpLimit } from './look-up-limit.ts'
import { outageStatus } from './outage-status.ts'

/** For all that one answer reads: after that whoever asked has better things to do than to wait. */
export const READ_WITHIN_MS = 2_000

/** The look-ups of `/api/v1`, each within its deadline. They may fail; the door beside them does not. */
export function registerReads(api: FastifyInstance, { sources, clock, utility }: { sources: ReadSources; clock: Clock; utility: Utility }): void {
  void api.register((reads, _options, registered) => {
    reads.addHook('preHandler', (_request, _reply, next) => withDeadline(READ_WITHIN_MS, next))
    outageStatus(reads, { clock, getOutageStatus: () => getOutageStatus(sources, clock, utility) })
    guestLookUps(reads, {
      lookUpAccounts: (by) => lookUpAccounts(sources, by),
      getNearby: (circuit) => getNearby(sources, circuit, clock, utility),
      limit: createLookUpLimit(sources.redis.client),
      clock,
      country: utility.defaultCountry,
    })
    registered()
  })
}
