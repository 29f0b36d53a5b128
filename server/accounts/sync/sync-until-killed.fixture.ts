import { systemClock, systemRandom } from '../../../domain/clock.ts'
import { utility } from '../../../utility.config.ts'
import { connectCoreSystem, CORE_SYSTEM_VARIABLES } from '../../core-system/connect-core-system.ts'
import { readEnvironment } from '../../platform/environment.ts'
import { openEventLog } from '../../platform/event-log/open-event-log.ts'
import { createLogger } from '../../platform/logger.ts'
import { AccountsIndex } from '../accounts-index.ts'
import { runSync } from './run-sync.ts'

/** Runs sync until it is killed: the event log's URL, the index' path and sync's folder are its arguments. */
const [url, indexPath, folder] = process.argv.slice(2) as [string, string, string]
const logger = createLogger('sync', 'silent')
const core = connectCoreSystem(readEnvironment(CORE_SYSTEM_VARIABLES), { clock: systemClock, random: systemRandom, logger })
const log = await openEventLog({ url, clock: systemClock, region: 'test', node: 'killed' })
await runSync(
  {
    log, core, folder, logger,
    coreUrl: process.env['CORE_SYSTEM_URL'] ?? '',
    index: new AccountsIndex(indexPath, log.logId),
    utility: { ...utility, coreSystem: { ...utility.coreSystem, rowsPerPage: 20, requestsPerSecond: 2_000, changesEverySeconds: 5 } },
    clock: systemClock,
    random: systemRandom,
    renewCache: () => Promise.resolve([]),
  },
  new AbortController().signal,
)
