-- The model that answered, which is another one than was asked for after a fallback between models.
CREATE FUNCTION model_of(p_endpoint text, p_asked text) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT m.slug FROM endpoint n JOIN model m ON m.id = n.model_id WHERE n.id = p_endpoint), p_asked)
$$;
--> statement-breakpoint
-- As before, and under the name of the model that answered.
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
    SELECT e.id, e.organization_id, e.project_id, e.key_id, e.member_id, e.lease_id, model_of(a.endpoint_id, e.model_slug), a.endpoint_id, a.provider_slug,
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
      e.request ->> 'requestedModel', model_of(a.endpoint_id, e.model_slug), a.provider_slug, a.outcome, a.http_status, a.error_code, a.finish_reason,
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
--> statement-breakpoint
-- As before, and under the name of the model that answered.
CREATE OR REPLACE FUNCTION expire_intents(p_limit integer) RETURNS TABLE (id text, organization_id text, charged bigint) LANGUAGE sql AS $$
  WITH due AS (
    SELECT i.id FROM intent i WHERE i.state = 'started' AND i.expires_at < clock_timestamp()
    ORDER BY i.id LIMIT p_limit FOR UPDATE SKIP LOCKED
  ), ended AS (
    UPDATE intent i SET state = 'expired', cost = i.checkpoint, closed_at = clock_timestamp()
    FROM due WHERE i.id = due.id AND i.state = 'started' RETURNING i.*
  ), named AS (
    SELECT e.*, p.slug AS provider_slug FROM ended e
    LEFT JOIN endpoint n ON n.id = e.endpoint_id LEFT JOIN provider p ON p.id = n.provider_id
  ), recorded AS (
    INSERT INTO usage_record (id, organization_id, project_id, key_id, member_id, lease_id, model_slug, endpoint_id, provider_slug,
      price_version_id, cost, overrun, supplier_cost, lines, basis, created_at)
    SELECT n.id, n.organization_id, n.project_id, n.key_id, n.member_id, n.lease_id, model_of(n.endpoint_id, n.model_slug), n.endpoint_id,
      coalesce(n.provider_slug, 'unknown'), n.price_version_id, n.cost, lines_cost(n.checkpoint_lines) - n.cost,
      n.checkpoint_supplier_cost, n.checkpoint_lines, 'checkpoint', n.created_at
    FROM named n ORDER BY n.lease_id, n.id
  ), overrun AS (
    INSERT INTO transfer (id, organization_id, kind, source, debit, credit, amount)
    SELECT new_transfer_id(), n.organization_id, 'overrun', n.id, 'overrun', 'revenue', lines_cost(n.checkpoint_lines) - n.cost
    FROM named n WHERE lines_cost(n.checkpoint_lines) > n.cost
  ), logged AS (
    INSERT INTO request_log (id, organization_id, project_id, key_id, member_id, request_id, api, requested_model, model_slug,
      provider_slug, outcome, http_status, error_code, streamed, cost, input_tokens, output_tokens, attempts, created_at)
    SELECT n.id, n.organization_id, n.project_id, n.key_id, n.member_id, n.request ->> 'requestId', n.request ->> 'api',
      n.request ->> 'requestedModel', model_of(n.endpoint_id, n.model_slug), n.provider_slug, 'expired', 500, 'internal_error',
      (n.request ->> 'streamed')::boolean, n.cost, lines_tokens(n.checkpoint_lines, true), lines_tokens(n.checkpoint_lines, false), '[]', n.created_at
    FROM named n
  )
  SELECT e.id, e.organization_id, e.cost FROM ended e
$$;
