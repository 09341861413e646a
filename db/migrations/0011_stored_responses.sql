CREATE TABLE "stored_response" (
	"id" text NOT NULL,
	"organization_id" text NOT NULL,
	"project_id" text NOT NULL,
	"previous_id" text,
	"input" text NOT NULL,
	"response" text NOT NULL,
	"item_ids" text[] DEFAULT '{}'::text[] NOT NULL,
	"bytes" integer NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "stored_response_project_id_id_pk" PRIMARY KEY("project_id","id")
);
--> statement-breakpoint
ALTER TABLE "stored_response" ADD CONSTRAINT "stored_response_organization_id_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organization"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "stored_response" ADD CONSTRAINT "stored_response_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."project"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "stored_response_items" ON "stored_response" USING gin ("item_ids");--> statement-breakpoint
CREATE INDEX "stored_response_expiry" ON "stored_response" USING btree ("expires_at");