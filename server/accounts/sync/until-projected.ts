import type { Clock } from '../../../domain/clock.ts'
import type { EventLog } from '../../platform/event-log/event-log.ts'
import { postgresPositions } from '../../platform/projection-state.ts'
import type { ReadSources } from '../../platform/read-sources.ts'

const LOOK_EVERY_MS = 500

/**
 * Waits until Postgres has every account that the log holds now.
 * @param options.patienceMs without any progress, after which it is given up
 * @returns false when it did not get there
 */
export async function untilProjected(options: { log: EventLog; sources: ReadSources; clock: Clock; signal: AbortSignal; patienceMs: number }): Promise<boolean> {
  const { log, sources, clock, signal, patienceMs } = options
  const partitions = await log.partitions('accounts')
  const after = await Promise.all(partitions.map(async (partition) => ({ partition, end: await log.end(partition) })))
  let fewest = Infinity
  let progressAtMs = clock.monotonicMs()
  for (;;) {
    signal.throwIfAborted()
    const positions = await sources.prisma.use((database) => postgresPositions(database, partitions, log.logId)).catch(() => null)
    if (positions) {
      const behind = await Promise.all(
        after.map(async ({ partition, end }, place) => Math.max(0, (await log.countAfter(partition, positions[place] ?? null)) - (await log.countAfter(partition, end)))),
      )
      const records = behind.reduce((sum, each) => sum + each, 0)
      if (records === 0) return true
      if (records < fewest) {
        fewest = records
        progressAtMs = clock.monotonicMs()
      }
    }
    if (clock.monotonicMs() - progressAtMs > patienceMs) return false
    await clock.sleep(LOOK_EVERY_MS, signal)
  }
}
