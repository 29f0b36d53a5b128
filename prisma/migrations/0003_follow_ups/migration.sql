-- AlterTable
ALTER TABLE "portal"."outage_report" ADD COLUMN     "occurred" JSONB,
ADD COLUMN     "withdrawn" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "portal"."report_follow_up" (
    "report_id" UUID NOT NULL,
    "follow_up_id" UUID NOT NULL,
    "secret_hash" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "version" TEXT NOT NULL,
    "as_of" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "report_follow_up_pkey" PRIMARY KEY ("report_id","follow_up_id")
);
