CREATE TABLE "commitment" (
	"id" text PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"status" text NOT NULL,
	"yearly_nano_usd" bigint NOT NULL,
	"discount_basis_points" integer NOT NULL,
	"schedule" text NOT NULL,
	"sla_tier" text NOT NULL,
	"note" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"valid_until" timestamp with time zone NOT NULL,
	"accepted_at" timestamp with time zone,
	"accepted_by_user_id" text,
	"accepted_text" text,
	"pay_by" text,
	"stripe_subscription_id" text,
	"invoice_url" text,
	"started_at" timestamp with time zone,
	"period_start" timestamp with time zone,
	"period_end" timestamp with time zone,
	"ends_at" timestamp with time zone,
	"ended_at" timestamp with time zone,
	"read_at" timestamp with time zone,
	CONSTRAINT "commitment_stripe_subscription_id_unique" UNIQUE("stripe_subscription_id"),
	CONSTRAINT "commitment_terms" CHECK ("commitment"."yearly_nano_usd" > 0 AND "commitment"."discount_basis_points" BETWEEN 0 AND 5000)
);
--> statement-breakpoint
ALTER TABLE "order" DROP CONSTRAINT "order_amount_positive";--> statement-breakpoint
ALTER TABLE "order" ADD COLUMN "commitment_id" text;--> statement-breakpoint
ALTER TABLE "order" ADD COLUMN "bonus_nano_usd" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "commitment" ADD CONSTRAINT "commitment_organization_id_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organization"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "commitment" ADD CONSTRAINT "commitment_accepted_by_user_id_user_id_fk" FOREIGN KEY ("accepted_by_user_id") REFERENCES "public"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "commitment_organization" ON "commitment" USING btree ("organization_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "commitment_one_quote" ON "commitment" USING btree ("organization_id") WHERE status = 'quoted';--> statement-breakpoint
CREATE UNIQUE INDEX "commitment_one_live" ON "commitment" USING btree ("organization_id") WHERE status IN ('accepted', 'active', 'past_due');--> statement-breakpoint
ALTER TABLE "order" ADD CONSTRAINT "order_commitment_id_commitment_id_fk" FOREIGN KEY ("commitment_id") REFERENCES "public"."commitment"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "order_commitment" ON "order" USING btree ("commitment_id") WHERE commitment_id IS NOT NULL;--> statement-breakpoint
ALTER TABLE "order" ADD CONSTRAINT "order_amount_positive" CHECK ("order"."amount_nano_usd" > 0 AND "order"."bonus_nano_usd" >= 0);--> statement-breakpoint
-- As before, and from the bucket that is named: money of a commitment's period goes back from where it came to.
DROP FUNCTION debit_balance(text, text, text, bigint, text, boolean, text);
--> statement-breakpoint
CREATE FUNCTION debit_balance(p_organization text, p_kind text, p_source text, p_amount bigint, p_account text, p_may_owe boolean,
  p_memo text, p_bucket text DEFAULT 'paid') RETURNS TABLE (verdict text, taken bigint, owed bigint) LANGUAGE plpgsql AS $$
DECLARE
  b balance%ROWTYPE;
  l record;
  v_held bigint;
  v_taken bigint;
BEGIN
  IF p_bucket NOT IN ('paid', 'committed') THEN RAISE EXCEPTION 'no money is taken from bucket %', p_bucket; END IF;
  PERFORM pg_advisory_xact_lock(organization_lock_key(p_organization));
  INSERT INTO balance (organization_id) VALUES (p_organization) ON CONFLICT DO NOTHING;
  SELECT * INTO b FROM balance WHERE organization_id = p_organization FOR UPDATE;
  v_held := CASE p_bucket WHEN 'committed' THEN b.committed ELSE b.paid END;
  IF EXISTS (SELECT 1 FROM transfer t WHERE t.source = p_source AND t.kind IN (p_kind, p_kind || '_owed')) THEN
    RETURN QUERY SELECT 'already', 0::bigint, 0::bigint;
    RETURN;
  END IF;
  IF v_held < p_amount THEN
    UPDATE lease SET state = 'draining', drain_until = clock_timestamp()
      WHERE organization_id = p_organization AND state = 'open';
    FOR l IN SELECT x.id FROM lease x WHERE x.organization_id = p_organization AND x.state IN ('draining', 'closing')
        ORDER BY x.id LOOP
      PERFORM reclaim_lease(l.id);
    END LOOP;
    SELECT * INTO b FROM balance WHERE organization_id = p_organization;
    v_held := CASE p_bucket WHEN 'committed' THEN b.committed ELSE b.paid END;
  END IF;
  IF v_held < p_amount AND NOT p_may_owe THEN
    RETURN QUERY SELECT 'insufficient', v_held, 0::bigint;
    RETURN;
  END IF;
  v_taken := least(v_held, p_amount);
  IF v_taken > 0 THEN
    INSERT INTO transfer (id, organization_id, kind, source, debit, credit, amount, memo)
      VALUES (new_transfer_id(), p_organization, p_kind, p_source, p_bucket, p_account, v_taken, p_memo);
  END IF;
  IF p_amount > v_taken THEN
    INSERT INTO transfer (id, organization_id, kind, source, debit, credit, amount, memo)
      VALUES (new_transfer_id(), p_organization, p_kind || '_owed', p_source, 'debt', p_account, p_amount - v_taken, p_memo);
  END IF;
  UPDATE balance SET debt = debt + (p_amount - v_taken),
    paid = paid - CASE p_bucket WHEN 'paid' THEN v_taken ELSE 0 END,
    committed = committed - CASE p_bucket WHEN 'committed' THEN v_taken ELSE 0 END
  WHERE organization_id = p_organization;
  RETURN QUERY SELECT 'taken', v_taken, p_amount - v_taken;
END $$;
