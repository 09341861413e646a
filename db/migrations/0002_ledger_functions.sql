-- The settlement protocol (MONEY.md §4.3) as SQL functions: one call per step, verdicts as values.
-- Lock order everywhere: organization (advisory) → balance → lease → intent. Batches are sorted by organization, then id.

-- Append-only: what was written about money stays as it was written.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
--> statement-breakpoint
CREATE TRIGGER transfer_append_only BEFORE UPDATE OR DELETE ON transfer FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER usage_record_append_only BEFORE UPDATE OR DELETE ON usage_record FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE FUNCTION organization_lock_key(organization text) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN hashtextextended(organization, 20260901);
--> statement-breakpoint
-- Ids made inside the database: the prefix, then random; their order is never relied on.
CREATE FUNCTION new_transfer_id() RETURNS text LANGUAGE sql VOLATILE
  RETURN 'trf_' || replace(gen_random_uuid()::text, '-', '');
--> statement-breakpoint

-- Money in. Exactly once per (source, kind): a repeated call changes nothing and answers false.
-- bucket is promotional, committed or paid; a debt is paid back first.
CREATE FUNCTION credit_balance(p_organization text, p_kind text, p_bucket text, p_source text, p_amount bigint, p_memo text)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  owed bigint;
  repaid bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(organization_lock_key(p_organization));
  INSERT INTO balance (organization_id) VALUES (p_organization) ON CONFLICT DO NOTHING;
  SELECT debt INTO owed FROM balance WHERE organization_id = p_organization FOR UPDATE;
  INSERT INTO transfer (id, organization_id, kind, source, debit, credit, amount, memo)
    VALUES (new_transfer_id(), p_organization, p_kind, p_source,
      CASE p_kind WHEN 'top_up' THEN 'clearing' ELSE 'platform' END, p_bucket, p_amount, p_memo)
    ON CONFLICT (source, kind) DO NOTHING;
  IF NOT FOUND THEN RETURN false; END IF;
  repaid := least(owed, p_amount);
  IF repaid > 0 THEN
    INSERT INTO transfer (id, organization_id, kind, source, debit, credit, amount)
      VALUES (new_transfer_id(), p_organization, 'debt_repaid', p_source, p_bucket, 'debt', repaid);
  END IF;
  UPDATE balance SET
    debt = debt - repaid,
    promotional = promotional + CASE p_bucket WHEN 'promotional' THEN p_amount - repaid ELSE 0 END,
    committed = committed + CASE p_bucket WHEN 'committed' THEN p_amount - repaid ELSE 0 END,
    paid = paid + CASE p_bucket WHEN 'paid' THEN p_amount - repaid ELSE 0 END
  WHERE organization_id = p_organization;
  RETURN true;
END $$;
--> statement-breakpoint

-- What a lease still holds: granted − returned − settled − reserved in flight, and how many requests are in flight,
-- both of one snapshot. Free is negative only after the counter store went back in time.
CREATE FUNCTION lease_use(p_lease text, OUT free bigint, OUT started bigint) LANGUAGE sql STABLE AS $$
  SELECT l.granted - l.returned - coalesce(i.used, 0)::bigint, coalesce(i.started, 0)
  FROM lease l LEFT JOIN LATERAL (
    SELECT sum(CASE WHEN state = 'started' THEN reserved ELSE cost END) AS used,
      count(*) FILTER (WHERE state = 'started') AS started
    FROM intent WHERE lease_id = l.id) i ON true
  WHERE l.id = p_lease
$$;
--> statement-breakpoint
CREATE FUNCTION lease_free(p_lease text) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT free FROM lease_use(p_lease)
$$;
--> statement-breakpoint

