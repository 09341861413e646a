ALTER TABLE "intent" ADD COLUMN "tokens" bigint DEFAULT 0 NOT NULL;
--> statement-breakpoint
-- As before, and: what it is expected to take of the tokens a minute.
CREATE OR REPLACE FUNCTION start_intents(p_batch jsonb) RETURNS TABLE (id text, verdict text) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  g record;
  v_free bigint;
BEGIN
  FOR g IN SELECT x.organization_id, x.lease_id FROM jsonb_to_recordset(p_batch) AS x (organization_id text, lease_id text)
      GROUP BY 1, 2 ORDER BY 1, 2 NULLS FIRST LOOP
    PERFORM pg_advisory_xact_lock_shared(organization_lock_key(g.organization_id));
    v_free := NULL;
    SELECT lease_free(l.id) INTO v_free FROM lease l WHERE l.id = g.lease_id AND l.organization_id = g.organization_id
      AND (l.state = 'open' OR (l.state = 'draining' AND l.drain_until > clock_timestamp()))
      AND (l.valid_until IS NULL OR l.valid_until > clock_timestamp());
    RETURN QUERY
    WITH asked AS (
      SELECT x.*, sum(x.reserved) OVER (ORDER BY x.id) AS running
      FROM jsonb_to_recordset(p_batch) AS x (id text, organization_id text, project_id text, key_id text, member_id text,
        lease_id text, model_slug text, endpoint_id text, price_version_id text, reserved bigint, ttl_ms bigint, request jsonb,
        limits_version bigint, admitted_at_ms bigint, tokens bigint)
      WHERE x.organization_id = g.organization_id AND x.lease_id IS NOT DISTINCT FROM g.lease_id
    ), judged AS (
      SELECT a.*, CASE
        WHEN k.id IS NULL OR k.status <> 'active' OR k.expires_at <= clock_timestamp() THEN 'key'
        WHEN o.status <> 'active' THEN 'suspended'
        WHEN a.limits_version <> o.limits_version THEN 'stale'
        WHEN a.reserved > 0 AND v_free IS NULL THEN 'closed'
        WHEN a.reserved > 0 AND a.running > v_free THEN 'short'
        ELSE 'ok' END AS verdict
      FROM asked a
      LEFT JOIN api_key k ON k.id = a.key_id AND k.organization_id = a.organization_id
      LEFT JOIN organization o ON o.id = a.organization_id
    ), inserted AS (
      INSERT INTO intent (id, organization_id, project_id, key_id, member_id, lease_id, model_slug, endpoint_id,
        price_version_id, reserved, tokens, state, request, created_at, admitted_at, expires_at)
      SELECT j.id, j.organization_id, j.project_id, j.key_id, j.member_id, j.lease_id, j.model_slug, j.endpoint_id,
        j.price_version_id, j.reserved, coalesce(j.tokens, 0), 'started', j.request, clock_timestamp(),
        coalesce(to_timestamp(j.admitted_at_ms / 1000.0), clock_timestamp()), clock_timestamp() + make_interval(secs => j.ttl_ms / 1000.0)
      FROM judged j WHERE j.verdict = 'ok' ORDER BY j.id
      ON CONFLICT (id) DO NOTHING
      RETURNING intent.id
    )
    SELECT j.id, CASE WHEN j.verdict = 'ok' AND i.id IS NULL THEN 'duplicate' ELSE j.verdict END
    FROM judged j LEFT JOIN inserted i ON i.id = j.id;
  END LOOP;
END $$;
--> statement-breakpoint
-- Which rate limit of a key or its organization cannot carry another request of so many tokens, by what Postgres knows: requests in
-- flight, and the request log of the last minute. Null when all can. In the order of the counters: key before organization, at once before
-- requests before tokens. An estimate above the whole allowance counts as the allowance, or it could never pass. Ids are made by
-- processes, so the look-up goes back one more minute than the count.
CREATE FUNCTION rate_refusal(p_organization text, p_key text, p_tokens bigint) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_now timestamptz := clock_timestamp();
  v_from text := first_generation_id(v_now - interval '2 minutes');
  v_refusal jsonb;
