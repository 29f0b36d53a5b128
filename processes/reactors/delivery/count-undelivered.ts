import type { Clock, Random } from '../../../domain/clock.ts'
import type { EventLog, Ownership, Position } from '../../../server/platform/event-log/event-log.ts'
import type { Logger } from '../../../server/platform/logger.ts'
import { gauge } from '../../../server/platform/metrics.ts'
import { ownedPartition } from '../../../server/platform/ownership-status.ts'
import { surely } from '../surely.ts'
import { DELIVERY_CONSUMER, DELIVERY_GROUP } from './partition-delivery.ts'

const unclaimed = gauge('stormdoor_delivery_without_core_system', 'Reports that no core system was given, while there is none', ['partition'])

/** Where there is no core system: says how many reports one would be given, until the signal. Hands over nothing and keeps no place. */
export async function countUndelivered(
  reactor: { log: EventLog; clock: Clock; random: Random; logger: Logger; signal: AbortSignal },
  { partition, epoch }: Pick<Ownership, 'partition' | 'epoch'>,
): Promise<void> {
  const { log, signal } = reactor
  const owned = ownedPartition(DELIVERY_GROUP, partition, epoch)
  let place: Position | null = null
  let reports = 0
  try {
    await surely(reactor, 'the event log', async () => {
      place ??= await log.loadCursor(DELIVERY_CONSUMER, partition)
      for await (const batch of log.read(partition, place, { signal })) {
        for (const { first, envelope } of batch) if (first && envelope.type === 'outage.reported.v1') reports++
        place = batch.at(-1)!.position
        unclaimed.set({ partition }, reports)
      }
    })
  } finally {
    owned.release()
    unclaimed.remove({ partition })
  }
}
