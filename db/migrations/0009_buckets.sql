-- Buckets: promotional money that expires, and which bucket paid each request.
-- Money is spent promotional → committed → paid, and inside the promotional bucket the grant that expires first goes first.

-- Every transfer that touches the promotional bucket moves grants with it, whoever writes it: a new grant, a share lent
-- to a lease or returned from it, an expiry, or money that is taken out otherwise. So Σ remaining = balance.promotional.
CREATE FUNCTION move_grants() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  v_lease text := CASE WHEN NEW.kind IN ('lease_grant', 'lease_return') THEN split_part(NEW.source, ':', 1) END;
  v_left bigint := NEW.amount;
  v_part bigint;
  g record;
BEGIN
  IF NEW.credit = 'promotional' AND v_lease IS NULL THEN
    INSERT INTO promotional_grant (id, organization_id, amount, remaining, expires_at)
      VALUES (NEW.id, NEW.organization_id, NEW.amount, NEW.amount, NEW.expires_at);
    RETURN NULL;
  ELSIF NEW.credit = 'promotional' THEN
    -- A lease spends its earliest grant first, so what it returns belongs to the latest.
    FOR g IN SELECT s.grant_id, s.amount - s.returned AS held FROM lease_grant s JOIN promotional_grant p ON p.id = s.grant_id
        WHERE s.lease_id = v_lease AND s.amount > s.returned ORDER BY p.expires_at DESC NULLS FIRST, p.id DESC LOOP
      EXIT WHEN v_left = 0;
      v_part := least(g.held, v_left);
      UPDATE lease_grant SET returned = returned + v_part WHERE lease_id = v_lease AND grant_id = g.grant_id;
      UPDATE promotional_grant SET remaining = remaining + v_part WHERE id = g.grant_id;
      v_left := v_left - v_part;
    END LOOP;
  ELSIF NEW.kind = 'expiry' THEN
    UPDATE promotional_grant SET remaining = remaining - NEW.amount, expired = expired + NEW.amount
      WHERE id = split_part(NEW.source, ':', 1);
    v_left := 0;
  ELSE
    FOR g IN SELECT p.id, p.remaining, p.expires_at FROM promotional_grant p
        WHERE p.organization_id = NEW.organization_id AND p.remaining > 0 ORDER BY p.expires_at NULLS LAST, p.id LOOP
      EXIT WHEN v_left = 0;
      v_part := least(g.remaining, v_left);
      UPDATE promotional_grant SET remaining = remaining - v_part WHERE id = g.id;
      v_left := v_left - v_part;
      IF v_lease IS NOT NULL THEN
        INSERT INTO lease_grant (lease_id, grant_id, amount) VALUES (v_lease, g.id, v_part);
        UPDATE lease SET valid_until = least(valid_until, g.expires_at) WHERE id = v_lease;
      END IF;
    END LOOP;
  END IF;
  IF v_left > 0 THEN
    RAISE EXCEPTION 'transfer % moves % more promotional money than the grants hold', NEW.id, v_left;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
-- What was promotional before grants were kept: one grant without an end per organization.
INSERT INTO promotional_grant (id, organization_id, amount, remaining)
SELECT min(t.id), t.organization_id, sum(t.amount), b.promotional
FROM transfer t JOIN balance b USING (organization_id)
WHERE t.credit = 'promotional' AND t.kind NOT IN ('lease_return') GROUP BY t.organization_id, b.promotional;
--> statement-breakpoint
INSERT INTO lease_grant (lease_id, grant_id, amount, returned)
SELECT l.id, p.id, l.from_promotional, l.from_promotional - least(l.from_promotional, l.granted - l.returned)
FROM lease l JOIN promotional_grant p USING (organization_id) WHERE l.state <> 'closed' AND l.from_promotional > 0;
--> statement-breakpoint
CREATE TRIGGER transfer_moves_grants AFTER INSERT ON transfer FOR EACH ROW
  WHEN (NEW.debit = 'promotional' OR NEW.credit = 'promotional') EXECUTE FUNCTION move_grants();
--> statement-breakpoint