-- Gives the free money of one draining or closing lease back and closes it when nothing is in flight. A lease is spent
-- promotional first, then committed, then paid, so what is left belongs to the buckets in reverse order.
-- The caller holds the organization lock, so no intent can start under the lease meanwhile; settling only adds free money.
CREATE FUNCTION reclaim_lease(p_lease text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  l lease%ROWTYPE;
  u record;
  kept_before bigint;
  kept_after bigint;
  back_promotional bigint;
  back_committed bigint;
  back_paid bigint;
BEGIN
  SELECT * INTO STRICT l FROM lease WHERE id = p_lease FOR UPDATE;
  SELECT * INTO STRICT u FROM lease_use(p_lease);
  IF u.free > 0 THEN
    kept_before := l.granted - l.returned;
    kept_after := kept_before - u.free;
    back_promotional := least(l.from_promotional, kept_before) - least(l.from_promotional, kept_after);
    back_committed := least(l.from_promotional + l.from_committed, kept_before)
      - least(l.from_promotional + l.from_committed, kept_after) - back_promotional;
    back_paid := u.free - back_promotional - back_committed;
    INSERT INTO transfer (id, organization_id, kind, source, debit, credit, amount)
      SELECT new_transfer_id(), l.organization_id, 'lease_return', p_lease || ':' || bucket || ':' || kept_after, 'leased', bucket, amount
      FROM (VALUES ('promotional', back_promotional), ('committed', back_committed), ('paid', back_paid)) AS b (bucket, amount)
      WHERE amount > 0;
    UPDATE balance SET promotional = promotional + back_promotional, committed = committed + back_committed, paid = paid + back_paid
      WHERE organization_id = l.organization_id;
    UPDATE lease SET returned = returned + u.free WHERE id = p_lease;
  ELSIF u.free < 0 AND u.started = 0 THEN
    -- More was settled than was lent: book what is missing as debt, visibly, and level the lease.
    INSERT INTO transfer (id, organization_id, kind, source, debit, credit, amount)
      VALUES (new_transfer_id(), l.organization_id, 'debt', p_lease, 'debt', 'leased', -u.free);
    UPDATE balance SET debt = debt - u.free WHERE organization_id = l.organization_id;
    UPDATE lease SET granted = granted - u.free, from_paid = from_paid - u.free WHERE id = p_lease;
  END IF;
  UPDATE lease SET
    state = CASE WHEN u.started = 0 THEN 'closed' ELSE 'closing' END,
    closed_at = CASE WHEN u.started = 0 THEN clock_timestamp() END
  WHERE id = p_lease;
  RETURN u.free;
END $$;
--> statement-breakpoint

-- Refill and recovery in one: drain the open lease, take back what is free, lend a new slice.
-- verdict: ok | insufficient. When insufficient nothing changes, and `available` is all that could have been lent.
-- p_minimum is the reserve that the caller needs; the lease is never smaller.
CREATE FUNCTION rotate_lease(p_organization text, p_lease text, p_minimum bigint, p_cap bigint, p_drain_ms integer)
RETURNS TABLE (verdict text, granted bigint, available bigint, reserved bigint) LANGUAGE plpgsql AS $$
DECLARE
  b balance%ROWTYPE;
  l record;
  reclaimable bigint := 0;
  in_flight bigint;
  total bigint;
  recent bigint;
  target bigint;
  take_promotional bigint;
  take_committed bigint;
  take_paid bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(organization_lock_key(p_organization));
  SELECT * INTO b FROM balance WHERE organization_id = p_organization FOR UPDATE;
  IF NOT FOUND THEN
    RETURN QUERY SELECT 'insufficient', 0::bigint, 0::bigint, 0::bigint;
    RETURN;
  END IF;
  -- The same call again after its answer was lost.
  IF EXISTS (SELECT 1 FROM lease x WHERE x.id = p_lease) THEN
    RETURN QUERY SELECT 'ok', x.granted, 0::bigint, 0::bigint FROM lease x WHERE x.id = p_lease;
    RETURN;
  END IF;
  SELECT coalesce(sum(greatest(lease_free(x.id), 0)), 0)::bigint INTO reclaimable
    FROM lease x WHERE x.organization_id = p_organization AND x.state <> 'closed';
  SELECT coalesce(sum(i.reserved), 0)::bigint INTO in_flight
    FROM intent i WHERE i.organization_id = p_organization AND i.state = 'started';
  total := b.promotional + b.committed + b.paid + reclaimable;
  IF b.debt > 0 OR total < p_minimum OR total = 0 THEN
    RETURN QUERY SELECT 'insufficient', 0::bigint, CASE WHEN b.debt > 0 THEN 0::bigint ELSE total END, in_flight;
    RETURN;
  END IF;

  UPDATE lease SET state = 'draining', drain_until = clock_timestamp() + make_interval(secs => p_drain_ms / 1000.0)
    WHERE organization_id = p_organization AND state = 'open';
  SELECT coalesce(sum(x.granted), 0)::bigint INTO recent
    FROM lease x WHERE x.organization_id = p_organization AND x.opened_at > now() - interval '10 seconds';
  target := greatest(p_minimum, least(greatest(total / 4, 8 * p_minimum, recent), p_cap));
  -- Leases whose drain is over are reclaimed; at the last dollar those still draining too, before a caller is refused.
  FOR l IN SELECT x.id, x.state, x.drain_until FROM lease x
      WHERE x.organization_id = p_organization AND x.state IN ('draining', 'closing') ORDER BY x.id LOOP
    SELECT * INTO b FROM balance WHERE organization_id = p_organization;
    IF l.state = 'closing' OR l.drain_until <= clock_timestamp() OR b.promotional + b.committed + b.paid < target THEN
      PERFORM reclaim_lease(l.id);
    END IF;
  END LOOP;

  SELECT * INTO b FROM balance WHERE organization_id = p_organization;
  target := least(target, b.promotional + b.committed + b.paid);
  take_promotional := least(b.promotional, target);
  take_committed := least(b.committed, target - take_promotional);
  take_paid := target - take_promotional - take_committed;
  UPDATE balance SET promotional = promotional - take_promotional, committed = committed - take_committed, paid = paid - take_paid
    WHERE organization_id = p_organization;
  INSERT INTO lease (id, organization_id, granted, from_promotional, from_committed, from_paid, state, opened_at)
    VALUES (p_lease, p_organization, target, take_promotional, take_committed, take_paid, 'open', clock_timestamp());
  INSERT INTO transfer (id, organization_id, kind, source, debit, credit, amount)
    SELECT new_transfer_id(), p_organization, 'lease_grant', p_lease || ':' || bucket, bucket, 'leased', amount
    FROM (VALUES ('promotional', take_promotional), ('committed', take_committed), ('paid', take_paid)) AS t (bucket, amount)
    WHERE amount > 0;
  RETURN QUERY SELECT 'ok', target, b.promotional + b.committed + b.paid - target, in_flight;
END $$;
--> statement-breakpoint

-- Durable word before the provider is called. A batch of requests of any organizations; each gets its own verdict:
-- ok | duplicate | closed (the lease is fenced) | short (the lease cannot carry it) | key (not usable) | suspended.
-- The state of the key and of the organization is read here, so a revocation acts on the very next request of any process.
CREATE FUNCTION start_intents(p_batch jsonb) RETURNS TABLE (id text, verdict text) LANGUAGE plpgsql AS $$
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
      AND (l.state = 'open' OR (l.state = 'draining' AND l.drain_until > clock_timestamp()));
    RETURN QUERY
    WITH asked AS (
      SELECT x.*, sum(x.reserved) OVER (ORDER BY x.id) AS running
      FROM jsonb_to_recordset(p_batch) AS x (id text, organization_id text, project_id text, key_id text, member_id text,
        lease_id text, model_slug text, endpoint_id text, price_version_id text, reserved bigint, ttl_ms bigint, request jsonb)
      WHERE x.organization_id = g.organization_id AND x.lease_id IS NOT DISTINCT FROM g.lease_id
    ), judged AS (
      SELECT a.*, CASE
        WHEN k.id IS NULL OR k.status <> 'active' OR k.expires_at <= clock_timestamp() THEN 'key'
        WHEN o.status <> 'active' THEN 'suspended'
        WHEN a.reserved > 0 AND v_free IS NULL THEN 'closed'
        WHEN a.reserved > 0 AND a.running > v_free THEN 'short'
        ELSE 'ok' END AS verdict
      FROM asked a
      LEFT JOIN api_key k ON k.id = a.key_id AND k.organization_id = a.organization_id
      LEFT JOIN organization o ON o.id = a.organization_id
    ), inserted AS (
      INSERT INTO intent (id, organization_id, project_id, key_id, member_id, lease_id, model_slug, endpoint_id,
        price_version_id, reserved, state, request, created_at, expires_at)
      SELECT j.id, j.organization_id, j.project_id, j.key_id, j.member_id, j.lease_id, j.model_slug, j.endpoint_id,
        j.price_version_id, j.reserved, 'started', j.request, clock_timestamp(), clock_timestamp() + make_interval(secs => j.ttl_ms / 1000.0)
      FROM judged j WHERE j.verdict = 'ok' ORDER BY j.id
      ON CONFLICT (id) DO NOTHING
      RETURNING intent.id
    )
    SELECT j.id, CASE WHEN j.verdict = 'ok' AND i.id IS NULL THEN 'duplicate' ELSE j.verdict END
    FROM judged j LEFT JOIN inserted i ON i.id = j.id;
  END LOOP;
END $$;
--> statement-breakpoint

-- Best effort while a stream runs: what would be owed if the process died now. Only ever grows.
CREATE FUNCTION checkpoint_intents(p_batch jsonb) RETURNS void LANGUAGE sql AS $$
  UPDATE intent i SET checkpoint = least(x.cost, i.reserved), checkpoint_lines = x.lines, checkpoint_supplier_cost = x.supplier_cost,
    endpoint_id = x.endpoint_id, price_version_id = x.price_version_id
  FROM jsonb_to_recordset(p_batch) AS x (id text, cost bigint, supplier_cost bigint, lines jsonb, endpoint_id text, price_version_id text)
  WHERE i.id = x.id AND i.state = 'started' AND least(x.cost, i.reserved) > i.checkpoint
$$;
--> statement-breakpoint

-- The amount that price lines come to: Σ quantity × price, rounded up once. The same rule as server/platform/money.ts.
CREATE FUNCTION lines_cost(p_lines jsonb) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(ceil(sum((l ->> 'quantity')::numeric * (l ->> 'priceNanoUsdPerMillion')::numeric) / 1000000), 0)::bigint
  FROM jsonb_array_elements(p_lines) AS l
$$;
--> statement-breakpoint

-- Tokens of price lines: of the prompt side, or of the answer side.
CREATE FUNCTION lines_tokens(p_lines jsonb, p_prompt boolean) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(sum((l ->> 'quantity')::bigint), 0)::integer FROM jsonb_array_elements(p_lines) AS l
  WHERE CASE WHEN p_prompt THEN l ->> 'unit' IN ('input', 'cached_input', 'cache_write', 'cache_write_1h', 'audio_input')
    ELSE l ->> 'unit' IN ('output', 'reasoning', 'audio_output') END
$$;
--> statement-breakpoint

-- The end of requests. state change, usage record, overrun and log row of each are one transaction, and happen once.
-- verdict: settled | voided | already (someone else ended it) | late (expired meanwhile: use correct_intent) | unknown.
CREATE FUNCTION finish_intents(p_batch jsonb) RETURNS TABLE (id text, verdict text, charged bigint) LANGUAGE sql AS $$
  WITH asked AS (
    SELECT * FROM jsonb_to_recordset(p_batch) AS x (id text, voided boolean, cost bigint, supplier_cost bigint, lines jsonb,
      basis text, raw_usage jsonb, endpoint_id text, provider_slug text, price_version_id text, outcome text, http_status integer,
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
      price_version_id, cost, overrun, supplier_cost, lines, basis, raw_usage, created_at)
    SELECT e.id, e.organization_id, e.project_id, e.key_id, e.member_id, e.lease_id, e.model_slug, a.endpoint_id, a.provider_slug,
      a.price_version_id, e.cost, a.cost - e.cost, a.supplier_cost, a.lines, a.basis, a.raw_usage, e.created_at
    FROM ended e JOIN asked a ON a.id = e.id WHERE e.state = 'settled'
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
--> statement-breakpoint

-- A true cost that arrives after expiry: charged once, within 24 hours, never above the reserve, and only as far as
-- unleased money carries it; the platform bears the rest. Answers the amount charged.
CREATE FUNCTION correct_intent(p_id text, p_cost bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  v_organization text;
  b balance%ROWTYPE;
  due bigint;
  take_promotional bigint;
  take_committed bigint;
  take_paid bigint;
BEGIN
  SELECT organization_id INTO v_organization FROM intent WHERE id = p_id;
  IF NOT FOUND THEN RETURN 0; END IF;
  PERFORM pg_advisory_xact_lock(organization_lock_key(v_organization));
  SELECT * INTO b FROM balance WHERE organization_id = v_organization FOR UPDATE;
  SELECT least(p_cost, reserved) - cost INTO due FROM intent
    WHERE id = p_id AND state = 'expired' AND corrected IS NULL AND closed_at > now() - interval '24 hours' FOR UPDATE;
  IF NOT FOUND OR due <= 0 THEN RETURN 0; END IF;
  take_promotional := least(b.promotional, due);
  take_committed := least(b.committed, due - take_promotional);
  take_paid := least(b.paid, due - take_promotional - take_committed);
  INSERT INTO transfer (id, organization_id, kind, source, debit, credit, amount)
    SELECT new_transfer_id(), v_organization, 'correction', p_id || ':' || bucket, bucket, 'revenue', amount
    FROM (VALUES ('promotional', take_promotional), ('committed', take_committed), ('paid', take_paid)) AS t (bucket, amount)
    WHERE amount > 0;
  UPDATE balance SET promotional = promotional - take_promotional, committed = committed - take_committed, paid = paid - take_paid
    WHERE organization_id = v_organization;
  UPDATE intent SET corrected = take_promotional + take_committed + take_paid WHERE id = p_id;
  RETURN take_promotional + take_committed + take_paid;
END $$;
--> statement-breakpoint

-- Ends intents whose time is over by this database's clock, at their checkpoint. Any number of sweepers in parallel.
CREATE FUNCTION expire_intents(p_limit integer) RETURNS TABLE (id text, organization_id text, charged bigint) LANGUAGE sql AS $$
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
    SELECT n.id, n.organization_id, n.project_id, n.key_id, n.member_id, n.lease_id, n.model_slug, n.endpoint_id,
      coalesce(n.provider_slug, 'unknown'), n.price_version_id, n.cost, lines_cost(n.checkpoint_lines) - n.cost,
      n.checkpoint_supplier_cost, n.checkpoint_lines, 'checkpoint', n.created_at
    FROM named n
  ), overrun AS (
    INSERT INTO transfer (id, organization_id, kind, source, debit, credit, amount)
    SELECT new_transfer_id(), n.organization_id, 'overrun', n.id, 'overrun', 'revenue', lines_cost(n.checkpoint_lines) - n.cost
    FROM named n WHERE lines_cost(n.checkpoint_lines) > n.cost
  ), logged AS (
    INSERT INTO request_log (id, organization_id, project_id, key_id, member_id, request_id, api, requested_model, model_slug,
      provider_slug, outcome, http_status, error_code, streamed, cost, input_tokens, output_tokens, attempts, created_at)
    SELECT n.id, n.organization_id, n.project_id, n.key_id, n.member_id, n.request ->> 'requestId', n.request ->> 'api',
      n.request ->> 'requestedModel', n.model_slug, n.provider_slug, 'expired', 500, 'internal_error',
      (n.request ->> 'streamed')::boolean, n.cost, lines_tokens(n.checkpoint_lines, true), lines_tokens(n.checkpoint_lines, false), '[]', n.created_at
    FROM named n
  )
  SELECT e.id, e.organization_id, e.cost FROM ended e
$$;
--> statement-breakpoint

-- Takes back leases whose drain is over, and idle open ones of organizations that have not asked for p_idle_ms.
CREATE FUNCTION reclaim_leases(p_limit integer, p_idle_ms integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  l record;
  done integer := 0;
BEGIN
  FOR l IN SELECT x.id, x.organization_id FROM lease x
      WHERE (x.state IN ('draining', 'closing') AND coalesce(x.drain_until, '-infinity') <= clock_timestamp())
        OR (x.state = 'open' AND x.opened_at < clock_timestamp() - make_interval(secs => p_idle_ms / 1000.0)
          AND NOT EXISTS (SELECT 1 FROM intent i WHERE i.lease_id = x.id
            AND (i.state = 'started' OR i.created_at > clock_timestamp() - make_interval(secs => p_idle_ms / 1000.0))))
      ORDER BY x.organization_id, x.id LIMIT p_limit LOOP
    -- Another sweeper or a rotation is at work on this organization: leave it to them.
    CONTINUE WHEN NOT pg_try_advisory_xact_lock(organization_lock_key(l.organization_id));
    PERFORM 1 FROM balance WHERE organization_id = l.organization_id FOR UPDATE;
    PERFORM 1 FROM lease WHERE id = l.id AND state <> 'closed' FOR UPDATE;
    CONTINUE WHEN NOT FOUND;
    PERFORM reclaim_lease(l.id);
    done := done + 1;
  END LOOP;
  RETURN done;
END $$;
