/**
 * A process of its own that reads the topic `outages` from its start and writes each record as a line of JSON
 * (LoggedRecord, as reckoning.ts takes it): it knows nothing of what any other process has read before.
 * `node load/brokers/read-log-anew.ts kafka://host:port,…`
 */
import { once } from 'node:events'
import { systemClock } from '../../domain/clock.ts'
import type { EventEnvelope, OutageMatched, OutageReported } from '../../domain/event.ts'
import { openEventLog } from '../../server/platform/event-log/open-event-log.ts'
import { verifyRecord } from '../../server/platform/event-log/verify-record.ts'
import type { LoggedRecord } from './reckoning.ts'

const [url = ''] = process.argv.slice(2)
const log = await openEventLog({ url, clock: systemClock, region: 'local', node: 'drill-reader' })
const { signal } = new AbortController()
for (const partition of await log.partitions('outages')) {
  for await (const batch of log.read(partition, null, { signal, follow: false })) {
    for (const record of batch) verifyRecord(record)
    const lines = batch.filter(isReckoned).map(({ envelope, first }) => `${JSON.stringify(loggedRecord(partition, envelope, first))}\n`)
    if (!process.stdout.write(lines.join(''))) await once(process.stdout, 'drain')
  }
}
await log.close()

/** The drill sends reports alone; whatever else a log holds is none of its business. */
function isReckoned({ envelope: { type } }: { envelope: EventEnvelope }): boolean {
  return type === 'outage.reported.v1' || type === 'outage.matched.v1'
}

function loggedRecord(partition: string, { id, bodyhash: bodyHash, type, region, data }: EventEnvelope, first: boolean): LoggedRecord {
  const kept = { partition, id, bodyHash, first }
  // The data of each type: eventTypes in domain/event.ts.
  if (type === 'outage.matched.v1') {
    const { reportId, accountNumber } = data as OutageMatched
    return { ...kept, kind: 'match', reportId, accountNumber }
  }
  const report = data as OutageReported
  return { ...kept, kind: 'report', claims: { id: report.reportId, reference: report.reference, bodyHash: report.bodyHash, acceptedAt: report.acceptedAt, region } }
}
