import type { ClientBase } from 'pg'
import { MOST_FOLLOW_UPS } from '../../../domain/followed-report.ts'
import type { FollowUpRecord } from '../fold-batch.ts'

/** Kept under whatever secret until their report is there, then judged by its own. A repeat changes nothing. */
export async function keepFollowUps(client: ClientBase, schema: string, records: readonly FollowUpRecord[]): Promise<void> {
  if (records.length === 0) return
  const incoming = records.map(({ followUp: { type, data }, version, asOf }) => {
    const { reportId, followUpId, secretHash } = data
    return { reportId, followUpId, secretHash, type, data, version, asOf }
  })
  await client.query(
    `INSERT INTO ${schema}.report_follow_up (report_id, follow_up_id, secret_hash, type, data, version, as_of)
     SELECT "reportId", "followUpId", "secretHash", type, data, version, "asOf"
     FROM jsonb_to_recordset($1::jsonb)
       AS incoming ("reportId" uuid, "followUpId" uuid, "secretHash" text, type text, data jsonb, version text, "asOf" timestamptz)
     ON CONFLICT (report_id, follow_up_id) DO NOTHING`,
    [JSON.stringify(incoming)],
  )
}

/**
 * Once the report is there: follow-ups under another secret go, and what comes after MOST_FOLLOW_UPS; the rest mark it as
 * followedReport says. A mistake takes back the danger that was named before it; nothing else does.
 */
export async function judgeFollowUps(client: ClientBase, schema: string, reportIds: readonly string[]): Promise<void> {
  // Most reports have none. OFFSET 0 keeps to the index: as a plain join, a table without statistics is read whole for each batch.
  const { rows } = await client.query<{ report_id: string }>(
    `SELECT DISTINCT held.report_id FROM unnest($1::uuid[]) AS asked (id) CROSS JOIN LATERAL
       (SELECT report_id FROM ${schema}.report_follow_up WHERE report_id = asked.id OFFSET 0) AS held`,
    [reportIds],
  )
  if (rows.length === 0) return
  const followed = [rows.map((row) => row.report_id)]
  await client.query(
    `DELETE FROM ${schema}.report_follow_up AS held USING ${schema}.outage_report AS report
     WHERE held.report_id = ANY($1::uuid[]) AND report.report_id = held.report_id AND held.secret_hash <> report.secret_hash`,
    followed,
  )
  await client.query(
    `DELETE FROM ${schema}.report_follow_up AS held USING (
       SELECT report_id, follow_up_id, row_number() OVER (PARTITION BY report_id ORDER BY report_follow_up.version COLLATE "C") AS place
       FROM ${schema}.report_follow_up JOIN ${schema}.outage_report USING (report_id) WHERE report_id = ANY($1::uuid[])) AS counted
     WHERE counted.place > ${MOST_FOLLOW_UPS} AND held.report_id = counted.report_id AND held.follow_up_id = counted.follow_up_id`,
    followed,
  )
  await client.query(
    `WITH told AS (
       SELECT report_id, bool_or(type = 'outage.withdrawn.v1') AS withdrawn,
         max(version COLLATE "C") FILTER (WHERE type = 'outage.withdrawn.v1' AND data ->> 'reason' = 'mistake') AS mistaken,
         max(version COLLATE "C") FILTER (WHERE type = 'outage.added-to.v1' AND jsonb_array_length(data -> 'hazards') > 0) AS endangered
       FROM ${schema}.report_follow_up WHERE report_id = ANY($1::uuid[]) GROUP BY report_id)
     UPDATE ${schema}.outage_report AS report SET withdrawn = told.withdrawn,
       hazardous = (cardinality(report.hazards) > 0 AND mistaken IS NULL) OR coalesce(endangered COLLATE "C" > coalesce(mistaken, '') COLLATE "C", false)
     FROM told WHERE report.report_id = told.report_id`,
    followed,
  )
}
