import type { FastifyInstance } from 'fastify'
import type { Clock } from '../../../domain/clock.ts'
import type { Utility } from '../../../domain/utility.ts'
import { lookUpAccounts } from '../../../server/accounts/look-up-accounts.ts'
import { getNearby, getOutageStatus } from '../../../server/outages/get-outage-status.ts'
import type { ReadSources } from '../../../server/platform/read-sources.ts'
import { guestLookUps } from './guest-look-ups.ts'
import { createLookUpLimit } from './look-up-limit.ts'
import { outageStatus } from './outage-status.ts'

/** The look-ups of `/api/v1`. They may fail; the door beside them does not. */
export function registerReads(api: FastifyInstance, { sources, clock, utility }: { sources: ReadSources; clock: Clock; utility: Utility }): void {
  outageStatus(api, { clock, getOutageStatus: () => getOutageStatus(sources, clock, utility) })
  guestLookUps(api, {
    lookUpAccounts: (by) => lookUpAccounts(sources, by),
    getNearby: (circuit) => getNearby(sources, circuit, clock, utility),
    limit: createLookUpLimit(sources.redis.client),
    clock,
    country: utility.defaultCountry,
  })
}