BEGIN
  IF NOT EXISTS (SELECT 1 FROM organization o LEFT JOIN api_key k ON k.id = p_key
      WHERE o.id = p_organization AND num_nonnulls(o.requests_per_minute, o.tokens_per_minute, o.max_concurrent,
        k.requests_per_minute, k.tokens_per_minute, k.max_concurrent) > 0) THEN
    RETURN NULL;
  END IF;
  WITH seen AS (
    SELECT i.key_id, i.tokens, i.created_at, true AS running FROM intent i
    WHERE i.organization_id = p_organization AND i.state = 'started'
    UNION ALL
    SELECT l.key_id, l.input_tokens + l.output_tokens, l.created_at, false FROM request_log l
    WHERE l.organization_id = p_organization AND l.id >= v_from AND l.created_at > v_now - interval '1 minute'
  ), used AS (
    SELECT s.place, s.scope, s.requests AS request_limit, s.tokens AS token_limit, s.concurrent AS concurrent_limit,
      count(*) FILTER (WHERE u.running) AS running,
      count(*) FILTER (WHERE u.created_at > v_now - interval '1 minute') AS requests,
      coalesce(sum(u.tokens) FILTER (WHERE u.running OR u.created_at > v_now - interval '1 minute'), 0) AS tokens,
      greatest(1000, ceil(extract(epoch FROM min(u.created_at) FILTER (WHERE u.created_at > v_now - interval '1 minute')
        + interval '1 minute' - v_now) * 1000))::bigint AS wait_ms
    FROM (SELECT 1 AS place, 'key' AS scope, k.requests_per_minute AS requests, k.tokens_per_minute AS tokens, k.max_concurrent AS concurrent
        FROM api_key k WHERE k.id = p_key
      UNION ALL
      SELECT 2, 'organization', o.requests_per_minute, o.tokens_per_minute, o.max_concurrent FROM organization o WHERE o.id = p_organization) s
    LEFT JOIN seen u ON s.scope = 'organization' OR u.key_id = p_key
    GROUP BY 1, 2, 3, 4, 5
  )
  SELECT jsonb_build_object('which', t.which, 'scope', t.scope, 'limit', t.allowed, 'retryAfterMs', t.wait_ms) INTO v_refusal
  FROM (
    SELECT place, 1 AS rank, scope, 'concurrent' AS which, concurrent_limit AS allowed, running + 1 AS wanted, 1000::bigint AS wait_ms FROM used
    UNION ALL SELECT place, 2, scope, 'requests', request_limit, requests + 1, coalesce(wait_ms, 1000) FROM used
    UNION ALL SELECT place, 3, scope, 'tokens', token_limit, tokens + least(p_tokens, token_limit), coalesce(wait_ms, 1000) FROM used
  ) t WHERE t.wanted > t.allowed ORDER BY t.place, t.rank LIMIT 1;
  RETURN v_refusal;
END $$;
--> statement-breakpoint
-- As before, with all the rates that an organization and its keys name: requests and tokens a minute, and at once.
CREATE OR REPLACE FUNCTION strict_start_intents(p_batch jsonb) RETURNS TABLE (id text, verdict text, detail jsonb) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  a record;
  b balance%ROWTYPE;
  locked text := '';
  v_verdict text;
  v_detail jsonb;
  take_promotional bigint;
  take_committed bigint;
