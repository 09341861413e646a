CREATE TABLE "linked_account" (
	"provider" text NOT NULL,
	"subject" text NOT NULL,
	"user_id" text NOT NULL,
	"email" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "linked_account_provider_subject_pk" PRIMARY KEY("provider","subject")
);
--> statement-breakpoint
CREATE TABLE "alert_notice" (
	"id" text PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"event_id" text NOT NULL,
	"event_type" text NOT NULL,
	"data" jsonb NOT NULL,
	"channel" text NOT NULL,
	"recipient" text NOT NULL,
	"state" text DEFAULT 'pending' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp with time zone NOT NULL,
	"last_error" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp with time zone,
	CONSTRAINT "alert_notice_once" UNIQUE("event_id","channel","recipient")
);
--> statement-breakpoint
CREATE TABLE "alert_settings" (
	"organization_id" text PRIMARY KEY NOT NULL,
	"mail_roles" text[] NOT NULL,
	"slack_url" text,
	"slack_shown" text,
	"is_anomaly_on" boolean NOT NULL,
	"anomaly_minimum" bigint NOT NULL,
	"default_thresholds" smallint[] NOT NULL,
	"updated_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "spend_anomaly" (
	"id" text PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"hour" timestamp with time zone NOT NULL,
	"spent" bigint NOT NULL,
	"usual" bigint NOT NULL,
	"raised_at" timestamp with time zone NOT NULL,
	CONSTRAINT "spend_anomaly_once" UNIQUE("organization_id","hour")
);
--> statement-breakpoint
CREATE TABLE "data_export" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"state" text NOT NULL,
	"done" integer DEFAULT 0 NOT NULL,
	"total" integer NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ready_at" timestamp with time zone,
	"expires_at" timestamp with time zone NOT NULL,
	"claimed_until" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "data_export_part" (
	"export_id" text NOT NULL,
	"place" integer NOT NULL,
	"body" text NOT NULL,
	CONSTRAINT "data_export_part_export_id_place_pk" PRIMARY KEY("export_id","place")
);
--> statement-breakpoint
ALTER TABLE "user" ADD COLUMN "deleted_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "order" ADD COLUMN "decided_by_user_id" text;--> statement-breakpoint
ALTER TABLE "order" ADD COLUMN "decided_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "event" ADD COLUMN "alerted_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "linked_account" ADD CONSTRAINT "linked_account_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alert_notice" ADD CONSTRAINT "alert_notice_organization_id_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organization"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alert_settings" ADD CONSTRAINT "alert_settings_organization_id_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organization"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "spend_anomaly" ADD CONSTRAINT "spend_anomaly_organization_id_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organization"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "data_export" ADD CONSTRAINT "data_export_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "data_export_part" ADD CONSTRAINT "data_export_part_export_id_data_export_id_fk" FOREIGN KEY ("export_id") REFERENCES "public"."data_export"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "linked_account_user" ON "linked_account" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "alert_notice_due" ON "alert_notice" USING btree ("next_attempt_at") WHERE state = 'pending';--> statement-breakpoint
CREATE INDEX "alert_notice_organization" ON "alert_notice" USING btree ("organization_id","event_id");--> statement-breakpoint
CREATE INDEX "alert_notice_age" ON "alert_notice" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "data_export_user" ON "data_export" USING btree ("user_id","id");--> statement-breakpoint
CREATE INDEX "data_export_expires" ON "data_export" USING btree ("expires_at");--> statement-breakpoint
ALTER TABLE "order" ADD CONSTRAINT "order_decided_by_user_id_user_id_fk" FOREIGN KEY ("decided_by_user_id") REFERENCES "public"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "event_unalerted" ON "event" USING btree ("type","id") WHERE alerted_at IS NULL;--> statement-breakpoint
-- What happened before alerts were told to people is not told to them now.
UPDATE "event" SET "alerted_at" = now();