-- Takes back what is unspent of an organization's expired grants; answers the amount. Money in a lease comes back first;
-- what a running request has reserved stays until that request ends, and is taken by a later call.
-- The caller holds the organization lock.
CREATE FUNCTION expire_grants(p_organization text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  l record;
  g record;
  v_total bigint := 0;
BEGIN
  PERFORM 1 FROM balance WHERE organization_id = p_organization FOR UPDATE;
  FOR l IN SELECT DISTINCT x.id FROM lease x JOIN lease_grant s ON s.lease_id = x.id JOIN promotional_grant p ON p.id = s.grant_id
      WHERE x.organization_id = p_organization AND x.state <> 'closed' AND s.amount > s.returned
        AND p.expires_at <= clock_timestamp() ORDER BY x.id LOOP
    PERFORM reclaim_lease(l.id);
  END LOOP;
  FOR g IN SELECT p.id, p.remaining, p.expired FROM promotional_grant p
      WHERE p.organization_id = p_organization AND p.remaining > 0 AND p.expires_at <= clock_timestamp()
      ORDER BY p.expires_at, p.id LOOP
    INSERT INTO transfer (id, organization_id, kind, source, debit, credit, amount)
      VALUES (new_transfer_id(), p_organization, 'expiry', g.id || ':' || g.expired, 'promotional', 'platform', g.remaining);
    UPDATE balance SET promotional = promotional - g.remaining WHERE organization_id = p_organization;
    v_total := v_total + g.remaining;
  END LOOP;
  RETURN v_total;
END $$;
--> statement-breakpoint
-- The sweeper's step: any number at once, and late. Organizations that someone else is at work on are left to them.
CREATE FUNCTION expire_due_grants(p_limit integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  o record;
  v_total bigint := 0;
BEGIN
  FOR o IN
      SELECT p.organization_id FROM promotional_grant p WHERE p.remaining > 0 AND p.expires_at <= clock_timestamp()
      UNION
      SELECT l.organization_id FROM lease l JOIN lease_grant s ON s.lease_id = l.id JOIN promotional_grant p ON p.id = s.grant_id
      WHERE l.state <> 'closed' AND s.amount > s.returned AND p.expires_at <= clock_timestamp()
      ORDER BY 1 LIMIT p_limit LOOP
    CONTINUE WHEN NOT pg_try_advisory_xact_lock(organization_lock_key(o.organization_id));
    v_total := v_total + expire_grants(o.organization_id);
  END LOOP;
  RETURN v_total;
END $$;
--> statement-breakpoint

-- As before, and promotional money may have an end.
DROP FUNCTION credit_balance(text, text, text, text, bigint, text);
--> statement-breakpoint
CREATE FUNCTION credit_balance(p_organization text, p_kind text, p_bucket text, p_source text, p_amount bigint, p_memo text,
  p_expires_at timestamptz DEFAULT NULL)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  owed bigint;
  repaid bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(organization_lock_key(p_organization));
  INSERT INTO balance (organization_id) VALUES (p_organization) ON CONFLICT DO NOTHING;
  SELECT debt INTO owed FROM balance WHERE organization_id = p_organization FOR UPDATE;
  INSERT INTO transfer (id, organization_id, kind, source, debit, credit, amount, memo, expires_at)
    VALUES (new_transfer_id(), p_organization, p_kind, p_source,
      CASE p_kind WHEN 'top_up' THEN 'clearing' ELSE 'platform' END, p_bucket, p_amount, p_memo, p_expires_at)
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

-- As before; a debt levels the lease in its last bucket.
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

-- As before; what has expired is taken back first, so that it is never lent.
CREATE OR REPLACE FUNCTION rotate_lease(p_organization text, p_lease text, p_minimum bigint, p_cap bigint, p_drain_ms integer)
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
  PERFORM expire_grants(p_organization);
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

-- As before; no request starts on promotional money that has expired.
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

-- Which buckets paid a usage record. A lease of one bucket says it by itself. In a lease of several, costs follow one
-- another through the buckets in the order of spending, so the lease row counts them: settlements under such a lease, and
-- only those, wait for one another. What a lease could not carry belongs to its last bucket.
ALTER TABLE usage_record ADD COLUMN from_promotional bigint NOT NULL DEFAULT 0, ADD COLUMN from_committed bigint NOT NULL DEFAULT 0,
  ADD COLUMN from_paid bigint NOT NULL DEFAULT 0;
--> statement-breakpoint
CREATE FUNCTION attribute_buckets() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  l record;
  v_before bigint;
  v_after bigint;
BEGIN
  SELECT x.granted, x.from_promotional, x.from_committed, x.from_paid INTO l FROM lease x WHERE x.id = NEW.lease_id;
  NEW.from_promotional := 0;
  NEW.from_committed := 0;
  NEW.from_paid := 0;
  IF NOT FOUND OR l.from_paid = l.granted THEN
    NEW.from_paid := NEW.cost;
  ELSIF l.from_committed = l.granted THEN
    NEW.from_committed := NEW.cost;
  ELSIF l.from_promotional = l.granted THEN
    NEW.from_promotional := NEW.cost;
  ELSE
    UPDATE lease x SET attributed = x.attributed + NEW.cost WHERE x.id = NEW.lease_id
      RETURNING x.attributed INTO v_after;
    v_before := v_after - NEW.cost;
    NEW.from_promotional := least(l.from_promotional, v_after) - least(l.from_promotional, v_before);
    IF l.from_paid = 0 THEN
      NEW.from_committed := NEW.cost - NEW.from_promotional;
    ELSE
      NEW.from_committed := least(l.from_promotional + l.from_committed, v_after)
        - least(l.from_promotional + l.from_committed, v_before) - NEW.from_promotional;
      NEW.from_paid := NEW.cost - NEW.from_promotional - NEW.from_committed;
    END IF;
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER usage_record_buckets BEFORE INSERT ON usage_record FOR EACH ROW EXECUTE FUNCTION attribute_buckets();
--> statement-breakpoint
-- The same for what is there already, in the order of the ids.
ALTER TABLE usage_record DISABLE TRIGGER usage_record_append_only;
--> statement-breakpoint
WITH placed AS (
  SELECT u.id, u.cost, l.granted, l.from_promotional AS promotional, l.from_committed AS committed, l.from_paid AS paid,
    sum(u.cost) OVER (PARTITION BY u.lease_id ORDER BY u.id) AS after
  FROM usage_record u LEFT JOIN lease l ON l.id = u.lease_id
), shared AS (
  SELECT p.id, p.cost,
    CASE WHEN p.granted IS NULL THEN 0 WHEN p.promotional = p.granted THEN p.cost
      ELSE least(p.promotional, p.after) - least(p.promotional, p.after - p.cost) END AS promotional,
    CASE WHEN p.granted IS NULL THEN 0 WHEN p.promotional = p.granted THEN 0
      WHEN p.paid = 0 THEN p.cost - (least(p.promotional, p.after) - least(p.promotional, p.after - p.cost))
      ELSE least(p.promotional + p.committed, p.after) - least(p.promotional + p.committed, p.after - p.cost)
        - (least(p.promotional, p.after) - least(p.promotional, p.after - p.cost)) END AS committed
  FROM placed p
)
UPDATE usage_record u SET from_promotional = s.promotional, from_committed = s.committed, from_paid = s.cost - s.promotional - s.committed
FROM shared s WHERE s.id = u.id;
--> statement-breakpoint
ALTER TABLE usage_record ENABLE TRIGGER usage_record_append_only;
--> statement-breakpoint
UPDATE lease l SET attributed = u.cost FROM (SELECT lease_id, sum(cost) AS cost FROM usage_record GROUP BY 1) u WHERE u.lease_id = l.id;
--> statement-breakpoint
ALTER TABLE usage_record ADD CONSTRAINT usage_record_buckets CHECK (from_promotional >= 0 AND from_committed >= 0 AND from_paid >= 0
  AND from_promotional + from_committed + from_paid = cost);
--> statement-breakpoint

-- As before; records are inserted in the order of their leases, so that two settlements lock shared leases in one order.
CREATE OR REPLACE FUNCTION finish_intents(p_batch jsonb) RETURNS TABLE (id text, verdict text, charged bigint) LANGUAGE sql AS $$
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
--> statement-breakpoint

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
    SELECT n.id, n.organization_id, n.project_id, n.key_id, n.member_id, n.lease_id, n.model_slug, n.endpoint_id,
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
      n.request ->> 'requestedModel', n.model_slug, n.provider_slug, 'expired', 500, 'internal_error',
      (n.request ->> 'streamed')::boolean, n.cost, lines_tokens(n.checkpoint_lines, true), lines_tokens(n.checkpoint_lines, false), '[]', n.created_at
    FROM named n
  )
  SELECT e.id, e.organization_id, e.cost FROM ended e
$$;
