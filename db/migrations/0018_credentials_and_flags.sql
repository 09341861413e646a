CREATE TABLE "provider_credential" (
	"id" text PRIMARY KEY NOT NULL,
	"provider_id" text NOT NULL,
	"label" text NOT NULL,
	"ciphertext" text NOT NULL,
	"state" text DEFAULT 'active' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"disabled_at" timestamp with time zone,
	CONSTRAINT "provider_credential_label" UNIQUE("provider_id","label")
);
--> statement-breakpoint
ALTER TABLE "provider" ADD COLUMN "profile" text;
--> statement-breakpoint
ALTER TABLE "provider_credential" ADD CONSTRAINT "provider_credential_provider_id_provider_id_fk" FOREIGN KEY ("provider_id") REFERENCES "public"."provider"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
-- The one key that a provider had so far. Its id is made of the provider's, so that running this by hand twice is an error.
INSERT INTO provider_credential (id, provider_id, label, ciphertext)
SELECT 'crd_' || substr(id, 5), id, 'default', credential_ciphertext FROM provider WHERE credential_ciphertext IS NOT NULL;
--> statement-breakpoint
ALTER TABLE "provider" DROP COLUMN "credential_ciphertext";
--> statement-breakpoint
-- What was odd about an account; see UsageFlag in server/ledger.
ALTER TABLE usage_record ADD COLUMN flags text[] NOT NULL DEFAULT '{}';
--> statement-breakpoint
CREATE OR REPLACE FUNCTION finish_intents(p_batch jsonb) RETURNS TABLE (id text, verdict text, charged bigint) LANGUAGE sql AS $$
  WITH asked AS (
    SELECT * FROM jsonb_to_recordset(p_batch) AS x (id text, voided boolean, cost bigint, supplier_cost bigint, lines jsonb,
      basis text, raw_usage jsonb, flags text[], endpoint_id text, provider_slug text, price_version_id text, outcome text, http_status integer,
      error_code text, finish_reason text, input_tokens integer, output_tokens integer, attempts jsonb, ttft_ms integer, latency_ms integer)
  ), locked AS (
    SELECT i.id FROM intent i WHERE i.id IN (SELECT a.id FROM asked a) AND i.state = 'started' ORDER BY i.id FOR UPDATE
  ), ended AS (
    UPDATE intent i SET
      state = CASE WHEN a.voided THEN 'voided' ELSE 'settled' END,
      cost = CASE WHEN a.voided THEN 0 ELSE least(a.cost, i.reserved) END,
      closed_at = clock_timestamp()
    FROM asked a JOIN locked ON locked.id = a.id
    WHERE i.id = a.id AND i.state = 'started'
    RETURNING i.*
  ), recorded AS (
    INSERT INTO usage_record (id, organization_id, project_id, key_id, member_id, lease_id, model_slug, endpoint_id, provider_slug,
      price_version_id, cost, overrun, supplier_cost, lines, basis, raw_usage, flags, created_at)
    SELECT e.id, e.organization_id, e.project_id, e.key_id, e.member_id, e.lease_id, e.model_slug, a.endpoint_id, a.provider_slug,
      a.price_version_id, e.cost, a.cost - e.cost, a.supplier_cost, a.lines, a.basis, a.raw_usage, coalesce(a.flags, '{}'), e.created_at
    FROM ended e JOIN asked a ON a.id = e.id WHERE e.state = 'settled' ORDER BY e.lease_id, e.id
  ), overrun AS (
    INSERT INTO transfer (id, organization_id, kind, source, debit, credit, amount)
    SELECT new_transfer_id(), e.organization_id, 'overrun', e.id, 'overrun', 'revenue', a.cost - e.cost
    FROM ended e JOIN asked a ON a.id = e.id WHERE e.state = 'settled' AND a.cost > e.cost
  ), logged AS (
    INSERT INTO request_log (id, organization_id, project_id, key_id, member_id, request_id, api, requested_model, model_slug,
      provider_slug, outcome, http_status, error_code, finish_reason, streamed, cost, input_tokens, output_tokens, attempts,
      ttft_ms, latency_ms, created_at)
    SELECT e.id, e.organization_id, e.project_id, e.key_id, e.member_id, e.request ->> 'requestId', e.request ->> 'api',
      e.request ->> 'requestedModel', e.model_slug, a.provider_slug, a.outcome, a.http_status, a.error_code, a.finish_reason,
      (e.request ->> 'streamed')::boolean, e.cost, a.input_tokens, a.output_tokens, a.attempts, a.ttft_ms, a.latency_ms, e.created_at
    FROM ended e JOIN asked a ON a.id = e.id
  )
  SELECT a.id, CASE
      WHEN e.id IS NOT NULL THEN e.state
      WHEN i.id IS NULL THEN 'unknown'
      WHEN i.state = 'expired' THEN 'late'
      ELSE 'already' END,
    coalesce(e.cost, i.cost)
  FROM asked a LEFT JOIN ended e ON e.id = a.id LEFT JOIN intent i ON i.id = a.id
$$;
