ALTER TABLE "identity"."staff_member" ADD COLUMN "two_factor_enabled" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "identity"."staff_member" ADD COLUMN "disabled_at" TIMESTAMPTZ(3);

-- Sessions of before were opened by a password alone: their people sign in again, and enrol.
ALTER TABLE "identity"."staff_session" ADD COLUMN "signed_in_by" TEXT NOT NULL DEFAULT 'password';

CREATE TABLE "identity"."staff_two_factor" (
    "id" UUID NOT NULL,
    "staff_id" UUID NOT NULL,
    "secret" TEXT NOT NULL,
    "backup_codes" TEXT NOT NULL,
    "verified" BOOLEAN NOT NULL DEFAULT false,
    "failed_verification_count" INTEGER NOT NULL DEFAULT 0,
    "locked_until" TIMESTAMPTZ(3),
    "last_step" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "staff_two_factor_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "staff_two_factor_staff_id_key" ON "identity"."staff_two_factor"("staff_id");

ALTER TABLE "identity"."staff_two_factor" ADD CONSTRAINT "staff_two_factor_staff_id_fkey" FOREIGN KEY ("staff_id") REFERENCES "identity"."staff_member"("id") ON DELETE CASCADE ON UPDATE CASCADE;
