CREATE SEQUENCE "public"."lease_generation" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE TABLE "budget" (
	"id" text PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"scope" text NOT NULL,
	"scope_id" text NOT NULL,
	"window" text NOT NULL,
	"is_rolling" boolean NOT NULL,
	"is_hard" boolean NOT NULL,
	"amount" bigint NOT NULL,
	"thresholds" smallint[] NOT NULL,
	"created_by" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "budget_amount" CHECK ("budget"."amount" > 0 AND "budget"."amount" <= 1000000000000000),
	CONSTRAINT "budget_total_has_no_window" CHECK (NOT ("budget"."window" = 'total' AND "budget"."is_rolling"))
);
--> statement-breakpoint
CREATE TABLE "budget_alert" (
	"id" text PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"budget_id" text NOT NULL,
	"threshold" smallint NOT NULL,
	"window_starts_at" timestamp with time zone NOT NULL,
	"amount" bigint NOT NULL,
	"spent" bigint NOT NULL,
	"raised_at" timestamp with time zone DEFAULT now() NOT NULL,
	"delivered_at" timestamp with time zone,
	CONSTRAINT "budget_alert_once" UNIQUE("budget_id","threshold","window_starts_at")
);
--> statement-breakpoint
CREATE TABLE "cap_usage" (
	"organization_id" text NOT NULL,
	"scope" text NOT NULL,
	"scope_id" text NOT NULL,
	"bucket" timestamp with time zone NOT NULL,
	"slot" smallint NOT NULL,
	"spent" bigint NOT NULL,
	CONSTRAINT "cap_usage_organization_id_scope_scope_id_bucket_slot_pk" PRIMARY KEY("organization_id","scope","scope_id","bucket","slot")
);
--> statement-breakpoint
CREATE TABLE "idempotent_answer" (
	"organization_id" text NOT NULL,
	"key_id" text NOT NULL,
	"idempotency_key" text NOT NULL,
	"request_hash" text NOT NULL,
	"state" text NOT NULL,
	"run" text NOT NULL,
	"generation_id" text,
	"status" integer,
	"headers" jsonb,
	"body" "bytea",
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "idempotent_answer_organization_id_key_id_idempotency_key_pk" PRIMARY KEY("organization_id","key_id","idempotency_key")
);
--> statement-breakpoint
ALTER TABLE "organization" ADD COLUMN "limits_version" bigint DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "organization" ADD COLUMN "requests_per_minute" integer;--> statement-breakpoint
ALTER TABLE "organization" ADD COLUMN "tokens_per_minute" bigint;--> statement-breakpoint
ALTER TABLE "organization" ADD COLUMN "max_concurrent" integer;--> statement-breakpoint
ALTER TABLE "api_key" ADD COLUMN "requests_per_minute" integer;--> statement-breakpoint
ALTER TABLE "api_key" ADD COLUMN "tokens_per_minute" bigint;--> statement-breakpoint
ALTER TABLE "api_key" ADD COLUMN "max_concurrent" integer;--> statement-breakpoint
ALTER TABLE "intent" ADD COLUMN "admitted_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "lease" ADD COLUMN "generation" bigint DEFAULT nextval('lease_generation') NOT NULL;--> statement-breakpoint
ALTER TABLE "budget" ADD CONSTRAINT "budget_organization_id_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organization"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "budget_alert" ADD CONSTRAINT "budget_alert_budget_id_budget_id_fk" FOREIGN KEY ("budget_id") REFERENCES "public"."budget"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "budget_organization" ON "budget" USING btree ("organization_id","id");--> statement-breakpoint
CREATE INDEX "budget_alert_undelivered" ON "budget_alert" USING btree ("id") WHERE delivered_at IS NULL;--> statement-breakpoint
CREATE INDEX "idempotent_answer_expiry" ON "idempotent_answer" USING btree ("expires_at");