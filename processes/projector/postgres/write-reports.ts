import type { ClientBase } from 'pg'
import type { OutageReported } from '../../../domain/event.ts'
import { isHazardous } from '../../../domain/outage-report.ts'
import type { ReportRecord } from '../fold-batch.ts'
import { foldReport, type FoldedReport } from '../fold-report.ts'

const SHAPE = `"reportId" uuid, reference text, schema int, "bodyHash" text, "secretHash" text, "acceptedAt" timestamptz, "savedAt" timestamptz,
  locale text, channel text, hazards jsonb, hazardous boolean, scope text, "startedAt" timestamptz, "heardBang" text, "neighborsOut" text,
  delivery jsonb, personal jsonb, conflicts int, version text, "asOf" timestamptz`
const COLUMNS = `report_id, reference, schema, body_hash, secret_hash, accepted_at, saved_at, locale, channel, hazards, hazardous, scope,
  started_at, heard_bang, neighbors_out, delivery, personal, conflicts, version, as_of`
const VALUES = `"reportId", reference, schema, "bodyHash", "secretHash", "acceptedAt", "savedAt", locale, channel,
  ARRAY(SELECT jsonb_array_elements_text(hazards)), hazardous, scope,
  "startedAt", "heardBang", "neighborsOut", delivery, personal, conflicts, version, "asOf"`

/** Most ids are new and alone: they go in as a set. An id seen before is folded with all of its records. */
export async function writeReports(client: ClientBase, schema: string, records: readonly ReportRecord[]): Promise<void> {
  const byId = Map.groupBy(records, (record) => record.report.reportId)
  const folded = [...byId].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => foldReport(group))
  const { rows: inserted } = await client.query<{ report_id: string }>(
    `INSERT INTO ${schema}.outage_report (${COLUMNS})
     SELECT ${VALUES} FROM jsonb_to_recordset($1::jsonb) AS incoming (${SHAPE})
     ON CONFLICT (report_id) DO NOTHING RETURNING report_id`,
    [JSON.stringify(folded.map(rowOf))],
  )
  const isNew = new Set(inserted.map((row) => row.report_id))
  const met = folded.map((fold) => fold.first.report.reportId).filter((id) => !isNew.has(id))
  const refolded = met.length === 0 ? [] : await refold(client, schema, met, byId)
  const withOthers = [...folded.filter((fold) => isNew.has(fold.first.report.reportId)), ...refolded].filter((fold) => fold.others.length > 0)
  if (withOthers.length > 0) await insertOthers(client, schema, withOthers)
}

async function refold(client: ClientBase, schema: string, ids: string[], incoming: Map<string, ReportRecord[]>): Promise<FoldedReport[]> {
  const held = await heldRecords(client, schema, ids)
  const folded = ids.map((id) => foldReport([...(held.get(id) ?? []), ...(incoming.get(id) ?? [])]))
  await client.query(`DELETE FROM ${schema}.report_conflict WHERE report_id = ANY($1::uuid[])`, [ids])
  await client.query(`DELETE FROM ${schema}.outage_report WHERE report_id = ANY($1::uuid[])`, [ids])
  await client.query(
    `INSERT INTO ${schema}.outage_report (${COLUMNS}) SELECT ${VALUES} FROM jsonb_to_recordset($1::jsonb) AS incoming (${SHAPE})`,
    [JSON.stringify(folded.map(rowOf))],
  )
  return folded
}

async function insertOthers(client: ClientBase, schema: string, folded: readonly FoldedReport[]): Promise<void> {
  const rows = folded.flatMap(({ others }) =>
    others.map(({ record: { report, version, asOf }, conflict }) => {
      const { reportId, bodyHash, secretHash } = report
      return { report_id: reportId, body_hash: bodyHash, secret_hash: secretHash, report, conflict, version, as_of: asOf }
    }),
  )
  await client.query(
    `INSERT INTO ${schema}.report_conflict (report_id, body_hash, secret_hash, report, conflict, version, as_of)
     SELECT * FROM jsonb_to_recordset($1::jsonb)
       AS incoming (report_id uuid, body_hash text, secret_hash text, report jsonb, conflict boolean, version text, as_of timestamptz)`,
    [JSON.stringify(rows)],
  )
}

interface HeldRow {
  report: OutageReported
  version: string
  as_of: Date
}

/** Every record of these ids that the tables hold, as they came from the log. */
async function heldRecords(client: ClientBase, schema: string, ids: string[]): Promise<Map<string, ReportRecord[]>> {
  const instant = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
  const { rows } = await client.query<HeldRow>(
    `SELECT jsonb_build_object('reportId', report_id, 'reference', reference, 'schema', schema, 'bodyHash', body_hash, 'secretHash', secret_hash,
        'acceptedAt', ${instant('accepted_at')}, 'savedAt', ${instant('saved_at')}, 'locale', locale, 'channel', channel, 'hazards', hazards,
        'scope', scope, 'heardBang', heard_bang, 'neighborsOut', neighbors_out, 'delivery', delivery, 'personal', personal)
        || CASE WHEN started_at IS NULL THEN '{}' ELSE jsonb_build_object('startedAt', ${instant('started_at')}) END AS report, version, as_of
     FROM ${schema}.outage_report WHERE report_id = ANY($1::uuid[])
     UNION ALL SELECT report, version, as_of FROM ${schema}.report_conflict WHERE report_id = ANY($1::uuid[])`,
    [ids],
  )
  const records = rows.map(({ report, version, as_of: asOf }): ReportRecord => ({ report, version, asOf: asOf.toISOString() }))
  return Map.groupBy(records, (record) => record.report.reportId)
}

function rowOf({ first: { report, version, asOf }, conflicts }: FoldedReport): object {
  return { ...report, hazardous: isHazardous(report), conflicts, version, asOf }
}
