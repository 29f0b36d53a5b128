import type { ClientBase } from 'pg'
import { type HandlingFact, handlingOf } from '../../../domain/handling.ts'
import type { HandlingRecord } from '../fold-handlings.ts'

/** Kept whether their report is there or not: of the records of one command the first of its id, else the oldest. */
export async function keepHandlings(client: ClientBase, schema: string, records: readonly HandlingRecord[]): Promise<void> {
  const incoming = records.map(({ fact: { stepId, lost, data }, version, asOf }) => ({ stepId, handlingId: data.handlingId, reportId: data.reportId, lost, data, version, asOf }))
  await client.query(
    `INSERT INTO ${schema}.report_handling AS held (step_id, handling_id, report_id, lost, data, version, as_of)
     SELECT "stepId", "handlingId", "reportId", lost, data, version, "asOf"
     FROM jsonb_to_recordset($1::jsonb)
       AS incoming ("stepId" uuid, "handlingId" uuid, "reportId" uuid, lost boolean, data jsonb, version text, "asOf" timestamptz)
     ON CONFLICT (step_id, handling_id) DO UPDATE SET lost = excluded.lost, data = excluded.data, version = excluded.version, as_of = excluded.as_of
     WHERE (held.lost AND NOT excluded.lost) OR (held.lost = excluded.lost AND excluded.version COLLATE "C" < held.version COLLATE "C")`,
    [JSON.stringify(incoming)],
  )
}

interface Held extends HandlingFact {
  report_id: string
  version: string
}

/** Marks which reports are open, once they are there: see reportSets.open. */
export async function judgeOpen(client: ClientBase, schema: string, reportIds: readonly string[]): Promise<void> {
  // Most reports have no handling. OFFSET 0 keeps to the index: as a plain join, a table without statistics is read whole for each batch.
  const { rows } = await client.query<Held>(
    `SELECT held.report_id, held.step_id AS "stepId", held.lost, held.data, held.version FROM unnest($1::uuid[]) AS asked (id) CROSS JOIN LATERAL
       (SELECT * FROM ${schema}.report_handling WHERE report_id = asked.id OFFSET 0) AS held`,
    [reportIds],
  )
  const resolved = [...Map.groupBy(rows, (row) => row.report_id)].map(([reportId, held]) => [reportId, resolvedAt(held)] as const)
  await client.query(
    `UPDATE ${schema}.outage_report AS report SET open = judged.open FROM (
       SELECT report_id, (hazardous OR NOT withdrawn) AND (resolved.version IS NULL OR EXISTS (
         SELECT FROM ${schema}.report_follow_up AS added WHERE added.report_id = asked.id AND added.type = 'outage.added-to.v1'
           AND jsonb_array_length(added.data -> 'hazards') > 0 AND added.version COLLATE "C" > resolved.version COLLATE "C")) AS open
       FROM unnest($1::uuid[]) AS asked (id) JOIN ${schema}.outage_report ON report_id = asked.id
         LEFT JOIN unnest($2::uuid[], $3::text[]) AS resolved (id, version) ON resolved.id = asked.id) AS judged
     WHERE report.report_id = judged.report_id AND report.open <> judged.open`,
    [reportIds, resolved.map(([id]) => id), resolved.map(([, version]) => version)],
  )
}

/** Version of the step that resolved the report; null while it is not resolved. */
function resolvedAt(held: readonly Held[]): string | null {
  let newest: HandlingFact | null = null
  const { state } = handlingOf(held, (fact) => {
    newest = fact
  })
  return state === 'resolved' ? (held.find((fact) => fact === newest)?.version ?? null) : null
}
