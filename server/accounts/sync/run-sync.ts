import { ownedPartition } from '../../platform/ownership-status.ts'
import { SyncRunner, type SyncOptions } from './sync-runner.ts'

const GROUP = 'sync'
/** Whoever has this partition runs sync; the others stand by. */
const PARTITION = 'ops/0'
const SHARE_RETRY_MS = 1_000

/** Takes part in the group of which one process runs sync. Ends when the signal says so, and not before. */
export async function runSync(options: SyncOptions, signal: AbortSignal): Promise<void> {
  const { log, clock, logger } = options
  while (!signal.aborted) {
    try {
      await log.share(GROUP, ['ops'], {
        signal,
        work: async (ownership) => {
          const owned = ownedPartition(GROUP, ownership.partition, ownership.epoch)
          try {
            if (ownership.partition === PARTITION) await new SyncRunner(options, ownership.signal).run()
            else await ended(ownership.signal)
          } finally {
            owned.release()
          }
        },
      })
    } catch (error) {
      if (signal.aborted) return
      logger.error({ err: error }, 'cannot agree with the other processes on who runs sync; tries again')
      await clock.sleep(SHARE_RETRY_MS, signal).catch(() => undefined)
    }
  }
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