BEGIN
  FOR a IN SELECT * FROM jsonb_to_recordset(p_batch) AS x (id text, organization_id text, project_id text, key_id text, member_id text,
      lease_id text, model_slug text, endpoint_id text, price_version_id text, reserved bigint, ttl_ms bigint, request jsonb, tokens bigint)
      ORDER BY organization_id, id LOOP
    IF locked <> a.organization_id THEN
      locked := a.organization_id;
      PERFORM pg_advisory_xact_lock(organization_lock_key(locked));
      PERFORM expire_grants(locked);
      IF EXISTS (SELECT 1 FROM lease WHERE organization_id = locked AND state IN ('open', 'draining')) THEN
        PERFORM close_leases(locked, NULL);
      END IF;
    END IF;
    v_verdict := 'ok';
    v_detail := NULL;
    SELECT CASE
        WHEN k.id IS NULL OR k.status <> 'active' OR k.expires_at <= clock_timestamp() THEN 'key'
        WHEN o.status <> 'active' THEN 'suspended'
        WHEN EXISTS (SELECT 1 FROM intent i WHERE i.id = a.id) THEN 'duplicate'
        ELSE 'ok' END
      INTO v_verdict
      FROM organization o LEFT JOIN api_key k ON k.id = a.key_id AND k.organization_id = o.id
      WHERE o.id = a.organization_id;
    v_verdict := coalesce(v_verdict, 'key');
    IF v_verdict = 'ok' THEN
      v_detail := rate_refusal(a.organization_id, a.key_id, coalesce(a.tokens, 0));
      IF v_detail IS NOT NULL THEN
        v_verdict := 'rate';
      END IF;
    END IF;
    IF v_verdict = 'ok' AND a.reserved > 0 THEN
      SELECT 'cap', jsonb_build_object('id', x.id, 'scope', x.scope, 'scopeId', x.scope_id, 'window', x."window",
          'limit', x.amount::text, 'spent', s.spent::text, 'reserved', s.reserved::text, 'resetsAtMs', epoch_ms(s.resets_at))
        INTO v_verdict, v_detail
        FROM budget x JOIN budget_standing(a.organization_id, clock_timestamp()) s ON s.budget_id = x.id
        WHERE x.organization_id = a.organization_id AND x.is_hard AND s.spent + s.reserved + a.reserved > x.amount
          AND budget_binds(x.scope, x.scope_id, a.organization_id, a.project_id, a.member_id, a.key_id)
        ORDER BY x.amount - s.spent - s.reserved, x.id LIMIT 1;
      v_verdict := coalesce(v_verdict, 'ok');
    END IF;
    IF v_verdict = 'ok' AND a.reserved > 0 THEN
      SELECT * INTO b FROM balance WHERE organization_id = locked;
      IF coalesce(b.promotional + b.committed + b.paid, 0) < a.reserved THEN
        PERFORM close_leases(locked, NULL);
        SELECT * INTO b FROM balance WHERE organization_id = locked;
      END IF;
      IF coalesce(b.debt, 0) > 0 OR coalesce(b.promotional + b.committed + b.paid, 0) < a.reserved THEN
        v_verdict := 'insufficient';
        v_detail := jsonb_build_object(
          'available', CASE WHEN b.debt > 0 THEN 0 ELSE coalesce(b.promotional + b.committed + b.paid, 0) END::text,
          'reserved', (SELECT coalesce(sum(i.reserved), 0) FROM intent i WHERE i.organization_id = locked AND i.state = 'started')::text);
      ELSE
        take_promotional := least(b.promotional, a.reserved);
        take_committed := least(b.committed, a.reserved - take_promotional);
        UPDATE balance SET promotional = promotional - take_promotional, committed = committed - take_committed,
          paid = paid - (a.reserved - take_promotional - take_committed) WHERE organization_id = locked;
        INSERT INTO lease (id, organization_id, granted, from_promotional, from_committed, from_paid, state, opened_at)
          VALUES (a.lease_id, locked, a.reserved, take_promotional, take_committed, a.reserved - take_promotional - take_committed,
            'closing', clock_timestamp());
        INSERT INTO transfer (id, organization_id, kind, source, debit, credit, amount)
          SELECT new_transfer_id(), locked, 'lease_grant', a.lease_id || ':' || bucket, bucket, 'leased', amount
          FROM (VALUES ('promotional', take_promotional), ('committed', take_committed),
            ('paid', a.reserved - take_promotional - take_committed)) AS t (bucket, amount) WHERE amount > 0;
      END IF;
    END IF;
    IF v_verdict = 'ok' THEN
      INSERT INTO intent (id, organization_id, project_id, key_id, member_id, lease_id, model_slug, endpoint_id,
        price_version_id, reserved, tokens, state, request, created_at, admitted_at, expires_at)
      VALUES (a.id, a.organization_id, a.project_id, a.key_id, a.member_id, CASE WHEN a.reserved > 0 THEN a.lease_id END, a.model_slug,
        a.endpoint_id, a.price_version_id, a.reserved, coalesce(a.tokens, 0), 'started', a.request, clock_timestamp(), clock_timestamp(),
        clock_timestamp() + make_interval(secs => a.ttl_ms / 1000.0));
    END IF;
    RETURN QUERY SELECT a.id, v_verdict, v_detail;
  END LOOP;
