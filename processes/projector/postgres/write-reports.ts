import type { ClientBase } from 'pg'
import { isHazardous } from '../../../domain/outage-report.ts'
import type { FollowUpRecord, ReportRecord } from '../fold-batch.ts'
import { judgeFollowUps, keepFollowUps } from './write-follow-ups.ts'

const SHAPE = `"reportId" uuid, reference text, schema int, "bodyHash" text, "secretHash" text, "acceptedAt" timestamptz, "savedAt" timestamptz,
  locale text, channel text, hazards jsonb, hazardous boolean, scope text, "startedAt" timestamptz, "heardBang" text, "neighborsOut" text,
  delivery jsonb, occurred jsonb, personal jsonb, version text, "asOf" timestamptz`
const COLUMNS = `report_id, reference, schema, body_hash, secret_hash, accepted_at, saved_at, locale, channel, hazards, hazardous, scope,
  started_at, heard_bang, neighbors_out, delivery, occurred, personal, conflicts, version, as_of`
const VALUES = `"reportId", reference, schema, "bodyHash", "secretHash", "acceptedAt", "savedAt", locale, channel,
  ARRAY(SELECT jsonb_array_elements_text(hazards)), hazardous, scope,
  "startedAt", "heardBang", "neighborsOut", delivery, occurred, personal, 0, version, "asOf"`

/** The first record of an id is the report; others and follow-ups wait beside it until it is there, and are judged against it then. */
export async function writeReports(client: ClientBase, schema: string, records: readonly ReportRecord[], followUps: readonly FollowUpRecord[]): Promise<void> {
  const byId = [...records].sort((a, b) => (a.report.reportId < b.report.reportId ? -1 : 1))
  const added = await insertFirsts(client, schema, byId.filter(({ first }) => first))
  const others = byId.filter(({ first }) => !first)
  await keepOthers(client, schema, others)
  if (records.length > 0) await judgeOthers(client, schema, [...added, ...others.map(({ report }) => report.reportId)])
  await keepFollowUps(client, schema, followUps)
  await judgeFollowUps(client, schema, [...added, ...followUps.map(({ followUp: { data } }) => data.reportId)])
}

/** Ids of those that were not there yet. */
async function insertFirsts(client: ClientBase, schema: string, firsts: readonly ReportRecord[]): Promise<string[]> {
  if (firsts.length === 0) return []
  const incoming = firsts.map(({ report, version, asOf }) => ({ ...report, hazardous: isHazardous(report), version, asOf }))
  const { rows } = await client.query<{ report_id: string }>(
    `INSERT INTO ${schema}.outage_report (${COLUMNS})
     SELECT ${VALUES} FROM jsonb_to_recordset($1::jsonb) AS incoming (${SHAPE})
     ON CONFLICT (report_id) DO NOTHING RETURNING report_id`,
    [JSON.stringify(incoming)],
  )
  return rows.map((row) => row.report_id)
}

/** Each other body once under each secret: the oldest of its copies. */
async function keepOthers(client: ClientBase, schema: string, others: readonly ReportRecord[]): Promise<void> {
  if (others.length === 0) return
  const incoming = others.map(({ report, version, asOf }) => ({ ...report, report, version, asOf }))
  await client.query(
    `INSERT INTO ${schema}.report_conflict AS held (report_id, body_hash, secret_hash, report, version, as_of)
     SELECT DISTINCT ON ("reportId", "bodyHash", "secretHash") "reportId", "bodyHash", "secretHash", report, version, "asOf"
     FROM jsonb_to_recordset($1::jsonb)
       AS incoming ("reportId" uuid, "bodyHash" text, "secretHash" text, report jsonb, version text, "asOf" timestamptz)
     ORDER BY "reportId", "bodyHash", "secretHash", version COLLATE "C"
     ON CONFLICT (report_id, body_hash, secret_hash) DO UPDATE SET report = excluded.report, version = excluded.version, as_of = excluded.as_of
     WHERE excluded.version COLLATE "C" < held.version COLLATE "C"`,
    [JSON.stringify(incoming)],
  )
}

/** Once the report is there: copies of it and what came under another secret go, and the rest are its conflicts. */
async function judgeOthers(client: ClientBase, schema: string, reportIds: readonly string[]): Promise<void> {
  await client.query(
    `DELETE FROM ${schema}.report_conflict AS other USING ${schema}.outage_report AS report
     WHERE other.report_id = ANY($1::uuid[]) AND report.report_id = other.report_id
     AND (other.secret_hash <> report.secret_hash OR other.body_hash = report.body_hash)`,
    [reportIds],
  )
  await client.query(
    `UPDATE ${schema}.outage_report AS report SET conflicts = counted.conflicts
     FROM (SELECT report_id, count(*)::int AS conflicts FROM ${schema}.report_conflict WHERE report_id = ANY($1::uuid[]) GROUP BY report_id) AS counted
     WHERE report.report_id = counted.report_id AND report.conflicts <> counted.conflicts`,
    [reportIds],
  )
}
