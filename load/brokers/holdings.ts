import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { Redis } from 'ioredis'
import { Client } from 'pg'
import type { OutageReported } from '../../domain/event.ts'
import type { LoggedRecord, Projected, ProjectedReport } from './reckoning.ts'

const READER = join(import.meta.dirname, 'read-log-anew.ts')

/** Every record of the topic `outages`, read by a process of its own that starts from nothing. */
export async function readLogAnew(url: string, signal: AbortSignal): Promise<LoggedRecord[]> {
  // Without a data folder a process keeps no index from one time to the next.
  const { STORMDOOR_DATA: _folder, ...env } = process.env
  const reader = spawn(process.execPath, [READER, url], { env: { ...env, LOG_LEVEL: 'warn' }, stdio: ['ignore', 'pipe', 'pipe'], signal })
  const ended = once(reader, 'close') as Promise<[number | null]>
  const complaint = text(reader.stderr)
  const records: LoggedRecord[] = []
  for await (const line of createInterface({ input: reader.stdout })) {
    const parsed = JSON.parse(line) as LoggedRecord | { level: unknown }
    // The log's own words come between; a record is what has a kind.
    if ('kind' in parsed) records.push(parsed)
  }
  const [code] = await ended
  if (code !== 0) throw new Error(`The log could not be read anew (exit code ${code}):\n${await complaint}`)
  return records
}

/** Every report with its match in Postgres, by SQL; a second match would be a second row. */
export async function readPostgres(databaseUrl: string): Promise<Projected> {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const { rows } = await client.query<ProjectedReport>(
      `select r.report_id::text as id, r.body_hash as "bodyHash", m.account_number as "accountNumber",
              greatest(r.conflicts, (select count(*)::int from portal.report_conflict c where c.report_id = r.report_id)) as conflicts
         from portal.outage_report r left join portal.outage_match m using (report_id)`,
    )
    return { reports: rows, lists: {} }
  } finally {
    await client.end()
  }
}

/** Every report in Redis, by its keys, and the lists of the desk: all, and either a circuit's or the unmatched. */
export async function readRedis(redisUrl: string): Promise<Projected> {
  const redis = new Redis(redisUrl)
  try {
    const keys = await keysOf(redis, 'report:*')
    const values = keys.length === 0 ? [] : await redis.mget(keys)
    const reports = values.filter((value) => value !== null).map((value) => {
      const { report, match, conflicts } = JSON.parse(value) as { report: OutageReported; match: { accountNumber: string } | null; conflicts: number }
      return { id: report.reportId, bodyHash: report.bodyHash, conflicts, accountNumber: match?.accountNumber ?? null }
    })
    const members = async (lists: readonly string[]) => (await Promise.all(lists.map((list) => redis.zrange(list, '0', '-1')))).flat()
    const lists = {
      'all reports': await members(['reports:all']),
      'circuits and the unmatched': await members(['reports:unmatched', ...(await keysOf(redis, 'reports:circuit:*'))]),
    }
    return { reports, lists }
  } finally {
    redis.disconnect()
  }
}

async function keysOf(redis: Redis, match: string): Promise<string[]> {
  const keys = new Set<string>()
  for await (const page of redis.scanStream({ match, count: 1000 }) as AsyncIterable<string[]>) for (const key of page) keys.add(key)
  return [...keys]
}
