import { Client } from 'pg'
import { systemClock } from '../../../domain/clock.ts'
import { type EventType, TOPICS } from '../../../domain/event.ts'
import { openEventLog } from '../../../server/platform/event-log/open-event-log.ts'
import type { Portal } from '../portal.ts'

/** Written by processes by themselves, or because somebody was refused. */
const NOBODYS_DOING: ReadonlySet<EventType> = new Set<EventType>([
  'outage.matched.v1', 'outage.delivery-begun.v1', 'outage.delivered.v1', 'outage.delivery-refused.v1',
  'dependency.changed.v1', 'accounts.synced.v1', 'account.upserted.v1', 'cache.flipped.v1', 'audit.recorded.v1', 'accounts.looked-up.v1',
])

/** How many events of each type the log has, and a digest of each table about who may sign in: equal when nothing was changed. */
export async function whatIsKept(portal: Portal): Promise<Record<string, string | number>> {
  return { ...(await eventCounts(portal)), ...(await identityDigests(portal)) }
}

async function eventCounts({ stack: { env } }: Portal): Promise<Record<string, number>> {
  const log = await openEventLog({ url: env.EVENT_LOG_URL!, clock: systemClock, region: 'local', node: 'e2e' })
  const counts: Record<string, number> = {}
  try {
    for (const topic of TOPICS) {
      for (const partition of await log.partitions(topic)) {
        for await (const batch of log.read(partition, null, { signal: new AbortController().signal, follow: false })) {
          for (const { envelope: { type } } of batch) if (!NOBODYS_DOING.has(type)) counts[type] = (counts[type] ?? 0) + 1
        }
      }
    }
    return counts
  } finally {
    await log.close()
  }
}

async function identityDigests({ stack: { env } }: Portal): Promise<Record<string, string>> {
  const client = new Client({ connectionString: env.DATABASE_URL })
  await client.connect()
  try {
    const { rows } = await client.query<{ name: string }>("SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'identity' ORDER BY 1")
    const digests: Record<string, string> = {}
    for (const { name } of rows) {
      const { rows: [row] } = await client.query<{ digest: string }>(`SELECT count(*) || ' ' || coalesce(md5(string_agg(one::text, ',' ORDER BY one::text)), '') AS digest FROM identity."${name}" AS one`)
      digests[name] = row!.digest
    }
    return digests
  } finally {
    await client.end()
  }
}
