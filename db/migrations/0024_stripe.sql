CREATE TABLE "auto_recharge" (
	"organization_id" text PRIMARY KEY NOT NULL,
	"is_enabled" boolean NOT NULL,
	"threshold_nano_usd" bigint NOT NULL,
	"amount_nano_usd" bigint NOT NULL,
	"monthly_cap_nano_usd" bigint NOT NULL,
	"paused_reason" text,
	"paused_at" timestamp with time zone,
	"pause_told_at" timestamp with time zone,
	"consent_text" text NOT NULL,
	"consent_by_user_id" text NOT NULL,
	"consent_at" timestamp with time zone NOT NULL,
	CONSTRAINT "auto_recharge_amounts" CHECK ("auto_recharge"."threshold_nano_usd" > 0 AND "auto_recharge"."amount_nano_usd" > 0 AND "auto_recharge"."monthly_cap_nano_usd" >= "auto_recharge"."amount_nano_usd")
);
--> statement-breakpoint
CREATE TABLE "balance_alert" (
	"organization_id" text PRIMARY KEY NOT NULL,
	"is_low" boolean NOT NULL,
	"changed_at" timestamp with time zone NOT NULL,
	"mailed_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "dispute" (
	"id" text PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"order_id" text NOT NULL,
	"amount_nano_usd" bigint NOT NULL,
	"status" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"closed_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "recharge" (
	"id" text PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"order_id" text NOT NULL,
	"amount_nano_usd" bigint NOT NULL,
	"status" text NOT NULL,
	"reason" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"closed_at" timestamp with time zone,
	"payment_method_id" text,
	CONSTRAINT "recharge_order_id_unique" UNIQUE("order_id")
);
--> statement-breakpoint
CREATE TABLE "refund" (
	"id" text PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"order_id" text NOT NULL,
	"amount_nano_usd" bigint NOT NULL,
	"status" text NOT NULL,
	"stripe_refund_id" text,
	"reason" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"closed_at" timestamp with time zone,
	CONSTRAINT "refund_stripe_refund_id_unique" UNIQUE("stripe_refund_id"),
	CONSTRAINT "refund_amount_positive" CHECK ("refund"."amount_nano_usd" > 0)
);
--> statement-breakpoint
CREATE TABLE "stripe_customer" (
	"organization_id" text PRIMARY KEY NOT NULL,
	"customer_id" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "stripe_customer_customer_id_unique" UNIQUE("customer_id")
);
--> statement-breakpoint
CREATE TABLE "stripe_event" (
	"id" text PRIMARY KEY NOT NULL,
	"type" text NOT NULL,
	"outcome" text NOT NULL,
	"detail" text,
	"order_id" text,
	"received_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "order" ADD COLUMN "saves_card" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "order" ADD COLUMN "stripe_session_id" text;--> statement-breakpoint
ALTER TABLE "order" ADD COLUMN "stripe_payment_intent_id" text;--> statement-breakpoint
ALTER TABLE "order" ADD COLUMN "stripe_invoice_id" text;--> statement-breakpoint
ALTER TABLE "order" ADD COLUMN "invoice_url" text;--> statement-breakpoint
ALTER TABLE "order" ADD COLUMN "receipt_url" text;--> statement-breakpoint
ALTER TABLE "auto_recharge" ADD CONSTRAINT "auto_recharge_organization_id_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organization"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "auto_recharge" ADD CONSTRAINT "auto_recharge_consent_by_user_id_user_id_fk" FOREIGN KEY ("consent_by_user_id") REFERENCES "public"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "balance_alert" ADD CONSTRAINT "balance_alert_organization_id_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organization"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dispute" ADD CONSTRAINT "dispute_organization_id_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organization"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dispute" ADD CONSTRAINT "dispute_order_id_order_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."order"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "recharge" ADD CONSTRAINT "recharge_organization_id_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organization"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "recharge" ADD CONSTRAINT "recharge_order_id_order_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."order"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "refund" ADD CONSTRAINT "refund_organization_id_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organization"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "refund" ADD CONSTRAINT "refund_order_id_order_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."order"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "stripe_customer" ADD CONSTRAINT "stripe_customer_organization_id_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organization"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "dispute_order" ON "dispute" USING btree ("order_id");--> statement-breakpoint
CREATE UNIQUE INDEX "recharge_one_pending" ON "recharge" USING btree ("organization_id") WHERE status = 'pending';--> statement-breakpoint
CREATE INDEX "recharge_organization" ON "recharge" USING btree ("organization_id","created_at");--> statement-breakpoint
CREATE INDEX "refund_order" ON "refund" USING btree ("order_id");--> statement-breakpoint
CREATE INDEX "refund_pending" ON "refund" USING btree ("created_at") WHERE status = 'pending';--> statement-breakpoint
CREATE INDEX "stripe_event_rejected" ON "stripe_event" USING btree ("received_at") WHERE outcome = 'rejected';--> statement-breakpoint
ALTER TABLE "order" ADD CONSTRAINT "order_stripe_session_id_unique" UNIQUE("stripe_session_id");--> statement-breakpoint
ALTER TABLE "order" ADD CONSTRAINT "order_stripe_payment_intent_id_unique" UNIQUE("stripe_payment_intent_id");--> statement-breakpoint
ALTER TABLE "order" ADD CONSTRAINT "order_stripe_invoice_id_unique" UNIQUE("stripe_invoice_id");