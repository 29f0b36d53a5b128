/**
 * The event log's own append without a door: stamped, sent, read back, folded into the index.
 * Arguments: URL of the log, file of envelopes. Each event gets a new id, for a known one is not written again.
 */
import { systemClock, systemRandom } from '../../../domain/clock.ts'
import { uuidV7 } from '../../../domain/uuid.ts'
import { openEventLog } from '../../../server/platform/event-log/open-event-log.ts'
import { serveJobs } from './producing-process.ts'

const [url = '', envelopesPath = ''] = process.argv.slice(2)
const log = await openEventLog({ url, clock: systemClock, region: 'local', node: 'bench-log' })

serveJobs(envelopesPath, async ({ type, bodyhash, data }) => {
  const id = uuidV7(systemClock, systemRandom)
  await log.append([{ id, type, key: id, bodyHash: bodyhash, data }])
})
