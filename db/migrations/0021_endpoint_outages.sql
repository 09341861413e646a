CREATE TABLE "endpoint_outage" (
	"id" text PRIMARY KEY NOT NULL,
	"endpoint_id" text NOT NULL,
	"model_slug" text NOT NULL,
	"provider_slug" text NOT NULL,
	"reason" text NOT NULL,
	"opened_at" timestamp with time zone NOT NULL,
	"recovering_at" timestamp with time zone,
	"closed_at" timestamp with time zone
);
--> statement-breakpoint
CREATE UNIQUE INDEX "endpoint_outage_open" ON "endpoint_outage" USING btree ("endpoint_id") WHERE "endpoint_outage"."closed_at" IS NULL;--> statement-breakpoint
CREATE INDEX "endpoint_outage_time" ON "endpoint_outage" USING btree ("opened_at");