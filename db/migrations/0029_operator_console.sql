CREATE TABLE "mail_outbox" (
	"id" text PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"to_address" text NOT NULL,
	"kind" text NOT NULL,
	"data" jsonb NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "price_proposal" (
	"id" text PRIMARY KEY NOT NULL,
	"endpoint_id" text NOT NULL,
	"effective_from" timestamp with time zone,
	"source" text NOT NULL,
	"source_date" date NOT NULL,
	"prices" jsonb NOT NULL,
	"note" text NOT NULL,
	"status" text NOT NULL,
	"proposed_by" text NOT NULL,
	"proposed_at" timestamp with time zone NOT NULL,
	"decided_by" text,
	"decided_at" timestamp with time zone,
	"price_version_id" text,
	CONSTRAINT "price_proposal_two_people" CHECK ("price_proposal"."status" <> 'published' OR ("price_proposal"."decided_by" IS NOT NULL AND "price_proposal"."decided_by" <> "price_proposal"."proposed_by"))
);
--> statement-breakpoint
CREATE TABLE "card_decline" (
	"id" text PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"user_id" text NOT NULL,
	"fingerprint" text,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "organization" ADD COLUMN "suspended_for" text;--> statement-breakpoint
ALTER TABLE "job_run" ADD COLUMN "is_quiet" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "mail_outbox" ADD CONSTRAINT "mail_outbox_organization_id_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organization"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "price_proposal" ADD CONSTRAINT "price_proposal_endpoint_id_endpoint_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoint"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "price_proposal" ADD CONSTRAINT "price_proposal_proposed_by_user_id_fk" FOREIGN KEY ("proposed_by") REFERENCES "public"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "price_proposal" ADD CONSTRAINT "price_proposal_decided_by_user_id_fk" FOREIGN KEY ("decided_by") REFERENCES "public"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "price_proposal" ADD CONSTRAINT "price_proposal_price_version_id_price_version_id_fk" FOREIGN KEY ("price_version_id") REFERENCES "public"."price_version"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "card_decline" ADD CONSTRAINT "card_decline_organization_id_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organization"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "card_decline" ADD CONSTRAINT "card_decline_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "mail_outbox_due" ON "mail_outbox" USING btree ("next_attempt_at");--> statement-breakpoint
CREATE UNIQUE INDEX "price_proposal_open" ON "price_proposal" USING btree ("endpoint_id") WHERE status = 'proposed';--> statement-breakpoint
CREATE INDEX "price_proposal_list" ON "price_proposal" USING btree ("proposed_at");--> statement-breakpoint
CREATE INDEX "card_decline_organization" ON "card_decline" USING btree ("organization_id","at");--> statement-breakpoint
CREATE INDEX "card_decline_user" ON "card_decline" USING btree ("user_id","at");--> statement-breakpoint
CREATE INDEX "card_decline_card" ON "card_decline" USING btree ("fingerprint","at");--> statement-breakpoint
CREATE INDEX "job_run_quiet" ON "job_run" USING btree ("name") WHERE is_quiet;