END $$;
--> statement-breakpoint
-- What a rotation could lend now, and what requests in flight hold: without a lock, for callers that wait for a refill of somebody else.
CREATE FUNCTION lendable(p_organization text, OUT available bigint, OUT reserved bigint) LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT CASE WHEN b.debt > 0 THEN 0 ELSE b.promotional + b.committed + b.paid END FROM balance b
      WHERE b.organization_id = p_organization), 0)
    + coalesce((SELECT sum(greatest(lease_free(l.id), 0)) FROM lease l JOIN balance b ON b.organization_id = l.organization_id
      WHERE l.organization_id = p_organization AND l.state <> 'closed' AND b.debt = 0), 0)::bigint,
    coalesce((SELECT sum(i.reserved) FROM intent i WHERE i.organization_id = p_organization AND i.state = 'started'), 0)::bigint
$$;
--> statement-breakpoint
-- As before; the model that answered is looked up once for a batch, not twice for every request of it.
CREATE OR REPLACE FUNCTION finish_intents(p_batch jsonb) RETURNS TABLE (id text, verdict text, charged bigint) LANGUAGE sql AS $$
  WITH asked AS (
    SELECT x.*, m.slug AS answered_by FROM jsonb_to_recordset(p_batch) AS x (id text, voided boolean, cost bigint, supplier_cost bigint, lines jsonb,
      basis text, raw_usage jsonb, flags text[], endpoint_id text, provider_slug text, price_version_id text, outcome text, http_status integer,
      error_code text, finish_reason text, input_tokens integer, output_tokens integer, attempts jsonb, ttft_ms integer, latency_ms integer)
      LEFT JOIN endpoint n ON n.id = x.endpoint_id LEFT JOIN model m ON m.id = n.model_id
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
    SELECT e.id, e.organization_id, e.project_id, e.key_id, e.member_id, e.lease_id, coalesce(a.answered_by, e.model_slug), a.endpoint_id, a.provider_slug,
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
      e.request ->> 'requestedModel', coalesce(a.answered_by, e.model_slug), a.provider_slug, a.outcome, a.http_status, a.error_code, a.finish_reason,
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
-- Raises the alerts of thresholds that were reached, each once per budget, threshold and window. A calendar window that has ended
-- is looked at until the next one has ended too, so that a late sweeper, or a request that ended late, still raises what it reached; unless
-- the budget was set or changed since, because then it would be judged by terms that did not hold. A rolling window raises a
-- threshold again only when its length has passed since the last time.
CREATE OR REPLACE FUNCTION raise_budget_alerts() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  done integer;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtextextended('budget_alerts', 0)) THEN RETURN 0; END IF;
  WITH watched AS (
    SELECT b.id, w.starts, w.ends, w.span FROM budget b
    CROSS JOIN LATERAL budget_window(b."window", b.is_rolling, now()) w
    UNION ALL
    SELECT b.id, w.starts, w.ends, w.span FROM budget b
    CROSS JOIN LATERAL budget_window(b."window", b.is_rolling, now()) n
    CROSS JOIN LATERAL budget_window(b."window", b.is_rolling, n.starts - interval '1 millisecond') w
    WHERE NOT b.is_rolling AND b."window" <> 'total' AND greatest(b.created_at, b.updated_at) < w.ends
  ), reached AS (
    SELECT b.id, b.organization_id, b.amount, b.is_rolling, t.threshold, w.starts, w.span, u.spent
    FROM watched w JOIN budget b ON b.id = w.id
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(c.spent), 0)::bigint AS spent FROM cap_usage c
      WHERE c.organization_id = b.organization_id AND c.scope = b.scope AND c.scope_id = b.scope_id
        AND c.bucket >= w.starts AND (b.is_rolling OR c.bucket < w.ends)) u
    CROSS JOIN LATERAL unnest(b.thresholds) AS t (threshold)
    WHERE u.spent * 100.0 >= b.amount::numeric * t.threshold
  ), raised AS (
    INSERT INTO budget_alert (id, organization_id, budget_id, threshold, window_starts_at, amount, spent)
    SELECT 'bal_' || replace(gen_random_uuid()::text, '-', ''), r.organization_id, r.id, r.threshold, r.starts, r.amount, r.spent
    FROM reached r WHERE NOT (r.is_rolling AND EXISTS (SELECT 1 FROM budget_alert x
      WHERE x.budget_id = r.id AND x.threshold = r.threshold AND x.raised_at > now() - r.span))
    ON CONFLICT (budget_id, threshold, window_starts_at) DO NOTHING
    RETURNING 1)
  SELECT count(*) INTO done FROM raised;
  RETURN done;
END $$;
