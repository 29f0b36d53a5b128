CREATE TABLE "identity"."customer_login" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "email_verified" BOOLEAN NOT NULL DEFAULT false,
    "image" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "customer_login_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "identity"."customer_session" (
    "id" UUID NOT NULL,
    "token" TEXT NOT NULL,
    "login_id" UUID NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "ip_address" TEXT,
    "user_agent" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "customer_session_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "identity"."customer_credential" (
    "id" UUID NOT NULL,
    "account_id" TEXT NOT NULL,
    "provider_id" TEXT NOT NULL,
    "login_id" UUID NOT NULL,
    "access_token" TEXT,
    "refresh_token" TEXT,
    "id_token" TEXT,
    "access_token_expires_at" TIMESTAMPTZ(3),
    "refresh_token_expires_at" TIMESTAMPTZ(3),
    "scope" TEXT,
    "password" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "customer_credential_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "identity"."customer_verification" (
    "id" UUID NOT NULL,
    "identifier" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "customer_verification_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "identity"."customer_passkey" (
    "id" UUID NOT NULL,
    "name" TEXT,
    "public_key" TEXT NOT NULL,
    "login_id" UUID NOT NULL,
    "credential_id" TEXT NOT NULL,
    "counter" INTEGER NOT NULL,
    "device_type" TEXT NOT NULL,
    "backed_up" BOOLEAN NOT NULL,
    "transports" TEXT,
    "created_at" TIMESTAMPTZ(3),
    "aaguid" TEXT,

    CONSTRAINT "customer_passkey_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "identity"."customer_code" (
    "id" UUID NOT NULL,
    "account_key" TEXT NOT NULL,
    "code_hash" TEXT NOT NULL,
    "login_id" UUID,
    "matched" TEXT,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "customer_code_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "identity"."customer_invitation" (
    "id" UUID NOT NULL,
    "token_hash" TEXT NOT NULL,
    "account_number" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "invited_by" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "closed_at" TIMESTAMPTZ(3),

    CONSTRAINT "customer_invitation_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "customer_login_email_key" ON "identity"."customer_login"("email");
CREATE UNIQUE INDEX "customer_session_token_key" ON "identity"."customer_session"("token");
CREATE INDEX "customer_session_login_id_idx" ON "identity"."customer_session"("login_id");
CREATE UNIQUE INDEX "customer_credential_provider_id_account_id_key" ON "identity"."customer_credential"("provider_id", "account_id");
CREATE INDEX "customer_credential_login_id_idx" ON "identity"."customer_credential"("login_id");
CREATE INDEX "customer_verification_identifier_idx" ON "identity"."customer_verification"("identifier");
CREATE UNIQUE INDEX "customer_passkey_credential_id_key" ON "identity"."customer_passkey"("credential_id");
CREATE INDEX "customer_passkey_login_id_idx" ON "identity"."customer_passkey"("login_id");
CREATE INDEX "customer_code_expires_at_idx" ON "identity"."customer_code"("expires_at");
CREATE UNIQUE INDEX "customer_invitation_token_hash_key" ON "identity"."customer_invitation"("token_hash");
CREATE INDEX "customer_invitation_account_number_idx" ON "identity"."customer_invitation"("account_number");
CREATE INDEX "customer_invitation_expires_at_idx" ON "identity"."customer_invitation"("expires_at");

ALTER TABLE "identity"."customer_session" ADD CONSTRAINT "customer_session_login_id_fkey" FOREIGN KEY ("login_id") REFERENCES "identity"."customer_login"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "identity"."customer_credential" ADD CONSTRAINT "customer_credential_login_id_fkey" FOREIGN KEY ("login_id") REFERENCES "identity"."customer_login"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "identity"."customer_passkey" ADD CONSTRAINT "customer_passkey_login_id_fkey" FOREIGN KEY ("login_id") REFERENCES "identity"."customer_login"("id") ON DELETE CASCADE ON UPDATE CASCADE;
