CREATE SCHEMA IF NOT EXISTS "identity";

CREATE TABLE "identity"."staff_member" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "email_verified" BOOLEAN NOT NULL DEFAULT false,
    "image" TEXT,
    "role" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "staff_member_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "identity"."staff_session" (
    "id" UUID NOT NULL,
    "token" TEXT NOT NULL,
    "staff_id" UUID NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "ip_address" TEXT,
    "user_agent" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "staff_session_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "identity"."staff_credential" (
    "id" UUID NOT NULL,
    "account_id" TEXT NOT NULL,
    "provider_id" TEXT NOT NULL,
    "staff_id" UUID NOT NULL,
    "access_token" TEXT,
    "refresh_token" TEXT,
    "id_token" TEXT,
    "access_token_expires_at" TIMESTAMPTZ(3),
    "refresh_token_expires_at" TIMESTAMPTZ(3),
    "scope" TEXT,
    "password" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "staff_credential_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "identity"."staff_verification" (
    "id" UUID NOT NULL,
    "identifier" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "staff_verification_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "staff_member_email_key" ON "identity"."staff_member"("email");
CREATE UNIQUE INDEX "staff_session_token_key" ON "identity"."staff_session"("token");
CREATE INDEX "staff_session_staff_id_idx" ON "identity"."staff_session"("staff_id");
CREATE UNIQUE INDEX "staff_credential_provider_id_account_id_key" ON "identity"."staff_credential"("provider_id", "account_id");
CREATE INDEX "staff_credential_staff_id_idx" ON "identity"."staff_credential"("staff_id");
CREATE INDEX "staff_verification_identifier_idx" ON "identity"."staff_verification"("identifier");

ALTER TABLE "identity"."staff_session" ADD CONSTRAINT "staff_session_staff_id_fkey" FOREIGN KEY ("staff_id") REFERENCES "identity"."staff_member"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "identity"."staff_credential" ADD CONSTRAINT "staff_credential_staff_id_fkey" FOREIGN KEY ("staff_id") REFERENCES "identity"."staff_member"("id") ON DELETE CASCADE ON UPDATE CASCADE;
