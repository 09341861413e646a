CREATE TABLE "price_lock" (
	"id" text PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"versions" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "price_lock" ADD CONSTRAINT "price_lock_organization_id_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organization"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "price_lock_expiry" ON "price_lock" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "usage_hour_model" ON "usage_hour" USING btree ("model_slug","hour");