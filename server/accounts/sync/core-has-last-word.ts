import type { EventLog } from '../../platform/event-log/event-log.ts'
import { SyncHistory } from './sync-history.ts'

/**
 * Whether all accounts were ever loaded from a core system. It has the last word then: what came from a file and it does not
 * know is closed by a full load.
 */
export async function coreHasLastWord(log: Pick<EventLog, 'partitions' | 'read'>, signal: AbortSignal): Promise<boolean> {
  const history = new SyncHistory()
  for (const partition of await log.partitions('ops')) {
    for await (const batch of log.read(partition, null, { signal, follow: false })) {
      for (const { first, envelope } of batch) if (first) history.take(envelope)
      if (history.everApplied) return true
    }
  }
  return false
}
