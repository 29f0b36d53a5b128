-- An account that the core system no longer has keeps its key and version alone, so that an older word of it changes nothing.
ALTER TABLE "portal"."account" ADD COLUMN "closed" BOOLEAN NOT NULL DEFAULT false;
