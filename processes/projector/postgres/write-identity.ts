import type { ClientBase } from 'pg'
import type { FoldedBatch } from '../fold-batch.ts'

type IdentityRecords = Pick<FoldedBatch, 'access' | 'profileChanges' | 'erasures'>

/** Access by its newest word, an erasure by its first, and changes of profiles as they are, but for whoever asked to be forgotten. */
export async function writeIdentity(client: ClientBase, schema: string, { access, profileChanges, erasures }: IdentityRecords): Promise<void> {
  if (access.length > 0) {
    await client.query(
      `INSERT INTO ${schema}.access AS held (login_id, account_key, account_number, role, from_at, how, by, version, as_of)
       SELECT "loginId", "accountKey", "accountNumber", role, "from", how, by, version, "asOf" FROM jsonb_to_recordset($1::jsonb)
         AS incoming ("loginId" uuid, "accountKey" text, "accountNumber" text, role text, "from" timestamptz, how text, by text, version text, "asOf" timestamptz)
       ON CONFLICT (login_id, account_key) DO UPDATE SET account_number = excluded.account_number, role = excluded.role, from_at = excluded.from_at,
         how = excluded.how, by = excluded.by, version = excluded.version, as_of = excluded.as_of
       WHERE excluded.version COLLATE "C" > held.version COLLATE "C"`,
      [JSON.stringify(access)],
    )
  }
  if (erasures.length > 0) {
    await client.query(
      `WITH incoming AS (SELECT * FROM jsonb_to_recordset($1::jsonb) AS told ("loginId" uuid, "requestId" uuid, version text, "asOf" timestamptz)),
         gone AS (DELETE FROM ${schema}.profile_change WHERE login_id IN (SELECT "loginId" FROM incoming))
       INSERT INTO ${schema}.erasure AS held (login_id, request_id, version, as_of) SELECT "loginId", "requestId", version, "asOf" FROM incoming
       ON CONFLICT (login_id) DO UPDATE SET request_id = excluded.request_id, version = excluded.version, as_of = excluded.as_of
       WHERE excluded.version COLLATE "C" < held.version COLLATE "C"`,
      [JSON.stringify(erasures)],
    )
  }
  if (profileChanges.length > 0) {
    const incoming = profileChanges.map(({ stepId, change, version, asOf }) => ({ loginId: change.loginId, stepId, data: change, version, asOf }))
    await client.query(
      `INSERT INTO ${schema}.profile_change (login_id, step_id, data, version, as_of)
       SELECT "loginId", "stepId", data, version, "asOf"
       FROM jsonb_to_recordset($1::jsonb) AS incoming ("loginId" uuid, "stepId" uuid, data jsonb, version text, "asOf" timestamptz)
       WHERE NOT EXISTS (SELECT FROM ${schema}.erasure WHERE login_id = "loginId")
       ON CONFLICT (login_id, step_id) DO NOTHING`,
      [JSON.stringify(incoming)],
    )
  }
}
