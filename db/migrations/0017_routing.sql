CREATE TABLE "endpoint_minute" (
	"endpoint_id" text NOT NULL,
	"minute" timestamp with time zone NOT NULL,
	"instance" text NOT NULL,
	"requests" integer NOT NULL,
	"failures" integer NOT NULL,
	"rate_limited" integer NOT NULL,
	"first_token_ms" jsonb NOT NULL,
	"duration_ms" jsonb NOT NULL,
	"tokens_per_second" jsonb NOT NULL,
	CONSTRAINT "endpoint_minute_endpoint_id_minute_instance_pk" PRIMARY KEY("endpoint_id","minute","instance")
);
--> statement-breakpoint
ALTER TABLE "api_key" ADD COLUMN "policy" jsonb;--> statement-breakpoint
ALTER TABLE "endpoint" ADD COLUMN "weight" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "endpoint" ADD COLUMN "quantization" text;--> statement-breakpoint
ALTER TABLE "endpoint" ADD COLUMN "health_override" text;--> statement-breakpoint
ALTER TABLE "provider" ADD COLUMN "trains_on_prompts" boolean;--> statement-breakpoint
ALTER TABLE "provider" ADD COLUMN "retention_days" integer;--> statement-breakpoint
ALTER TABLE "provider" ADD COLUMN "regions" text[] DEFAULT '{}'::text[] NOT NULL;--> statement-breakpoint
CREATE INDEX "endpoint_minute_time" ON "endpoint_minute" USING btree ("minute");--> statement-breakpoint
ALTER TABLE "endpoint" ADD CONSTRAINT "endpoint_weight_positive" CHECK ("endpoint"."weight" > 0);