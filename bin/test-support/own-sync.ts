import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { systemClock, systemRandom } from '../../domain/clock.ts'
import type { AccountsSynced } from '../../domain/operations.ts'
import type { Utility } from '../../domain/utility.ts'
import type { CoreSim } from '../../processes/core-sim/start-core-sim.ts'
import { AccountsIndex } from '../../server/accounts/accounts-index.ts'
import { runSync } from '../../server/accounts/sync/run-sync.ts'
import type { SyncOptions } from '../../server/accounts/sync/sync-runner.ts'
import { connectCoreSystem } from '../../server/core-system/connect-core-system.ts'
import type { EventLog } from '../../server/platform/event-log/event-log.ts'
import { openEventLog } from '../../server/platform/event-log/open-event-log.ts'
import { createLogger } from '../../server/platform/logger.ts'
import { utility } from '../../utility.config.ts'
import { CORE_TOKEN } from './own-core-sim.ts'
import { temporaryFolder } from './temporary-folder.ts'

export interface OwnSync {
  log: EventLog
  index: AccountsIndex
  options: SyncOptions
  /** Runs it until `stop`, or the end of the test. */
  start(changes?: Partial<SyncOptions>): { stop(): Promise<void> }
  /** Every run that the log tells of, the oldest first. */
  runs(): Promise<AccountsSynced[]>
  /** Events of the topic `accounts`: type and account key. */
  accountEvents(): Promise<string[]>
}

/** Sync with a log, an index and a folder of the test's own, in a hurry. */
export async function ownSync(core: CoreSim | null, bounds: Partial<Utility['coreSystem']> = {}): Promise<OwnSync> {
  const folder = temporaryFolder()
  const log = await openEventLog({ url: `sqlite:${join(folder, 'event-log.sqlite')}`, clock: systemClock, region: 'test', node: 'sync' })
  const index = new AccountsIndex(join(folder, 'accounts-index.sqlite'), log.logId)
  const logger = createLogger('sync', 'silent')
  const connected = core && coreOf(core)
  const options: SyncOptions = {
    log, index, logger,
    core: connected,
    coreUrl: core?.url ?? '',
    folder: join(folder, 'sync'),
    utility: { ...utility, coreSystem: { ...utility.coreSystem, rowsPerPage: 20, requestsPerSecond: 2_000, changesEverySeconds: 3_600, ...bounds } },
    clock: systemClock,
    random: systemRandom,
    renewCache: () => Promise.resolve([]),
  }
  const running = new Set<() => Promise<void>>()
  onTestFinished(async () => {
    for (const stop of running) await stop()
    index.close()
    await connected?.close()
    await log.close()
  })
  return {
    log, index, options,
    start: (changes = {}) => {
      const stopping = new AbortController()
      const ran = runSync({ ...options, ...changes }, stopping.signal)
      const stop = async (): Promise<void> => {
        running.delete(stop)
        stopping.abort()
        await ran
      }
      running.add(stop)
      return { stop }
    },
    runs: async () => (await eventsOf(log, 'ops')).flatMap(({ type, data }) => (type === 'accounts.synced.v1' ? [data as AccountsSynced] : [])),
    accountEvents: async () => (await eventsOf(log, 'accounts')).map(({ type, partitionkey }) => `${type} ${partitionkey}`),
  }
}

export function coreOf({ url }: Pick<CoreSim, 'url'>) {
  const environment = { STORMDOOR_ENV: 'test', CORE_SYSTEM_URL: url, CORE_SYSTEM_TOKEN: CORE_TOKEN } as const
  const none = { CORE_SYSTEM_CA: undefined, CORE_SYSTEM_CERT: undefined, CORE_SYSTEM_KEY: undefined }
  return connectCoreSystem({ ...environment, ...none }, { clock: systemClock, random: systemRandom, logger: createLogger('sync', 'silent') })!
}

/** Paths of what the core system is asked, as they come. */
export function questionsTo({ troubles }: CoreSim, onQuestion: (path: string) => void = () => undefined): string[] {
  const asked: string[] = []
  const before = troubles.before.bind(troubles)
  troubles.before = (request, reply) => {
    asked.push(request.url)
    onQuestion(request.url)
    return before(request, reply)
  }
  return asked
}

/** From the beginning. */
export async function eventsOf(log: EventLog, topic: 'accounts' | 'ops') {
  const envelopes = []
  for await (const batch of log.read(`${topic}/0`, null, { signal: new AbortController().signal, follow: false })) envelopes.push(...batch.map(({ envelope }) => envelope))
  return envelopes
}
