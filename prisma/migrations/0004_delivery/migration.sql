-- CreateTable
CREATE TABLE "portal"."report_delivery" (
    "type" TEXT NOT NULL,
    "delivery_id" UUID NOT NULL,
    "round" INTEGER NOT NULL,
    "report_id" UUID NOT NULL,
    "data" JSONB NOT NULL,
    "version" TEXT NOT NULL,
    "as_of" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "report_delivery_pkey" PRIMARY KEY ("type","delivery_id","round")
);

-- CreateIndex
CREATE INDEX "report_delivery_report_id_idx" ON "portal"."report_delivery"("report_id");
