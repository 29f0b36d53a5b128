-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "portal";

-- CreateTable
CREATE TABLE "portal"."account" (
    "account_key" TEXT NOT NULL,
    "account_number" TEXT NOT NULL,
    "service_point" TEXT NOT NULL,
    "meter_number" TEXT NOT NULL,
    "circuit" TEXT NOT NULL,
    "transformer" TEXT NOT NULL,
    "language" TEXT NOT NULL,
    "personal" JSONB NOT NULL,
    "email" TEXT,
    "address_key" TEXT NOT NULL,
    "unit_key" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "as_of" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "account_pkey" PRIMARY KEY ("account_key")
);

-- CreateTable
CREATE TABLE "portal"."account_phone" (
    "account_key" TEXT NOT NULL,
    "phone" TEXT NOT NULL,
    "version" TEXT NOT NULL,

    CONSTRAINT "account_phone_pkey" PRIMARY KEY ("account_key","phone")
);

-- CreateTable
CREATE TABLE "portal"."premise" (
    "premise_key" TEXT NOT NULL,
    "line1" TEXT NOT NULL,
    "line2" TEXT,
    "city" TEXT NOT NULL,
    "state" TEXT,
    "postal_code" TEXT NOT NULL,
    "latitude" DOUBLE PRECISION,
    "longitude" DOUBLE PRECISION,
    "version" TEXT NOT NULL,
    "as_of" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "premise_pkey" PRIMARY KEY ("premise_key")
);

-- CreateTable
CREATE TABLE "portal"."service_point" (
    "service_point" TEXT NOT NULL,
    "premise_key" TEXT NOT NULL,
    "circuit" TEXT NOT NULL,
    "transformer" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "as_of" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "service_point_pkey" PRIMARY KEY ("service_point")
);

-- CreateTable
CREATE TABLE "portal"."meter" (
    "meter_number" TEXT NOT NULL,
    "service_point" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "as_of" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "meter_pkey" PRIMARY KEY ("meter_number")
);

-- CreateTable
CREATE TABLE "portal"."outage_report" (
    "report_id" UUID NOT NULL,
    "reference" TEXT NOT NULL,
    "schema" INTEGER NOT NULL,
    "body_hash" TEXT NOT NULL,
    "secret_hash" TEXT NOT NULL,
    "accepted_at" TIMESTAMPTZ(3) NOT NULL,
    "saved_at" TIMESTAMPTZ(3) NOT NULL,
    "locale" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "hazards" TEXT[],
    "hazardous" BOOLEAN NOT NULL,
    "scope" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3),
    "heard_bang" TEXT NOT NULL,
    "neighbors_out" TEXT NOT NULL,
    "delivery" JSONB NOT NULL,
    "personal" JSONB NOT NULL,
    "conflicts" INTEGER NOT NULL,
    "version" TEXT NOT NULL,
    "as_of" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "outage_report_pkey" PRIMARY KEY ("report_id")
);

-- CreateTable
CREATE TABLE "portal"."report_conflict" (
    "report_id" UUID NOT NULL,
    "body_hash" TEXT NOT NULL,
    "secret_hash" TEXT NOT NULL,
    "report" JSONB NOT NULL,
    "version" TEXT NOT NULL,
    "as_of" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "report_conflict_pkey" PRIMARY KEY ("report_id","body_hash","secret_hash")
);

-- CreateTable
CREATE TABLE "portal"."outage_match" (
    "report_id" UUID NOT NULL,
    "account_key" TEXT NOT NULL,
    "account_number" TEXT NOT NULL,
    "service_point" TEXT NOT NULL,
    "circuit" TEXT NOT NULL,
    "transformer" TEXT NOT NULL,
    "matched_by" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "as_of" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "outage_match_pkey" PRIMARY KEY ("report_id")
);

-- CreateTable
CREATE TABLE "portal"."projection_offset" (
    "topic" TEXT NOT NULL,
    "partition" INTEGER NOT NULL,
    "log_id" TEXT NOT NULL,
    "position" TEXT,
    "current_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "projection_offset_pkey" PRIMARY KEY ("topic","partition")
);

-- CreateIndex
CREATE INDEX "account_email_idx" ON "portal"."account"("email");

-- CreateIndex
CREATE INDEX "account_address_key_unit_key_idx" ON "portal"."account"("address_key", "unit_key");

-- CreateIndex
CREATE INDEX "account_meter_number_idx" ON "portal"."account"("meter_number");

-- CreateIndex
CREATE INDEX "account_service_point_idx" ON "portal"."account"("service_point");

-- CreateIndex
CREATE INDEX "account_phone_phone_idx" ON "portal"."account_phone"("phone");

-- CreateIndex
CREATE INDEX "service_point_premise_key_idx" ON "portal"."service_point"("premise_key");

-- CreateIndex
CREATE INDEX "service_point_circuit_idx" ON "portal"."service_point"("circuit");

-- CreateIndex
CREATE INDEX "service_point_transformer_idx" ON "portal"."service_point"("transformer");

-- CreateIndex
CREATE INDEX "meter_service_point_idx" ON "portal"."meter"("service_point");

-- CreateIndex
CREATE INDEX "outage_report_hazardous_accepted_at_idx" ON "portal"."outage_report"("hazardous", "accepted_at");

-- CreateIndex
CREATE INDEX "outage_report_accepted_at_idx" ON "portal"."outage_report"("accepted_at");

-- CreateIndex
CREATE INDEX "outage_report_reference_idx" ON "portal"."outage_report"("reference");

-- CreateIndex
CREATE INDEX "outage_match_circuit_idx" ON "portal"."outage_match"("circuit");

-- CreateIndex
CREATE INDEX "outage_match_account_key_idx" ON "portal"."outage_match"("account_key");
