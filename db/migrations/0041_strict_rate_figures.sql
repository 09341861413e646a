-- What was taken of the rates of a key and of its organization in the last minute, by what Postgres knows: requests in flight, and the
-- request log. Ids are made by processes, so the look-up goes back one more minute than the count. `wait_ms` is when the first of them
-- falls out of the minute, `reset_ms` when the last does; null when there is none.
CREATE FUNCTION rate_use(p_organization text, p_key text) RETURNS TABLE (place integer, scope text, request_limit bigint,
  token_limit bigint, concurrent_limit bigint, running bigint, requests bigint, tokens bigint, wait_ms bigint, reset_ms bigint)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
  v_now timestamptz := clock_timestamp();
  v_from text := first_generation_id(v_now - interval '2 minutes');
BEGIN
  RETURN QUERY
  WITH seen AS (
    SELECT i.key_id, i.tokens, i.created_at, true AS running FROM intent i
    WHERE i.organization_id = p_organization AND i.state = 'started'
    UNION ALL
    SELECT l.key_id, l.input_tokens + l.output_tokens, l.created_at, false FROM request_log l
    WHERE l.organization_id = p_organization AND l.id >= v_from AND l.created_at > v_now - interval '1 minute'
  )
  SELECT s.place, s.scope, s.requests::bigint, s.tokens::bigint, s.concurrent::bigint,
    count(*) FILTER (WHERE u.running),
    count(*) FILTER (WHERE u.created_at > v_now - interval '1 minute'),
    coalesce(sum(u.tokens) FILTER (WHERE u.running OR u.created_at > v_now - interval '1 minute'), 0)::bigint,
    greatest(1000, ceil(extract(epoch FROM min(u.created_at) FILTER (WHERE u.created_at > v_now - interval '1 minute')
      + interval '1 minute' - v_now) * 1000))::bigint,
    ceil(extract(epoch FROM max(u.created_at) FILTER (WHERE u.created_at > v_now - interval '1 minute')
      + interval '1 minute' - v_now) * 1000)::bigint
  FROM (SELECT 1 AS place, 'key' AS scope, k.requests_per_minute AS requests, k.tokens_per_minute AS tokens, k.max_concurrent AS concurrent
      FROM api_key k WHERE k.id = p_key AND k.organization_id = p_organization
    UNION ALL
    SELECT 2, 'organization', o.requests_per_minute, o.tokens_per_minute, o.max_concurrent FROM organization o WHERE o.id = p_organization) s
  LEFT JOIN seen u ON s.scope = 'organization' OR u.key_id = p_key
  GROUP BY 1, 2, 3, 4, 5 ORDER BY 1;
END $$;
--> statement-breakpoint
-- As before, by `rate_use`.
CREATE OR REPLACE FUNCTION rate_refusal(p_organization text, p_key text, p_tokens bigint) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_refusal jsonb;
BEGIN
  IF NOT EXISTS (SELECT 1 FROM organization o LEFT JOIN api_key k ON k.id = p_key
      WHERE o.id = p_organization AND num_nonnulls(o.requests_per_minute, o.tokens_per_minute, o.max_concurrent,
        k.requests_per_minute, k.tokens_per_minute, k.max_concurrent) > 0) THEN
    RETURN NULL;
  END IF;
  WITH used AS (SELECT * FROM rate_use(p_organization, p_key))
  SELECT jsonb_build_object('which', t.which, 'scope', t.scope, 'limit', t.allowed, 'retryAfterMs', t.wait_ms) INTO v_refusal
  FROM (
    SELECT place, 1 AS rank, scope, 'concurrent' AS which, concurrent_limit AS allowed, running + 1 AS wanted, 1000::bigint AS wait_ms FROM used
    UNION ALL SELECT place, 2, scope, 'requests', request_limit, requests + 1, coalesce(wait_ms, 1000) FROM used
    UNION ALL SELECT place, 3, scope, 'tokens', token_limit, tokens + least(p_tokens, token_limit), coalesce(wait_ms, 1000) FROM used
  ) t WHERE t.wanted > t.allowed ORDER BY t.place, t.rank LIMIT 1;
  RETURN v_refusal;
END $$;
--> statement-breakpoint
-- Admission by Postgres alone, with what is left of the rates afterwards: answers tell it to the client. Once for a key, whatever
-- number of its requests there are.
CREATE FUNCTION strict_admit_intents(p_batch jsonb) RETURNS TABLE (id text, verdict text, detail jsonb, rates jsonb) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  a record;
  v_known jsonb := '{}';
  v_rates jsonb;
BEGIN
  FOR a IN SELECT s.id, s.verdict, s.detail, x.organization_id, x.key_id
      FROM strict_start_intents(p_batch) s
      JOIN jsonb_to_recordset(p_batch) AS x (id text, organization_id text, key_id text) ON x.id = s.id LOOP
    v_rates := v_known -> a.key_id;
    IF v_rates IS NULL THEN
      SELECT coalesce(jsonb_agg(jsonb_build_object('scope', u.scope, 'requestLimit', u.request_limit, 'tokenLimit', u.token_limit,
          'requests', u.requests, 'tokens', u.tokens, 'resetMs', coalesce(u.reset_ms, 0)) ORDER BY u.place), '[]')
        INTO v_rates FROM rate_use(a.organization_id, a.key_id) u;
      v_known := v_known || jsonb_build_object(a.key_id, v_rates);
    END IF;
    RETURN QUERY SELECT a.id, a.verdict, a.detail, v_rates;
  END LOOP;
END $$;
