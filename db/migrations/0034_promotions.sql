CREATE TABLE "promotion" (
	"id" text PRIMARY KEY NOT NULL,
	"code" text NOT NULL,
	"amount_nano_usd" bigint NOT NULL,
	"credit_days" integer NOT NULL,
	"max_redemptions" integer NOT NULL,
	"redemptions" integer DEFAULT 0 NOT NULL,
	"redeemable_until" timestamp with time zone NOT NULL,
	"max_organization_age_days" integer,
	"note" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp with time zone,
	CONSTRAINT "promotion_code_unique" UNIQUE("code"),
	CONSTRAINT "promotion_terms" CHECK ("promotion"."amount_nano_usd" > 0 AND "promotion"."credit_days" > 0 AND "promotion"."max_redemptions" > 0),
	CONSTRAINT "promotion_redemptions" CHECK ("promotion"."redemptions" >= 0 AND "promotion"."redemptions" <= "promotion"."max_redemptions")
);
--> statement-breakpoint
CREATE TABLE "redemption" (
	"id" text PRIMARY KEY NOT NULL,
	"promotion_id" text NOT NULL,
	"organization_id" text NOT NULL,
	"user_id" text NOT NULL,
	"amount_nano_usd" bigint NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "redemption_once_per_organization" UNIQUE("promotion_id","organization_id"),
	CONSTRAINT "redemption_once_per_person" UNIQUE("promotion_id","user_id")
);
--> statement-breakpoint
ALTER TABLE "redemption" ADD CONSTRAINT "redemption_promotion_id_promotion_id_fk" FOREIGN KEY ("promotion_id") REFERENCES "public"."promotion"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "redemption" ADD CONSTRAINT "redemption_organization_id_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organization"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "redemption" ADD CONSTRAINT "redemption_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "redemption_organization" ON "redemption" USING btree ("organization_id","id");