import { systemClock } from '../../domain/clock.ts'
import type { Partition } from './event-log/event-log.ts'
import { gauge } from './metrics.ts'

export interface OwnershipStatus {
  /** Partitions that this process works on; `since` in ISO 8601 UTC. */
  owned: { group: string; partition: Partition; epoch: string; since: string }[]
  lags: { consumer: string; partition: Partition; records: number }[]
}

export interface OwnedPartition {
  /** Records not handled yet. @param consumer where a group has several in each partition; default: the group */
  lag(this: void, records: number, consumer?: string): void
  /** The partition is not worked on here any more: it and its lags are forgotten. */
  release(this: void): void
}

interface Entry {
  owned: OwnershipStatus['owned'][number]
  lags: Map<string, number>
}

const ownedGauge = gauge('stormdoor_owned_partition', '1 for each partition that this process works on', ['group', 'partition'])
const lagGauge = gauge('stormdoor_consumer_lag_records', 'Records of a partition that a consumer here has not handled yet', ['consumer', 'partition'])
const entries = new Set<Entry>()

/** Tells `/status` and the metrics that this process works on a partition, until `release`. */
export function ownedPartition(group: string, partition: Partition, epoch: string): OwnedPartition {
  const entry: Entry = { owned: { group, partition, epoch, since: new Date(systemClock.nowMs()).toISOString() }, lags: new Map() }
  entries.add(entry)
  ownedGauge.set({ group, partition }, 1)
  return {
    lag: (records, consumer = group) => {
      if (!entries.has(entry)) return
      entry.lags.set(consumer, records)
      lagGauge.set({ consumer, partition }, records)
    },
    release: () => {
      entries.delete(entry)
      // Taken again under a later epoch before this one was let go: then the figures are that one's.
      if ([...entries].some(({ owned }) => owned.group === group && owned.partition === partition)) return
      ownedGauge.remove({ group, partition })
      for (const consumer of entry.lags.keys()) lagGauge.remove({ consumer, partition })
    },
  }
}

export function ownershipStatus(): OwnershipStatus {
  const sorted = [...entries].sort((a, b) => `${a.owned.group} ${a.owned.partition}`.localeCompare(`${b.owned.group} ${b.owned.partition}`, 'en'))
  return {
    owned: sorted.map(({ owned }) => owned),
    lags: sorted.flatMap(({ owned: { partition }, lags }) => [...lags].map(([consumer, records]) => ({ consumer, partition, records }))),
  }
}
