-- AlterTable
ALTER TABLE "portal"."account" ADD COLUMN     "meter_since" TEXT,
ADD COLUMN     "moved_in_on" TEXT,
ADD COLUMN     "moved_out_on" TEXT;

-- CreateTable
CREATE TABLE "portal"."access" (
    "login_id" UUID NOT NULL,
    "account_key" TEXT NOT NULL,
    "account_number" TEXT NOT NULL,
    "role" TEXT,
    "from_at" TIMESTAMPTZ(3) NOT NULL,
    "how" TEXT NOT NULL,
    "by" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "as_of" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "access_pkey" PRIMARY KEY ("login_id","account_key")
);

-- CreateTable
CREATE TABLE "portal"."profile_change" (
    "login_id" UUID NOT NULL,
    "step_id" UUID NOT NULL,
    "data" JSONB NOT NULL,
    "version" TEXT NOT NULL,
    "as_of" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "profile_change_pkey" PRIMARY KEY ("login_id","step_id")
);

-- CreateTable
CREATE TABLE "portal"."erasure" (
    "login_id" UUID NOT NULL,
    "request_id" UUID NOT NULL,
    "version" TEXT NOT NULL,
    "as_of" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "erasure_pkey" PRIMARY KEY ("login_id")
);

-- CreateIndex
CREATE INDEX "access_account_key_idx" ON "portal"."access"("account_key");

-- CreateIndex
CREATE INDEX "erasure_as_of_idx" ON "portal"."erasure"("as_of");
