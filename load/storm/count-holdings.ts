import { Redis } from 'ioredis'
import { Client } from 'pg'
import type { OutageReported } from '../../domain/event.ts'
import type { EventLog } from '../../server/platform/event-log/event-log.ts'
import type { LoggedReport, ProjectedReport } from './reckoning.ts'

/** Every record of a report in the log, copies and all, read through its port from the start to the tail of each partition. */
export async function readLoggedReports(log: EventLog): Promise<LoggedReport[]> {
  const reports: LoggedReport[] = []
  const { signal } = new AbortController()
  for (const partition of await log.partitions('outages')) {
    for await (const batch of log.read(partition, null, { signal, follow: false })) {
      for (const { envelope, first } of batch) {
        if (envelope.type === 'outage.reported.v1') reports.push({ id: envelope.id, bodyHash: envelope.bodyhash, first })
      }
    }
  }
  return reports
}

/** Every report in Postgres, by SQL. */
export async function readReportsInPostgres(databaseUrl: string): Promise<ProjectedReport[]> {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const { rows } = await client.query<ProjectedReport>(
      `select r.report_id::text as id, r.body_hash as "bodyHash",
              (select count(*)::int from portal.report_conflict c where c.report_id = r.report_id) as conflicts
         from portal.outage_report r`,
    )
    return rows
  } finally {
    await client.end()
  }
}

/** Every report in Redis, by its keys: two keys that hold one report are two rows. */
export async function readReportsInRedis(redisUrl: string): Promise<ProjectedReport[]> {
  const redis = new Redis(redisUrl)
  try {
    const keys = new Set<string>()
    for await (const page of redis.scanStream({ match: 'report:*', count: 1000 }) as AsyncIterable<string[]>) {
      for (const key of page) keys.add(key)
    }
    if (keys.size === 0) return []
    const values = await redis.mget([...keys])
    return values.filter((value) => value !== null).map((value) => {
      const { report, conflicts } = JSON.parse(value) as { report: OutageReported; conflicts: number }
      return { id: report.reportId, bodyHash: report.bodyHash, conflicts }
    })
  } finally {
    redis.disconnect()
  }
}
