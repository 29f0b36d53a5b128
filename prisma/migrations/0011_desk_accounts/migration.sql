-- What staff note about accounts and flag them with, and who did what.
CREATE TABLE "portal"."account_note" (
    "account_key" TEXT NOT NULL,
    "note_id" UUID NOT NULL,
    "account_number" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "actor" JSONB NOT NULL,
    "personal" JSONB NOT NULL,
    "version" TEXT NOT NULL,
    "as_of" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "account_note_pkey" PRIMARY KEY ("account_key","note_id")
);
CREATE TABLE "portal"."account_flagging" (
    "account_key" TEXT NOT NULL,
    "flagging_id" UUID NOT NULL,
    "account_number" TEXT NOT NULL,
    "based_on" TEXT,
    "flags" TEXT[],
    "at" TIMESTAMPTZ(3) NOT NULL,
    "actor" JSONB NOT NULL,
    "version" TEXT NOT NULL,
    "as_of" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "account_flagging_pkey" PRIMARY KEY ("account_key","flagging_id")
);
CREATE TABLE "portal"."audit_entry" (
    "entry_id" UUID NOT NULL,
    "event_id" UUID NOT NULL,
    "event_type" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT NOT NULL,
    "actor_role" TEXT,
    "act" TEXT NOT NULL,
    "subject_kind" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "reason" TEXT,
    "before" JSONB,
    "after" JSONB,
    "trace_id" TEXT,
    "version" TEXT NOT NULL,
    "as_of" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "audit_entry_pkey" PRIMARY KEY ("entry_id")
);
CREATE INDEX "account_note_account_key_at_idx" ON "portal"."account_note"("account_key", "at");
CREATE INDEX "audit_entry_at_entry_id_idx" ON "portal"."audit_entry"("at", "entry_id");
CREATE INDEX "audit_entry_actor_id_at_idx" ON "portal"."audit_entry"("actor_id", "at");
CREATE INDEX "audit_entry_subject_id_at_idx" ON "portal"."audit_entry"("subject_id", "at");
CREATE INDEX "audit_entry_act_at_idx" ON "portal"."audit_entry"("act", "at");

-- Outside of the schema that a rebuild swaps: it gives its own table the same trigger.
CREATE FUNCTION "public"."refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% of % is refused: rows are only ever added', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER "audit_entry_only_grows" BEFORE UPDATE OR DELETE OR TRUNCATE ON "portal"."audit_entry"
    FOR EACH STATEMENT EXECUTE FUNCTION "public"."refuse_change"();
