-- AlterTable
ALTER TABLE "portal"."outage_report" ADD COLUMN     "open" BOOLEAN NOT NULL DEFAULT true;

-- What was withdrawn before.
UPDATE "portal"."outage_report" SET "open" = false WHERE "withdrawn" AND NOT "hazardous";

-- DropIndex
DROP INDEX "portal"."outage_report_hazardous_accepted_at_idx";

-- CreateTable
CREATE TABLE "portal"."report_handling" (
    "step_id" UUID NOT NULL,
    "handling_id" UUID NOT NULL,
    "report_id" UUID NOT NULL,
    "lost" BOOLEAN NOT NULL,
    "data" JSONB NOT NULL,
    "version" TEXT NOT NULL,
    "as_of" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "report_handling_pkey" PRIMARY KEY ("step_id","handling_id")
);

-- CreateIndex
CREATE INDEX "report_handling_report_id_idx" ON "portal"."report_handling"("report_id");

-- CreateIndex
CREATE INDEX "outage_report_open_hazardous_accepted_at_idx" ON "portal"."outage_report"("open", "hazardous", "accepted_at");
