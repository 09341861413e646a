CREATE TABLE "commission" (
	"order_id" text PRIMARY KEY NOT NULL,
	"partner_organization_id" text NOT NULL,
	"amount_nano_usd" bigint NOT NULL,
	"reversed_nano_usd" bigint DEFAULT 0 NOT NULL,
	"available_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "commission_amounts" CHECK ("commission"."amount_nano_usd" > 0 AND "commission"."reversed_nano_usd" >= 0 AND "commission"."reversed_nano_usd" <= "commission"."amount_nano_usd")
);
--> statement-breakpoint
CREATE TABLE "partner" (
	"organization_id" text PRIMARY KEY NOT NULL,
	"code" text NOT NULL,
	"commission_basis_points" integer NOT NULL,
	"commission_months" integer NOT NULL,
	"hold_days" integer NOT NULL,
	"is_active" boolean DEFAULT true NOT NULL,
	"agreed_text" text NOT NULL,
	"agreed_by_user_id" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"stripe_account_id" text,
	CONSTRAINT "partner_code_unique" UNIQUE("code"),
	CONSTRAINT "partner_stripe_account_id_unique" UNIQUE("stripe_account_id"),
	CONSTRAINT "partner_rules" CHECK ("partner"."commission_basis_points" BETWEEN 0 AND 5000 AND "partner"."commission_months" BETWEEN 1 AND 120 AND "partner"."hold_days" BETWEEN 0 AND 365)
);
--> statement-breakpoint
CREATE TABLE "payout" (
	"id" text PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"amount_nano_usd" bigint NOT NULL,
	"status" text NOT NULL,
	"requested_by_user_id" text NOT NULL,
	"method" text,
	"reference" text,
	"stripe_transfer_id" text,
	"reason" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"approved_at" timestamp with time zone,
	"closed_at" timestamp with time zone,
	CONSTRAINT "payout_stripe_transfer_id_unique" UNIQUE("stripe_transfer_id"),
	CONSTRAINT "payout_amount_positive" CHECK ("payout"."amount_nano_usd" > 0)
);
--> statement-breakpoint
CREATE TABLE "referral" (
	"organization_id" text PRIMARY KEY NOT NULL,
	"partner_organization_id" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "referral_of_another" CHECK ("referral"."organization_id" <> "referral"."partner_organization_id")
);
--> statement-breakpoint
ALTER TABLE "commission" ADD CONSTRAINT "commission_order_id_order_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."order"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "commission" ADD CONSTRAINT "commission_partner_organization_id_partner_organization_id_fk" FOREIGN KEY ("partner_organization_id") REFERENCES "public"."partner"("organization_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "partner" ADD CONSTRAINT "partner_organization_id_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organization"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "partner" ADD CONSTRAINT "partner_agreed_by_user_id_user_id_fk" FOREIGN KEY ("agreed_by_user_id") REFERENCES "public"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payout" ADD CONSTRAINT "payout_organization_id_partner_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."partner"("organization_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payout" ADD CONSTRAINT "payout_requested_by_user_id_user_id_fk" FOREIGN KEY ("requested_by_user_id") REFERENCES "public"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "referral" ADD CONSTRAINT "referral_organization_id_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organization"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "referral" ADD CONSTRAINT "referral_partner_organization_id_partner_organization_id_fk" FOREIGN KEY ("partner_organization_id") REFERENCES "public"."partner"("organization_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "commission_partner" ON "commission" USING btree ("partner_organization_id","available_at");--> statement-breakpoint
CREATE INDEX "payout_organization" ON "payout" USING btree ("organization_id","id");--> statement-breakpoint
CREATE INDEX "payout_open" ON "payout" USING btree ("created_at") WHERE status IN ('requested', 'approved');--> statement-breakpoint
CREATE INDEX "referral_partner" ON "referral" USING btree ("partner_organization_id");--> statement-breakpoint
CREATE INDEX "transfer_payouts" ON "transfer" ("organization_id") WHERE debit = 'payouts' OR credit = 'payouts';
--> statement-breakpoint
-- What every partner has earned and can take: of the payouts account, less what is held and what is on its way.
-- A refund or dispute after a payout makes it negative; the next commissions fill it up again.
CREATE VIEW partner_standing AS
SELECT p.organization_id, s.account, s.held, s.open, greatest(s.account - s.held - s.open, 0)::bigint AS available, s.earned, s.paid
FROM partner p CROSS JOIN LATERAL (
  SELECT (SELECT coalesce(sum(CASE WHEN t.credit = 'payouts' THEN t.amount ELSE -t.amount END), 0)::bigint FROM transfer t
      WHERE t.organization_id = p.organization_id AND (t.debit = 'payouts' OR t.credit = 'payouts')) AS account,
    (SELECT coalesce(sum(c.amount_nano_usd - c.reversed_nano_usd), 0)::bigint FROM commission c
      WHERE c.partner_organization_id = p.organization_id AND c.available_at > now()) AS held,
    (SELECT coalesce(sum(o.amount_nano_usd), 0)::bigint FROM payout o
      WHERE o.organization_id = p.organization_id AND o.status IN ('requested', 'approved')) AS open,
    (SELECT coalesce(sum(c.amount_nano_usd - c.reversed_nano_usd), 0)::bigint FROM commission c
      WHERE c.partner_organization_id = p.organization_id) AS earned,
    (SELECT coalesce(sum(o.amount_nano_usd), 0)::bigint FROM payout o
      WHERE o.organization_id = p.organization_id AND o.status IN ('paid', 'converted')) AS paid) s;
--> statement-breakpoint
-- I18: commissions and payouts say what the ledger says, and nobody was paid more than was ever earned.
CREATE FUNCTION check_payouts() RETURNS TABLE (invariant text, organization_id text, subject text, detail text) LANGUAGE sql STABLE AS $$
  WITH book AS (
    SELECT t.organization_id,
      sum(CASE t.kind WHEN 'payout_earned' THEN t.amount WHEN 'payout_reversed' THEN -t.amount ELSE 0 END)::bigint AS earned,
      sum(CASE t.kind WHEN 'payout_paid' THEN t.amount WHEN 'payout_converted' THEN t.amount WHEN 'payout_returned' THEN -t.amount ELSE 0 END)::bigint AS paid,
      sum(CASE WHEN t.kind = 'payout_earned' THEN t.amount ELSE 0 END)::bigint AS gross
    FROM transfer t WHERE t.debit = 'payouts' OR t.credit = 'payouts' GROUP BY 1)
  SELECT 'I18', s.organization_id, 'commission', format('commissions come to %s, the ledger says %s', s.earned, coalesce(b.earned, 0))
  FROM partner_standing s LEFT JOIN book b USING (organization_id) WHERE s.earned <> coalesce(b.earned, 0)
  UNION ALL
  SELECT 'I18', s.organization_id, 'payout', format('payouts come to %s, the ledger says %s', s.paid, coalesce(b.paid, 0))
  FROM partner_standing s LEFT JOIN book b USING (organization_id) WHERE s.paid <> coalesce(b.paid, 0)
  UNION ALL
  SELECT 'I18', b.organization_id, 'payout', format('paid %s of %s ever earned', b.paid, b.gross)
  FROM book b WHERE b.paid > b.gross
  UNION ALL
  SELECT 'I18', c.partner_organization_id, c.order_id, format('%s earned on an order that is %s', c.amount_nano_usd - c.reversed_nano_usd, o.status)
  FROM commission c JOIN "order" o ON o.id = c.order_id
  WHERE o.status IN ('refunded') AND c.reversed_nano_usd < c.amount_nano_usd
    AND NOT EXISTS (SELECT 1 FROM refund r WHERE r.order_id = o.id AND r.status = 'pending')
$$;
