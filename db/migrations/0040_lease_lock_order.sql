-- Leases are locked in one order by everybody: by organization, then by id. A settlement moves the mark of a lease of several
-- buckets, lease by lease; a rotation took the open lease first and the older ones after it, so that the two could wait for each
-- other until Postgres ended one of them, a second later. And nobody locks a lease more than a change of it needs: what refers
-- to it (a request, the roll-up of its spend) is written meanwhile.
CREATE FUNCTION lock_leases(p_organization text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM lease x WHERE x.organization_id = p_organization AND x.state <> 'closed' ORDER BY x.id FOR NO KEY UPDATE;
END $$;
--> statement-breakpoint
-- As before, with the weaker lock.
CREATE OR REPLACE FUNCTION reclaim_lease(p_lease text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  l lease%ROWTYPE;
  u record;
  kept_before bigint;
  kept_after bigint;
  back_promotional bigint;
  back_committed bigint;
  back_paid bigint;
BEGIN
  SELECT * INTO STRICT l FROM lease WHERE id = p_lease FOR NO KEY UPDATE;
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
    -- More was settled than was lent: book what is missing as debt, visibly, and level the lease in its last bucket,
    -- which is the one that the excess was attributed to.
    INSERT INTO transfer (id, organization_id, kind, source, debit, credit, amount)
      VALUES (new_transfer_id(), l.organization_id, 'debt', p_lease, 'debt', 'leased', -u.free);
    UPDATE balance SET debt = debt - u.free WHERE organization_id = l.organization_id;
    UPDATE lease SET granted = granted - u.free,
      from_promotional = from_promotional - CASE WHEN from_committed = 0 AND from_paid = 0 THEN u.free ELSE 0 END,
      from_committed = from_committed - CASE WHEN from_committed > 0 AND from_paid = 0 THEN u.free ELSE 0 END,
      from_paid = from_paid - CASE WHEN from_paid > 0 THEN u.free ELSE 0 END
      WHERE id = p_lease;
  END IF;
  UPDATE lease SET
    state = CASE WHEN u.started = 0 THEN 'closed' ELSE 'closing' END,
    closed_at = CASE WHEN u.started = 0 THEN clock_timestamp() END
  WHERE id = p_lease;
  RETURN u.free;
END $$;
--> statement-breakpoint
-- As before, in that order.
CREATE OR REPLACE FUNCTION close_leases(p_organization text, p_except text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  l record;
BEGIN
  PERFORM lock_leases(p_organization);
  UPDATE lease SET state = 'closing', drain_until = NULL
    WHERE organization_id = p_organization AND state IN ('open', 'draining') AND id IS DISTINCT FROM p_except;
  FOR l IN SELECT x.id FROM lease x WHERE x.organization_id = p_organization AND x.state = 'closing' ORDER BY x.id LOOP
    PERFORM reclaim_lease(l.id);
  END LOOP;
END $$;
--> statement-breakpoint
-- As before, in that order.
CREATE OR REPLACE FUNCTION rotate_lease(p_organization text, p_lease text, p_minimum bigint, p_cap bigint, p_drain_ms integer,
  p_known_lease text, p_known_version bigint, p_at timestamptz)
RETURNS TABLE (verdict text, granted bigint, available bigint, reserved bigint, generation bigint, state jsonb) LANGUAGE plpgsql AS $$
DECLARE
  b balance%ROWTYPE;
  l record;
  v_recount boolean;
  v_generation bigint;
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
  PERFORM lock_leases(p_organization);
  PERFORM expire_grants(p_organization);
  SELECT * INTO b FROM balance WHERE organization_id = p_organization FOR UPDATE;
  v_generation := nextval('lease_generation');
  v_recount := p_at IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM lease x JOIN organization o ON o.id = x.organization_id
    WHERE x.id = p_known_lease AND x.organization_id = p_organization AND x.state = 'open' AND o.limits_version = p_known_version);
  IF v_recount AND EXISTS (SELECT 1 FROM budget x WHERE x.organization_id = p_organization AND x.is_hard) THEN
    PERFORM close_leases(p_organization, p_lease);
    SELECT * INTO b FROM balance WHERE organization_id = p_organization;
  END IF;
  -- The same call again after its answer was lost.
  IF EXISTS (SELECT 1 FROM lease x WHERE x.id = p_lease) THEN
    RETURN QUERY SELECT 'ok', x.granted, 0::bigint, 0::bigint, v_generation,
        CASE WHEN v_recount THEN limits_state(p_organization, p_at) END FROM lease x WHERE x.id = p_lease;
    RETURN;
  END IF;
  SELECT coalesce(sum(greatest(lease_free(x.id), 0)), 0)::bigint INTO reclaimable
    FROM lease x WHERE x.organization_id = p_organization AND x.state <> 'closed';
  SELECT coalesce(sum(i.reserved), 0)::bigint INTO in_flight
    FROM intent i WHERE i.organization_id = p_organization AND i.state = 'started';
  total := coalesce(b.promotional + b.committed + b.paid, 0) + reclaimable;
  IF b.debt > 0 OR total < p_minimum OR total = 0 THEN
    RETURN QUERY SELECT 'insufficient', 0::bigint, CASE WHEN b.debt > 0 THEN 0::bigint ELSE total END, in_flight, v_generation,
      CASE WHEN v_recount THEN limits_state(p_organization, p_at) END;
    RETURN;
  END IF;

  UPDATE lease SET state = 'draining', drain_until = clock_timestamp() + make_interval(secs => p_drain_ms / 1000.0)
    WHERE organization_id = p_organization AND lease.state = 'open';
  SELECT coalesce(sum(x.granted), 0)::bigint INTO recent
    FROM lease x WHERE x.organization_id = p_organization AND x.opened_at > now() - interval '10 seconds';
  target := greatest(p_minimum, least(greatest(total / 4, 8 * p_minimum, recent), p_cap));
  -- Leases whose drain is over are reclaimed; at the last dollar those still draining too, before a caller is refused. Not
  -- earlier: what was admitted under them and has not started yet would be sent round again, and could be for ever.
  FOR l IN SELECT x.id, x.state, x.drain_until FROM lease x
      WHERE x.organization_id = p_organization AND x.state IN ('draining', 'closing') ORDER BY x.id LOOP
    SELECT * INTO b FROM balance WHERE organization_id = p_organization;
    IF l.state = 'closing' OR l.drain_until <= clock_timestamp()
        OR b.promotional + b.committed + b.paid < greatest(p_minimum, 1) THEN
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
  INSERT INTO lease (id, organization_id, granted, from_promotional, from_committed, from_paid, state, opened_at, generation)
    VALUES (p_lease, p_organization, target, take_promotional, take_committed, take_paid, 'open', clock_timestamp(), v_generation);
  INSERT INTO transfer (id, organization_id, kind, source, debit, credit, amount)
    SELECT new_transfer_id(), p_organization, 'lease_grant', p_lease || ':' || bucket, bucket, 'leased', amount
    FROM (VALUES ('promotional', take_promotional), ('committed', take_committed), ('paid', take_paid)) AS t (bucket, amount)
    WHERE amount > 0;
  RETURN QUERY SELECT 'ok', target, b.promotional + b.committed + b.paid - target, in_flight, v_generation,
    CASE WHEN v_recount THEN limits_state(p_organization, p_at) END;
END $$;
--> statement-breakpoint
-- As before, in that order.
CREATE OR REPLACE FUNCTION debit_balance(p_organization text, p_kind text, p_source text, p_amount bigint, p_account text, p_may_owe boolean,
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
    PERFORM lock_leases(p_organization);
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
--> statement-breakpoint
-- As before, with the weaker lock.
CREATE OR REPLACE FUNCTION reclaim_leases(p_limit integer, p_idle_ms integer) RETURNS integer LANGUAGE plpgsql AS $$
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
    PERFORM 1 FROM lease WHERE id = l.id AND state <> 'closed' FOR NO KEY UPDATE;
    CONTINUE WHEN NOT FOUND;
    PERFORM reclaim_lease(l.id);
    done := done + 1;
  END LOOP;
  RETURN done;
END $$;
--> statement-breakpoint
-- As before, in that order.
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
    FROM ended e JOIN asked a ON a.id = e.id WHERE e.state = 'settled' ORDER BY e.organization_id, e.lease_id, e.id
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
-- As before, in that order.
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
    FROM named n ORDER BY n.organization_id, n.lease_id, n.id
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
