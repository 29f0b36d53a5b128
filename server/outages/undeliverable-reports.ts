import type { Redis } from 'ioredis'
import type { Database } from '../platform/database.ts'
import { reportSets } from './report-cache.ts'

/** Reports of which the core system refused something that nobody asked it to take again: the newest, and how many there are. */
export interface UndeliverableReports {
  reportIds: string[]
  count: number
}

export async function undeliverableInRedis(redis: Redis, limit: number): Promise<UndeliverableReports> {
  const [reportIds, count] = await Promise.all([redis.zrevrange(reportSets.undeliverable, 0, limit - 1), redis.zcard(reportSets.undeliverable)])
  return { reportIds, count }
}

/** The rule of deliveryState in domain/delivery.ts as a query. */
export async function undeliverableInPostgres(database: Database, limit: number): Promise<UndeliverableReports> {
  const rows = await database.$queryRaw<{ report_id: string; count: number }[]>`
    SELECT report_id, (count(*) OVER ())::int AS count FROM portal.outage_report WHERE report_id IN (
      SELECT refused.report_id FROM portal.report_delivery AS refused WHERE refused.type = 'outage.delivery-refused.v1'
      AND NOT EXISTS (SELECT FROM portal.report_delivery AS delivered
        WHERE delivered.type = 'outage.delivered.v1' AND delivered.delivery_id = refused.delivery_id)
      AND NOT EXISTS (SELECT FROM portal.report_delivery AS later
        WHERE later.type = 'outage.delivery-refused.v1' AND later.delivery_id = refused.delivery_id AND later.round > refused.round)
      AND NOT EXISTS (SELECT FROM portal.report_delivery AS requested
        WHERE requested.type = 'outage.redelivery-requested.v1' AND requested.delivery_id = refused.delivery_id AND requested.round >= refused.round))
    ORDER BY accepted_at DESC, report_id DESC LIMIT ${limit}`
  return { reportIds: rows.map((row) => row.report_id), count: rows[0]?.count ?? 0 }
}
