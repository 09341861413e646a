CREATE TABLE "lease_spend" (
	"lease_id" text NOT NULL,
	"slot" smallint NOT NULL,
	"spent" bigint NOT NULL,
	CONSTRAINT "lease_spend_lease_id_slot_pk" PRIMARY KEY("lease_id","slot")
);
--> statement-breakpoint
DROP INDEX "intent_lease";--> statement-breakpoint
ALTER TABLE "lease_spend" ADD CONSTRAINT "lease_spend_lease_id_lease_id_fk" FOREIGN KEY ("lease_id") REFERENCES "public"."lease"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "intent_started_lease" ON "intent" USING btree ("lease_id") WHERE state = 'started';