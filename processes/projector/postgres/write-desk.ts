import type { ClientBase } from 'pg'
import type { FoldedDesk } from '../fold-desk.ts'

/** Adds what is not there yet; nothing of it is ever changed. */
export async function writeDesk(client: ClientBase, schema: string, { notes, flaggings, auditRows }: FoldedDesk): Promise<void> {
  if (notes.length > 0) {
    await client.query(
      `INSERT INTO ${schema}.account_note (account_key, note_id, account_number, at, actor, personal, version, as_of)
       SELECT "accountKey", "noteId", "accountNumber", at, actor, personal, version, "asOf" FROM jsonb_to_recordset($1::jsonb)
         AS incoming ("accountKey" text, "noteId" uuid, "accountNumber" text, at timestamptz, actor jsonb, personal jsonb, version text, "asOf" timestamptz)
       ON CONFLICT (account_key, note_id) DO NOTHING`,
      [JSON.stringify(notes)],
    )
  }
  if (flaggings.length > 0) {
    await client.query(
      `INSERT INTO ${schema}.account_flagging (account_key, flagging_id, account_number, based_on, flags, at, actor, version, as_of)
       SELECT "accountKey", "flaggingId", "accountNumber", "basedOn", ARRAY(SELECT jsonb_array_elements_text(flags)), at, actor, version, "asOf" FROM jsonb_to_recordset($1::jsonb)
         AS incoming ("accountKey" text, "flaggingId" uuid, "accountNumber" text, "basedOn" text, flags jsonb, at timestamptz, actor jsonb, version text, "asOf" timestamptz)
       ON CONFLICT (account_key, flagging_id) DO NOTHING`,
      [JSON.stringify(flaggings)],
    )
  }
  if (auditRows.length > 0) {
    await client.query(
      `INSERT INTO ${schema}.audit_entry
         (entry_id, event_id, event_type, at, actor_kind, actor_id, actor_role, act, subject_kind, subject_id, reason, before, after, trace_id, version, as_of)
       SELECT "entryId", "eventId", "eventType", at, "actorKind", "actorId", "actorRole", act, "subjectKind", "subjectId", reason, NULLIF(before, 'null'), NULLIF(after, 'null'), "traceId", version, "asOf"
       FROM jsonb_to_recordset($1::jsonb)
         AS incoming ("entryId" uuid, "eventId" uuid, "eventType" text, at timestamptz, "actorKind" text, "actorId" text, "actorRole" text, act text,
           "subjectKind" text, "subjectId" text, reason text, before jsonb, after jsonb, "traceId" text, version text, "asOf" timestamptz)
       ON CONFLICT (entry_id) DO NOTHING`,
      [JSON.stringify(auditRows)],
    )
  }
}
