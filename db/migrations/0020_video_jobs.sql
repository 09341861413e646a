CREATE TABLE "video_job" (
	"id" text PRIMARY KEY NOT NULL,
	"generation_id" text NOT NULL,
	"organization_id" text NOT NULL,
	"project_id" text NOT NULL,
	"model_slug" text NOT NULL,
	"endpoint_id" text NOT NULL,
	"provider_slug" text NOT NULL,
	"price_version_id" text NOT NULL,
	"prices" jsonb NOT NULL,
	"units" jsonb NOT NULL,
	"upstream_id" text NOT NULL,
	"status" text NOT NULL,
	"progress" integer DEFAULT 0 NOT NULL,
	"seconds" text,
	"size" text,
	"content_url" text,
	"error" text,
	"cost_nano_usd" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"asked_at" timestamp with time zone,
	"ended_at" timestamp with time zone,
	"deleted_at" timestamp with time zone,
	CONSTRAINT "video_job_generation_id_unique" UNIQUE("generation_id"),
	CONSTRAINT "video_job_progress" CHECK ("video_job"."progress" BETWEEN 0 AND 100)
);
--> statement-breakpoint
ALTER TABLE "video_job" ADD CONSTRAINT "video_job_organization_id_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organization"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "video_job_running" ON "video_job" USING btree ("asked_at") WHERE status IN ('queued', 'in_progress');