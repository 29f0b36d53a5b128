import type { CoreSystem } from '../../../server/core-system/core-system.ts'
import type { EventLog } from '../../../server/platform/event-log/event-log.ts'
import { surely, together } from '../surely.ts'
import { countUndelivered } from './count-undelivered.ts'
import { DeliveryDispatch, type DispatchOptions } from './delivery-dispatch.ts'
import { DELIVERY_GROUP, PartitionDelivery } from './partition-delivery.ts'

export interface DeliveryReactor extends Omit<DispatchOptions, 'log' | 'core'> {
  log: EventLog
  /** Null: there is none, and what waits is only counted. */
  core: Pick<CoreSystem, 'deliverReport'> | null
  /** Kept in memory of each partition; default 100,000. */
  mostItems?: number
}

/**
 * Hands each report and follow-up to the core system, of the partitions that this process owns among all that run this, and
 * logs that it is there, or that it was refused for good. Ends when the signal says so, and not before.
 */
export async function runDeliveryReactor(reactor: DeliveryReactor): Promise<void> {
  const { log, core } = reactor
  const stop = new AbortController()
  const signal = AbortSignal.any([reactor.signal, stop.signal])
  const own = { ...reactor, signal }
  if (!core) {
    await surely(own, 'the event log', () =>
      log.share(DELIVERY_GROUP, ['outages'], { signal, work: (ownership) => countUndelivered({ ...own, signal: ownership.signal }, ownership) }),
    )
    return
  }
  const dispatch = new DeliveryDispatch({ ...own, core })
  const total = (await surely(own, 'the event log', () => log.partitions('outages'))).length
  let order = 0
  let owned = 0
  const share = (): Promise<void> =>
    log.share(DELIVERY_GROUP, ['outages'], {
      signal,
      work: async (ownership) => {
        dispatch.pace.setShare(++owned / total)
        const delivery = new PartitionDelivery({ ...own, signal: ownership.signal, dispatch, nextOrder: () => ++order }, ownership)
        await delivery.run().finally(() => dispatch.pace.setShare(--owned / total))
      },
    })
  await together(signal, stop, [surely(own, 'the event log', share), dispatch.run()])
}
