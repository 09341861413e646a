CREATE TABLE "lease_grant" (
	"lease_id" text NOT NULL,
	"grant_id" text NOT NULL,
	"amount" bigint NOT NULL,
	"returned" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "lease_grant_lease_id_grant_id_pk" PRIMARY KEY("lease_id","grant_id"),
	CONSTRAINT "lease_grant_amounts" CHECK ("lease_grant"."returned" >= 0 AND "lease_grant"."returned" <= "lease_grant"."amount")
);
--> statement-breakpoint
CREATE TABLE "promotional_grant" (
	"id" text PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"amount" bigint NOT NULL,
	"remaining" bigint NOT NULL,
	"expired" bigint DEFAULT 0 NOT NULL,
	"expires_at" timestamp with time zone,
	CONSTRAINT "promotional_grant_amounts" CHECK ("promotional_grant"."amount" > 0 AND "promotional_grant"."remaining" >= 0 AND "promotional_grant"."expired" >= 0 AND "promotional_grant"."remaining" + "promotional_grant"."expired" <= "promotional_grant"."amount")
);
--> statement-breakpoint
CREATE TABLE "usage_delta" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"hour" timestamp with time zone NOT NULL,
	"project_id" text NOT NULL,
	"member_id" text NOT NULL,
	"key_id" text NOT NULL,
	"model_slug" text NOT NULL,
	"provider_slug" text NOT NULL,
	"requests" bigint NOT NULL,
	"failed" bigint NOT NULL,
	"input_tokens" bigint NOT NULL,
	"cached_input_tokens" bigint NOT NULL,
	"cache_write_tokens" bigint NOT NULL,
	"output_tokens" bigint NOT NULL,
	"reasoning_tokens" bigint NOT NULL,
	"audio_tokens" bigint NOT NULL,
	"cost" bigint NOT NULL,
	"supplier_cost" bigint NOT NULL,
	"latency_ms_sum" bigint NOT NULL,
	"latency_count" bigint NOT NULL,
	"ttft_ms_sum" bigint NOT NULL,
	"ttft_count" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "usage_hour" (
	"organization_id" text NOT NULL,
	"hour" timestamp with time zone NOT NULL,
	"project_id" text NOT NULL,
	"member_id" text NOT NULL,
	"key_id" text NOT NULL,
	"model_slug" text NOT NULL,
	"provider_slug" text NOT NULL,
	"requests" bigint NOT NULL,
	"failed" bigint NOT NULL,
	"input_tokens" bigint NOT NULL,
	"cached_input_tokens" bigint NOT NULL,
	"cache_write_tokens" bigint NOT NULL,
	"output_tokens" bigint NOT NULL,
	"reasoning_tokens" bigint NOT NULL,
	"audio_tokens" bigint NOT NULL,
	"cost" bigint NOT NULL,
	"supplier_cost" bigint NOT NULL,
	"latency_ms_sum" bigint NOT NULL,
	"latency_count" bigint NOT NULL,
	"ttft_ms_sum" bigint NOT NULL,
	"ttft_count" bigint NOT NULL,
	CONSTRAINT "usage_hour_organization_id_hour_project_id_member_id_key_id_model_slug_provider_slug_pk" PRIMARY KEY("organization_id","hour","project_id","member_id","key_id","model_slug","provider_slug")
);
--> statement-breakpoint
CREATE TABLE "block" (
	"organization_id" text NOT NULL,
	"sequence" bigint NOT NULL,
	"previous_hash" text NOT NULL,
	"merkle_root" text NOT NULL,
	"record_count" integer NOT NULL,
	"records" text[] NOT NULL,
	"sealed_at" timestamp with time zone NOT NULL,
	"hash" text NOT NULL,
	CONSTRAINT "block_organization_id_sequence_pk" PRIMARY KEY("organization_id","sequence"),
	CONSTRAINT "block_sequence_positive" CHECK ("block"."sequence" > 0),
	CONSTRAINT "block_record_count" CHECK ("block"."record_count" > 0 AND "block"."record_count" = cardinality("block"."records"))
);
--> statement-breakpoint
CREATE TABLE "provider_invoice" (
	"day" date NOT NULL,
	"provider_slug" text NOT NULL,
	"model_slug" text NOT NULL,
	"amount" bigint NOT NULL,
	"reference" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "provider_invoice_day_provider_slug_model_slug_pk" PRIMARY KEY("day","provider_slug","model_slug"),
	CONSTRAINT "provider_invoice_not_negative" CHECK ("provider_invoice"."amount" >= 0)
);
--> statement-breakpoint
CREATE TABLE "receipt_key" (
	"id" text PRIMARY KEY NOT NULL,
	"public_jwk" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "unsealed" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"kind" text NOT NULL,
	"ids" text[] NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "job_run" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"outcome" text NOT NULL,
	"figures" jsonb NOT NULL,
	"detail" text
);
--> statement-breakpoint
ALTER TABLE "lease" ADD COLUMN "attributed" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "lease" ADD COLUMN "valid_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "transfer" ADD COLUMN "expires_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "lease_grant" ADD CONSTRAINT "lease_grant_lease_id_lease_id_fk" FOREIGN KEY ("lease_id") REFERENCES "public"."lease"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lease_grant" ADD CONSTRAINT "lease_grant_grant_id_promotional_grant_id_fk" FOREIGN KEY ("grant_id") REFERENCES "public"."promotional_grant"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "promotional_grant" ADD CONSTRAINT "promotional_grant_id_transfer_id_fk" FOREIGN KEY ("id") REFERENCES "public"."transfer"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "promotional_grant" ADD CONSTRAINT "promotional_grant_organization_id_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organization"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "block" ADD CONSTRAINT "block_organization_id_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organization"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "promotional_grant_left" ON "promotional_grant" USING btree ("organization_id","expires_at") WHERE remaining > 0;--> statement-breakpoint
CREATE INDEX "promotional_grant_expiry" ON "promotional_grant" USING btree ("expires_at") WHERE remaining > 0;--> statement-breakpoint
CREATE INDEX "usage_delta_organization" ON "usage_delta" USING btree ("organization_id","hour");--> statement-breakpoint
CREATE INDEX "usage_hour_key" ON "usage_hour" USING btree ("organization_id","key_id","hour");--> statement-breakpoint
CREATE INDEX "usage_hour_of" ON "usage_hour" USING btree ("hour");--> statement-breakpoint
CREATE INDEX "unsealed_organization" ON "unsealed" USING btree ("organization_id","id");--> statement-breakpoint
CREATE INDEX "job_run_name" ON "job_run" USING btree ("name","started_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "job_run_started" ON "job_run" USING btree ("started_at");