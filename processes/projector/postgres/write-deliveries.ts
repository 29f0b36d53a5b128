import type { ClientBase } from 'pg'
import type { DeliveryRecord } from '../fold-batch.ts'

/** Kept as they are, whether their report is there or not: a repeat changes nothing. */
export async function writeDeliveries(client: ClientBase, schema: string, records: readonly DeliveryRecord[]): Promise<void> {
  const incoming = records.map(({ fact: { type, data }, version, asOf }) => {
    const { deliveryId, reportId } = data
    return { type, deliveryId, round: 'round' in data ? data.round : 0, reportId, data, version, asOf }
  })
  await client.query(
    `INSERT INTO ${schema}.report_delivery (type, delivery_id, round, report_id, data, version, as_of)
     SELECT type, "deliveryId", round, "reportId", data, version, "asOf"
     FROM jsonb_to_recordset($1::jsonb)
       AS incoming (type text, "deliveryId" uuid, round int, "reportId" uuid, data jsonb, version text, "asOf" timestamptz)
     ON CONFLICT (type, delivery_id, round) DO NOTHING`,
    [JSON.stringify(incoming)],
  )
}
